"""Every shape of re-recording in pairs/: old and new recordings, and the pairs they should make.

A pair is `[old, new, how]` or `[old, new, how, sure]`, by place; `*` stands for any. Each group is the number of further
old and of further new recordings. Each stack is old ones of one call without a pair, the newest first. `unchanged` are
recordings besides these, `[test, endpoint]`. What is in no pair of the case is in none.
"""

import json
from pathlib import Path

import pytest

from recviewer.pairing.pairs import pair
from recviewer.pairing.successors import KeptRecording

CASES = sorted((Path(__file__).parent / "pairs").glob("*.json"))


@pytest.fixture
def sides(make):
    """Makes recordings of what a case says of them."""

    def document(told):
        told = dict(told)
        if "models" in told:
            return make.models(*told.pop("models"), **told)
        if "question" in told:
            return make.chat(told.pop("question"), **told)
        made = make.chat("", **told)
        made["request"]["body"]["messages"].pop()  # it ends with a tool's answer
        return made

    def run(rows, folder):
        return [make.side(document(row), f"{folder}/recordings/{place}.json") for place, row in enumerate(rows)]

    return run


def unchanged_of(case):
    kept = {KeptRecording(*one) for one in case.get("unchanged", [])}
    return lambda tests: kept


def matches(found, wanted):
    return all(want in ("*", have) for have, want in zip(found, wanted, strict=False))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_pairs_are_those_of_the_case(path, sides):
    case = json.loads(path.read_text())

    found = pair(sides(case["old"], "a"), sides(case["new"], "b"), unchanged=unchanged_of(case))

    pairs = sorted((one.old, one.new, one.how.value, one.sure.value) for one in found.pairs)
    assert len(pairs) == len(case["pairs"]), pairs
    assert all(matches(*both) for both in zip(pairs, case["pairs"], strict=True)), pairs
    assert [[len(olds), len(news)] for olds, news in found.groups.values()] == case.get("groups", [])
    assert [list(stack) for stack in found.stacks] == case.get("stacks", [])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_order_of_recordings_does_not_matter(path, sides):
    case = json.loads(path.read_text())
    old, new = sides(case["old"], "a"), sides(case["new"], "b")

    kept = unchanged_of(case)

    one, other = pair(old, new, unchanged=kept), pair(old[::-1], new[::-1], unchanged=kept)

    def told(found, old, new):
        return {(old[p.old].path, new[p.new].path, p.how, p.sure, p.fit, p.why) for p in found.pairs}

    assert told(one, old, new) == told(other, old[::-1], new[::-1])
