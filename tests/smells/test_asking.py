"""Who is asked what: rules of each need, of a range and of recordings by themselves."""

import pytest

from recviewer import smells
from recviewer.smells.model import Held, Needs, Rule, Severity, Told
from tests.smells.building import among, changed, chat, gone, recorded


def rule(needs, holds=lambda case: Held(Severity.AMBER), **more):
    return Rule(
        f"of-{needs.value}", "it is", holds, lambda some, every: Told(f"{len(some)} of {len(every)}"), needs, **more
    )


def names(found):
    return [one.rule for one in found]


EACH = [rule(needs) for needs in Needs]


def test_a_range_asks_only_what_it_can_give():
    assert names(smells.findings("a", [changed(chat(), chat())], EACH)) == ["of-exchange", "of-change"]


def test_recordings_by_themselves_are_asked_of_all_but_changes():
    assert names(smells.of_recordings([recorded(chat()).side], EACH)) == ["of-exchange", "of-test", "of-catalog"]


def test_rules_of_a_test_see_its_recordings_and_no_others():
    given = among(chat("1"), chat("2"), chat("3", test="t.py::other"))
    seen = []
    asked = [rule(Needs.TEST, lambda case: seen.append((len(case.test), len(case.catalog))))]

    assert smells.of_recordings(given.catalog, asked) == ()
    assert seen == [(2, 0), (2, 0), (1, 0)]


def test_rules_of_the_catalog_see_all_and_name_the_recordings():
    given = among(chat("1"), chat("2", test=None))
    asked = [
        rule(
            Needs.CATALOG,
            lambda case: Held(Severity.RED) if case.side is case.catalog[1] and not case.test[1:] else None,
        )
    ]

    (found,) = smells.of_recordings(given.catalog, asked)

    assert found.on == (given.catalog[1],)
    assert (found.severity, found.title) == (Severity.RED, "1 of 2")


def test_recordings_of_no_test_are_not_asked_as_a_test():
    assert smells.of_recordings([recorded(chat(test=None)).side], [rule(Needs.TEST)]) == ()


@pytest.mark.parametrize(("old", "count"), [(chat(finish="length"), 0), (chat(), 1)])
def test_the_same_fault_before_is_no_finding(old, count):
    def holds(case):
        return Held(Severity.RED, fault="cut") if case.new.meaning.line.outcome == "truncated" else None

    found = smells.findings("a", [changed(old, chat("2", finish="length"))], [rule(Needs.EXCHANGE, holds)])

    assert len(found) == count


def test_another_fault_than_before_is_a_finding():
    def holds(case):
        return Held(Severity.RED, fault=case.new.meaning.line.outcome)

    assert smells.findings("a", [changed(chat(), chat(finish="length"))], [rule(Needs.EXCHANGE, holds)])


def test_what_is_gone_is_asked_only_of_rules_that_want_it():
    cases = [gone(chat())]

    assert smells.findings("a", cases, [rule(Needs.CHANGE)]) == ()
    assert names(smells.findings("a", cases, [rule(Needs.CHANGE, of_gone=True)])) == ["of-change"]


def test_only_what_the_content_alone_shows_is_of_content():
    def holds(case):
        return Held(Severity.RED, is_compared=case.old is not None)

    cases = [changed(chat(), chat("2")), recorded(chat("3"))]
    (found,) = smells.findings("ab", cases, [rule(Needs.EXCHANGE, holds, about=smells.About.CONTENT)])

    assert found.on == ("a", "b")
    assert found.of_content == {1}


def test_red_comes_first_and_what_is_on_most():
    def red(case):
        return Held(Severity.RED) if case.side.exchange.outputs[0].content == "Red." else None

    few = Rule("few", "it is", red, lambda some, every: Told(""), Needs.EXCHANGE)
    amber = rule(Needs.EXCHANGE)
    cases = [recorded(chat("1", "Red.")), recorded(chat("2")), recorded(chat("3", "Red."))]

    assert names(smells.findings("abc", cases, [amber, few])) == ["few", "of-exchange"]


def test_a_case_on_which_a_rule_fails_costs_no_other_one_its_findings():
    def holds(case):
        return 1 / 0 if case is bad else Held(Severity.AMBER)

    bad = changed(chat(), chat(answer="Bad."))
    cases = [changed(chat(), chat()), bad, changed(chat(), chat())]

    held, failed = smells.findings("abc", cases, [rule(Needs.CHANGE, holds)])

    assert (held.rule, held.on) == ("of-change", ("a", "c"))
    assert (failed.rule, failed.on, failed.severity) == ("of-change-failed", ("b",), Severity.AMBER)
    assert failed.title == "1 recording that the rule of-change could not look at"
    assert failed.detail == "Whether it is is not known: this is a fault of recviewer."
