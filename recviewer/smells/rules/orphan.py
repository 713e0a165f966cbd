"""A recording whose test is gone: its file, its class, its function, or its parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from recviewer.asserts.sources import SourceFile, SourceFiles
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
    notes = {test_id: some[places[0]].note for test_id, places in tests.items()}
    gone = {} if around.sources is None else _gone(around.sources, notes)
    for test_id, places in tests.items():
        path = test_id.partition("::")[0]
        what = gone.get(test_id, "") or _unknown_parameters(test_id, around)
        if not what:
            continue
        commit = around.removed(path) if what == _FILE else ""
        if what == _FUNCTION and around.history is not None:
            commit = around.history.lost(path, test_id.partition("[")[0].rpartition("::")[2])
        for place in places:
            yield place, _held(what, test_id, commit)


def _gone(sources: SourceFiles, notes: Mapping[str, str]) -> dict[str, str]:
    """Return which tests are gone, and which part of them. If no test file at all is found, their location is unknown.

    The same holds for cassettes if none of the test files named by their neighbours is found.
    """
    paths = {test_id.partition("::")[0] for test_id in notes}
    there = {path for path in paths if sources.text(path) is not None}
    if not there:
        return {}
    folders = {path.rpartition("/")[0] for path in there}
    found = {}
    for test_id, note in notes.items():
        path, _, name = test_id.partition("[")[0].partition("::")
        if path not in there:
            if note == _RECORDED or path.rpartition("/")[0] in folders:
                found[test_id] = _FILE
        elif _is_gone(sources, path, name.split("::")) and (note == _RECORDED or _is_named_after(sources, path, name)):
            found[test_id] = _FUNCTION
    return found


def _is_named_after(sources: SourceFiles, path: str, name: str) -> bool:
    """Tell whether a cassette certainly has the name of a test, not one chosen in a test file."""
    return name.rpartition("::")[2].isidentifier() and not _NAMED_BY_HAND.search(sources.text(path) or "")


def _is_gone(sources: SourceFiles, path: str, names: Sequence[str]) -> bool:
    """Tell whether a file certainly has no such test; inherited, imported or generated tests are unknown."""
    source = sources.source(path)
    if source is None:
        return False
    body: Sequence[ast.stmt] = source.tree.body
    for name in names:
        inner = next((one for one in body if getattr(one, "name", None) == name), None)
        if inner is None:
            return not re.search(rf"\b{re.escape(name)}\b", sources.text(path) or "") and not _takes_in(source)
        if not isinstance(inner, ast.ClassDef):
            return False
        if inner.bases or not all(_is_mark(one) for one in inner.decorator_list):
            return False
        body = inner.body
    return False


def _is_mark(decorator: ast.expr) -> bool:
    """Tell whether it is one of pytest's marks, which do not add tests to a class."""
    return re.match(r"(?:pytest\.)?mark\.", ast.unparse(decorator)) is not None


def _takes_in(source: SourceFile) -> bool:
    return "*" in source.imported


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
        mistaken="Tests that are made while they run. Classes that inherit, files that import everything, and those "
        "that name their cassettes themselves, are left alone.",
        measured="0, 0 and 0, for none of them has its sources beside it. 0 and 9 in the later two, where other code found "
        "the same 9, in five cassettes; with the sources of the second release beside the tree of before, 873, "
        "which are those that other code found, but for 10 lists of models.",
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
)
