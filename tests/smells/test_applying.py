"""Who is asked what: rules of each need, of a range and of recordings by themselves."""

import pytest

from recviewer import smells
from recviewer.smells.model import Among, Explained, Held, Needs, Rule, Severity, Told
from tests.smells.building import among, changed, chat, gone, recorded

WORDS = Explained("What.", "Why.", "Example.", "Fix.")


def rule(needs, holds=lambda case: Held(Severity.AMBER), **more):
    tell = more.pop("tell", lambda some, every: Told(f"{len(some)} of {len(every)}"))
    return Rule(f"of-{needs.value}", "it is", WORDS, holds, tell, needs, **more)


def of_many(needs, find=lambda some, around: [(at, Held(Severity.AMBER)) for at in range(len(some))], note=None):
    return rule(needs, None, among=Among(note or (lambda side: "1"), find))


def names(found):
    return [one.rule for one in found]


EACH = [rule(Needs.EXCHANGE), rule(Needs.CHANGE), of_many(Needs.TEST), of_many(Needs.TREE)]


def test_a_range_asks_only_what_it_can_give():
    assert names(smells.findings("a", [changed(chat(), chat())], EACH)) == ["of-exchange", "of-change"]


def test_a_range_asks_what_a_rule_about_many_says_of_one():
    both = rule(Needs.TREE, among=of_many(Needs.TREE).among)

    assert names(smells.findings("a", [changed(chat(), chat())], [both])) == ["of-tree"]
    assert len(smells.of_recordings([recorded(chat()).side], [both])) == 1


def test_a_range_tells_no_grey():
    assert smells.findings("a", [recorded(chat())], [rule(Needs.EXCHANGE, lambda case: Held(Severity.GREY))]) == ()


def test_recordings_by_themselves_are_asked_of_all_but_changes():
    found = smells.of_recordings([recorded(chat()).side], EACH)

    assert [one.rule.name for one in found] == ["of-exchange", "of-test", "of-tree"]


def test_rules_of_a_test_see_its_recordings_that_they_noted_and_no_others():
    seen = []
    asked = of_many(
        Needs.TEST,
        lambda some, around: seen.append([one.note for one in some]) or [],
        lambda side: side.exchange.outputs[0].content,
    )
    given = among(
        chat("1", "A"), chat("2", "B"), chat("3", "C", test="t.py::other"), chat("4", ""), chat("5", test=None)
    )

    assert smells.of_recordings(given.sides, [asked]) == ()
    assert sorted(map(sorted, seen)) == [["A", "B"], ["C"]]


def test_rules_of_the_tree_see_all_in_order_and_name_the_recordings():
    given = among(chat("1"), chat("2", test=None))
    asked = of_many(Needs.TREE, lambda some, around: [(1, Held(Severity.RED, says=f"one of {len(some)}"))])

    (found,) = smells.of_recordings(given.sides, [asked])

    assert found.key == max(side.path for side in given.sides)
    assert (found.held.severity, found.says) == (Severity.RED, "one of 2")


def test_a_rule_of_many_that_fails_costs_no_other_one_its_findings():
    bad = of_many(Needs.TEST, lambda some, around: 1 / 0)
    unnoted = of_many(Needs.TREE, note=lambda side: 1 / 0)

    failed, held = smells.of_recordings(
        [recorded(chat()).side], [bad, unnoted, rule(Needs.EXCHANGE, lambda case: 1 / 0)]
    )

    assert {failed.rule.name, held.rule.name} == {"of-test", "of-exchange"}
    assert "could not look at it: a fault of recviewer" in failed.says


def test_a_finding_is_the_same_where_the_same_is_said():
    def found(given, path, about):
        (one,) = smells.of_recordings([recorded(given, path).side], [rule(Needs.EXCHANGE, about=about)])
        return one.identity

    content, name = smells.About.CONTENT, smells.About.NAME
    assert found(chat(), "a/recordings/1.json", content) == found(chat(), "b/recordings/2.json", content)
    assert found(chat(), "a/recordings/1.json", content) != found(chat("2"), "a/recordings/1.json", content)
    assert found(chat(), "a/recordings/1.json", name) != found(chat(), "b/recordings/2.json", name)


def test_what_a_rule_says_of_several_without_words_of_its_own():
    (found,) = smells.findings("ab", [recorded(chat()), recorded(chat("2"))], [rule(Needs.EXCHANGE, tell=None)])

    assert (found.title, found.detail) == ("2 recordings: it is", "")


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

    few = Rule("few", "it is", WORDS, red, lambda some, every: Told(""), Needs.EXCHANGE)
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
