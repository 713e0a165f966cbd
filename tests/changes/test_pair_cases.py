"""Shapes of re-recordings as case files: what is old, what is new, and which pairs are right."""

import json
from pathlib import Path

import pytest

from recviewer.changes.pairing import pair

CASES = sorted((Path(__file__).parent / "pairs").glob("*.json"))


def document(make, case):
    more = {name: case[name] for name in ("model", "params", "turns") if name in case}
    return make.chat(case["question"], case["answer"], test=case["test"], **more)


@pytest.mark.parametrize("place", CASES, ids=lambda place: place.stem)
@pytest.mark.parametrize("is_turned", [False, True], ids=["as-is", "turned-round"])
def test_pairs_are_those_of_the_case(make, place, is_turned):
    case = json.loads(place.read_text())
    old, new = ([make.side(document(make, one)) for one in case[side]] for side in ("old", "new"))
    wanted = {(was, now, how) for was, now, how in case["pairs"]}
    if is_turned:
        old.reverse()
        new.reverse()
        wanted = {(len(old) - 1 - was, len(new) - 1 - now, how) for was, now, how in wanted}

    assert {(one.old, one.new, one.how.value) for one in pair(old, new).pairs} == wanted
