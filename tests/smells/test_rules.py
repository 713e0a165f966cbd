"""Every rule against its cases in `cases/`: those in which it fires, with how bad it is, and those in which it is quiet."""

import importlib
from pathlib import Path

import pytest

from recviewer import smells
from recviewer.smells import asking

RULES = {rule.name: rule for rule in smells.rules()}
FILES = {path.stem.replace("_", "-") for path in (Path(__file__).parent / "cases").glob("*.py")}
NEEDED = {smells.Needs.TEST: "test", smells.Needs.CATALOG: "catalog", smells.Needs.CHANGE: "old"}


def cases_of(name):
    return importlib.import_module(f"tests.smells.cases.{name.replace('-', '_')}")


def every(kind):
    return [
        pytest.param(name, case, id=f"{name}: {case}")
        for name in sorted(FILES & set(RULES))
        for case in getattr(cases_of(name), kind, {})
    ]


def found(rule, case):
    return [one.severity.value for one in asking.ask(rule, ["here"], [case])]


def test_every_rule_has_cases_and_all_cases_have_a_rule():
    assert set(RULES) == FILES


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_a_case_that_fires_and_one_that_is_quiet(name):
    cases = cases_of(name)

    assert cases.FIRES
    assert cases.QUIET


@pytest.mark.parametrize(("name", "case"), every("FIRES"))
def test_a_rule_fires(name, case):
    given, severity = cases_of(name).FIRES[case]

    assert found(RULES[name], given) == [severity]


@pytest.mark.parametrize(("name", "case"), every("QUIET"))
def test_a_rule_is_quiet(name, case):
    assert found(RULES[name], cases_of(name).QUIET[case]) == []


@pytest.mark.parametrize("name", RULES)
def test_a_rule_fires_on_the_least_that_it_says_it_needs(name):
    rule = RULES[name]
    cases = [case for case, _ in cases_of(name).FIRES.values()]

    if rule.needs is smells.Needs.EXCHANGE:
        assert any(case.old is None for case in cases)
    else:
        assert all(getattr(case, NEEDED[rule.needs]) for case in cases)


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
