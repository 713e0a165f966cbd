"""A recording whose test is gone: its file, its class, its function, or its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recviewer.asserts.defined import is_defined
from recviewer.asserts.sources import SourceFiles
from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by, is_own_file

_NODE = re.compile(r"[^\[\]]+\.py::\w[^\[]*")
_FILE, _FUNCTION, _PARAMETERS = "test file gone", "test gone", "parameters gone"

_RECORDED, _BY_PATH = "1", "p"
"""Whether the recording contains its test's id, or the cassette's path implies it."""

_NAMED_BY_HAND = re.compile(r"use_cassette|cassette_name|default_cassette")
"""Marks a test file that chooses its cassettes' names itself."""


def _note(side: Side) -> str:
    """Model lists are shared, and recordings without a test id cannot have lost their test."""
    if not _NODE.match(side.test_id):
        return ""
    if side.part:
        return _BY_PATH
    return _RECORDED if is_own_file(side) and side.exchange.kind is not Kind.MODELS else ""


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    tests = by(some, lambda one: one.test_id)
    firsts = [some[places[0]] for places in tests.values()]
    gone = {} if around.sources is None else _gone(around.sources, around.top, firsts)
    for test_id, places in tests.items():
        what, path, name = gone.get(test_id) or (_unknown_parameters(test_id, around), "", "")
        if not what:
            continue
        commit = around.removed(path) if what == _FILE else ""
        if what == _FUNCTION and around.history is not None and not _mentions(around.sources, path, name):
            commit = around.history.lost(path, name)
        for place in places:
            yield place, _held(what, test_id, commit)


def _gone(sources: SourceFiles, top: str, firsts: Sequence[Noted]) -> dict[str, tuple[str, str, str]]:
    """Return which tests are gone: what of them, the path of their file, and the name that is missing in it.

    If no test file at all is found, their location is unknown. The same holds for cassettes if none of the test files
    named by their neighbours is found.
    """
    places = {one.test_id: _place(sources, top, one) for one in firsts}
    folders = {test_id.partition("::")[0].rpartition("/")[0] for test_id, place in places.items() if place is not None}
    found = {}
    for one in firsts if folders else ():
        path, _, name = one.test_id.partition("[")[0].partition("::")
        place, names = places[one.test_id], name.split("::")
        if place is None:
            if one.note == _RECORDED or path.rpartition("/")[0] in folders:
                found[one.test_id] = (_FILE, path, "")
            continue
        missing = next((names[end] for end in range(len(names)) if _is_gone(sources, place, names[: end + 1])), "")
        if missing and (one.note == _RECORDED or _is_named_after(sources, place, name)):
            found[one.test_id] = (_FUNCTION, place, missing)
    return found


def _place(sources: SourceFiles, top: str, one: Noted) -> str | None:
    """Return the path of a test's file from the top of the repository, None if there is no such file.

    A test's id is relative to the folder in which pytest ran: one of those above the recording, the nearest first.
    """
    path = one.test_id.partition("::")[0]
    above = (top + (one.file or one.key)).split("/")[:-1]
    bases = ["/".join(above[:count]) for count in range(len(above), 0, -1)]
    some = [*(f"{base}/{path}" for base in bases), path]
    return next((place for place in some if sources.text(place) is not None), None)


def _is_named_after(sources: SourceFiles, path: str, name: str) -> bool:
    """Tell whether a cassette certainly has the name of a test that is gone, not one chosen in a test file."""
    last = name.rpartition("::")[2]
    is_free = not _NAMED_BY_HAND.search(sources.text(path) or "")
    return last.isidentifier() and is_free and not _mentions(sources, path, last)


def _is_gone(sources: SourceFiles, path: str, names: Sequence[str]) -> bool:
    return is_defined(sources, path, names) is False


def _mentions(sources: SourceFiles | None, path: str, name: str) -> bool:
    """Tell whether a file has a word anywhere."""
    text = "" if sources is None else sources.text(path) or ""
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _unknown_parameters(test_id: str, around: Surroundings) -> str:
    if around.collected is None or test_id in around.collected:
        return ""
    function = test_id.partition("[")[0]
    is_there = any(one.partition("[")[0] == function for one in around.collected)
    return _PARAMETERS if is_there else ""


def _held(what: str, test_id: str, commit: str) -> Held:
    path, _, names = test_id.partition("::")
    function = names.partition("[")[0]
    since = f", since {commit}" if commit else ""
    says = {
        _FILE: f"its test file {path} is gone{since}",
        _FUNCTION: f"its test file has no {function} any more{since}",
        _PARAMETERS: f"its test {function} no longer runs with these parameters",
    }[what]
    return Held(Severity.AMBER, what, fault=what, says=says, is_surplus=True)


RULE = Rule(
    "orphan",
    "its test is gone",
    Explained(
        what="A recording whose test file, class or function is no longer in the repository, which is parsed and never "
        "run; or, where a list of pytest's is given, whose parameters are not in it. A cassette tells its test by its name, "
        "as pytest-recording gives it. Recordings of no known test are unattributed, not orphans, and model lists are "
        "shared.",
        why="Nothing asks for it any more.",
        example="`tests/test_old.py` was deleted, and its recordings stayed.",
        fix="Delete it. If the test was renamed, re-record it under its new name.",
        mistaken="A list of pytest's that was made with other options than the suite is run with. Files in which tests "
        "may be made while they are imported, or come from a file that is not there, and files that name their cassettes "
        "themselves, are left alone.",
        measured="0, 0 and 0, for none of them has its sources beside it. 0 and 9 in the later two, where other code found "
        "the same 9, in five cassettes; with the sources of the second release beside the tree of before, 873, "
        "which are those that other code found, but for 10 lists of models. In a repository made for this, with 39 tests "
        "that were moved, renamed, removed, inherited, made or in files that cannot be read, it said nothing wrong.",
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
)
