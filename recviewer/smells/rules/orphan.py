"""A recording whose test is gone: its file, its class, its function, or its parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from recviewer.asserts.sources import SourceFile, SourceFiles
from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by, is_own_file

_NODE = re.compile(r"[^\[\]]+\.py::\w[^\[]*")
_FILE, _FUNCTION, _PARAMETERS = "test file gone", "test gone", "parameters gone"


def _note(side: Side) -> str:
    """Model lists are shared, and a recording without a test is of no test that could be gone."""
    is_one = is_own_file(side) and _NODE.match(side.test_id) and side.exchange.kind is not Kind.MODELS
    return "1" if is_one else ""


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    tests = by(some, lambda one: one.test_id)
    gone = {} if around.sources is None else _gone(around.sources, tests)
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


def _gone(sources: SourceFiles, tests: dict[str, list[int]]) -> dict[str, str]:
    """Return which tests are gone and what of them. Where no test file at all is found, nobody knows where they lie."""
    paths = {test_id.partition("::")[0] for test_id in tests}
    there = {path for path in paths if sources.text(path) is not None}
    if not there:
        return {}
    found = {}
    for test_id in tests:
        path = test_id.partition("::")[0]
        if path not in there:
            found[test_id] = _FILE
        elif _is_gone(sources, path, test_id.partition("[")[0].split("::")[1:]):
            found[test_id] = _FUNCTION
    return found


def _is_gone(sources: SourceFiles, path: str, names: Sequence[str]) -> bool:
    """Tell whether a file surely has no such test: what is inherited, imported or made while it runs is not known."""
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
        if inner.bases or inner.decorator_list:
            return False
        body = inner.body
    return False


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
        "run; or, where a list of pytest's is given, whose parameters are not in it. Recordings of no known test are "
        "unattributed, not orphans, and model lists are shared.",
        why="Nothing asks for it any more.",
        example="`tests/test_old.py` was deleted, and its recordings stayed.",
        fix="Delete it. If the test was renamed, record it again under its new name.",
        mistaken="Tests that are made while they run. Classes that inherit, and files that import everything, are left "
        "alone.",
        measured="nothing: none of them has its sources beside it.",
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
)
