"""Every rule against its cases in `cases/`: those in which it fires, with how bad it is, and those in which it is quiet."""

import importlib
from pathlib import Path

import pytest

from recviewer import smells
from recviewer.smells import applying
from recviewer.smells.model import Severity
from tests.smells.building import Tree, chat, recorded

RULES = {rule.name: rule for rule in smells.rules()}
FILES = {path.stem.replace("_", "-") for path in (Path(__file__).parent / "cases").glob("*.py")}


def cases_of(name):
    return importlib.import_module(f"tests.smells.cases.{name.replace('-', '_')}")


def found(rule, case):
    if isinstance(case, Tree):
        every = smells.of_recordings(case.sides, [rule], case.around)
        return [one.held.severity.value for one in every if one.key == case.sides[0].path]
    told = [one.severity.value for one in applying.ask(rule, ["here"], [case])]
    alone = smells.of_recordings([case.new], [rule]) if case.old is None and case.new else ()
    return told or [one.held.severity.value for one in alone]


def test_every_rule_has_cases_and_all_cases_have_a_rule():
    assert set(RULES) == FILES


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_a_case_that_fires_and_one_that_is_quiet(name):
    cases = cases_of(name)

    assert cases.FIRES
    assert cases.QUIET


@pytest.mark.parametrize("name", RULES)
def test_a_rule_fires_in_each_of_its_cases(name):
    cases = cases_of(name).FIRES

    severities = {case: found(RULES[name], given) for case, (given, _) in cases.items()}

    assert severities == {case: [severity] for case, (_, severity) in cases.items()}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_quiet_in_each_of_its_cases(name):
    cases = cases_of(name).QUIET

    assert {case: found(RULES[name], given) for case, given in cases.items()} == {case: [] for case in cases}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_fires_on_the_least_that_it_says_it_needs(name):
    rule = RULES[name]
    cases = [case for case, _ in cases_of(name).FIRES.values()]

    if rule.needs is smells.Needs.EXCHANGE:
        assert any(not isinstance(case, Tree) and case.old is None for case in cases)
    elif rule.needs is smells.Needs.CHANGE:
        assert all(case.old for case in cases)
    else:
        assert any(isinstance(case, Tree) for case in cases)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_how_it_is_asked(name):
    rule = RULES[name]

    assert rule.holds or rule.among
    assert (rule.among is not None) == (rule.needs in (smells.Needs.TEST, smells.Needs.TREE))
    assert {severity for _, severity in cases_of(name).FIRES.values()} <= {level.value for level in rule.levels}
    assert all([rule.words.what, rule.words.why, rule.words.example, rule.words.fix])


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_where_and_nothing_longer_than_a_line(name):
    for case, _ in cases_of(name).FIRES.values():
        sides = case.sides if isinstance(case, Tree) else [case.new] if case.new else []
        around = case.around if isinstance(case, Tree) else None
        for one in smells.of_recordings(sides, [RULES[name]], around):
            assert one.says
            assert one.says[0].islower() or not one.says[0].isalpha()
            assert not one.says.endswith(".")
            for spot in one.held.spots:
                assert spot.pointer == "" or spot.pointer.startswith("/")
                assert len(spot.evidence) <= smells.EVIDENCE


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_the_name_of_its_module_and_says_what_holds(name):
    rule = RULES[name]
    module = importlib.import_module(f"recviewer.smells.rules.{name.replace('-', '_')}")

    assert module.RULE is rule
    assert (module.__doc__ or "").strip()
    assert rule.each
    assert rule.each[0].islower()
    assert not rule.each.endswith(".")
    assert rule.about in smells.About


@pytest.mark.parametrize(
    ("name", "case", "expected"),
    [
        ("stacked-generations", "the twin is found", True),
        ("stacked-generations", "neither is found", False),
        ("twin", "of one test, and replay finds only the other", True),
        ("twin", "of two tests", False),
        ("left-behind", "a call", False),
        ("left-behind", "replay does not find it either", True),
    ],
)
def test_what_nothing_asks_for_is_surplus(name, case, expected):
    given = cases_of(name).FIRES[case][0]
    (told,) = [
        one for one in smells.of_recordings(given.sides, [RULES[name]], given.around) if one.key == given.sides[0].path
    ]

    assert told.held.is_surplus is expected


def test_every_orphan_is_surplus():
    for case, _ in cases_of("orphan").FIRES.values():
        assert all(one.held.is_surplus for one in smells.of_recordings(case.sides, [RULES["orphan"]], case.around))


@pytest.mark.parametrize(
    ("case", "words"),
    [("a call", 'file_search({"query": "Q1 events"})'), ("an answer", "Saturn is the planet with rings")],
)
def test_what_was_left_behind_tells_what_it_quotes(case, words):
    given = cases_of("left-behind").FIRES[case][0]
    found = smells.of_recordings(given.sides, [RULES["left-behind"]], given.around)

    assert next(one.evidence for one in found if one.key == given.sides[0].path).startswith(words)


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        ("<think>Rings?</think>Saturn.", "<think>Rings?</think>Saturn."),
        ("So many rings there. " * 9 + "It is him.\n</think>\n\nSaturn.", "there. So many rings"),
    ],
)
def test_leaked_thinking_is_shown_where_it_stands(said, evidence):
    (found,) = [one for one in smells.of_recordings([recorded(chat(answer=said)).side]) if "leaked" in one.rule.name]
    (spot,) = found.held.spots

    assert spot.pointer == "/response/body"
    assert evidence in spot.evidence
    assert "</think>" in spot.evidence


@pytest.mark.parametrize("name", RULES)
def test_enough_of_what_was_read_was_right(name):
    least = {Severity.RED: 0.95, Severity.AMBER: 0.8, Severity.GREY: 0}
    counted = RULES[name].words.right

    assert set(counted) <= set(RULES[name].levels)
    assert [level for level, (right, read) in counted.items() if not least[level] * read <= right <= read] == []
