"""A recording of a test that no CI run executes with its models, according to a matrix in OGX's format."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recviewer.asserts.sources import SourceFiles
from recviewer.exchange.model import Json
from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by, is_own_file

_MATRIX, _SUITES = "ci_matrix.json", "suites.py"
_DEEPEST = 6
"""Most folders above a test file that are searched for a matrix."""
_MODEL = re.compile(r"(?<![\w=])(?:txt|vis|emb|rerank)=([^\]]+)")


@dataclass(frozen=True, slots=True)
class _Matrix:
    """What CI runs. runs: for each the roots of its suite, None if the source does not list them, and its models."""

    path: str
    runs: tuple[tuple[tuple[str, ...] | None, frozenset[str]], ...]


def _note(side: Side) -> str:
    return "1" if is_own_file(side) and _MODEL.search(side.test_id) else ""


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    if around.sources is None:
        return
    known: dict[str, _Matrix | None] = {}
    for test_id, places in by(some, lambda one: one.test_id).items():
        folder = test_id.partition("::")[0].rpartition("/")[0]
        if folder not in known:
            known[folder] = _above(around.sources, folder)
        matrix = known[folder]
        if matrix is None or _is_run(matrix, test_id):
            continue
        says = f"no run in {matrix.path} asks for its test with its models"
        for place in places:
            yield place, Held(Severity.GREY, "not in the matrix", fault="not in the matrix", says=says)


def _is_run(matrix: _Matrix, test_id: str) -> bool:
    """Tell whether a run may execute a test: its parameters have one of the run's models, and a root contains it."""
    parameters = test_id.partition("[")[2]
    return any(
        any(model in parameters for model in models) and (roots is None or any(_lies_in(test_id, one) for one in roots))
        for roots, models in matrix.runs
    )


def _lies_in(test_id: str, root: str) -> bool:
    return test_id.startswith((f"{root}/", f"{root}::", f"{root}[")) or test_id == root


def _above(sources: SourceFiles, folder: str) -> _Matrix | None:
    """Return the nearest matrix above a folder, None if there is none, or if it cannot be read completely."""
    for _ in range(_DEEPEST):
        text = sources.text(f"{folder}/{_MATRIX}") if folder else None
        if text is not None:
            return _read(sources, folder, text)
        folder = folder.rpartition("/")[0]
    return None


def _read(sources: SourceFiles, folder: str, text: str) -> _Matrix | None:
    source = sources.source(f"{folder}/{_SUITES}")
    try:
        asked = [*_asked(json.loads(text))]
    except (ValueError, RecursionError):
        return None
    if source is None or not asked:
        return None
    suites, setups = (_definitions(source.tree, name) for name in ("SUITE_DEFINITIONS", "SETUP_DEFINITIONS"))
    runs = []
    for suite, setup in asked:
        if suite not in suites or setup not in setups:
            return None  # a run that cannot be interpreted
        models = frozenset(one for one in _strings(_argument(setups[setup], "defaults")) if one)
        if not models:
            return None
        runs.append((_roots(_argument(suites[suite], "roots")), models))
    return _Matrix(f"{folder}/{_MATRIX}", tuple(runs))


def _asked(value: Json) -> Iterator[tuple[str, str]]:
    """Yield the suites that a matrix runs, each with its setup, at any depth."""
    if isinstance(value, dict):
        suite, setup = value.get("suite"), value.get("setup")
        if isinstance(suite, str):
            yield suite, setup if isinstance(setup, str) else ""
            return
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _asked(one)


def _definitions(tree: ast.Module, name: str) -> dict[str, ast.Call]:
    """Return the calls in a top-level dictionary of a module, by key."""
    found: dict[str, ast.Call] = {}
    for one in tree.body:
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        if not any(isinstance(target, ast.Name) and target.id == name for target in targets):
            continue
        value = one.value if isinstance(one, ast.Assign | ast.AnnAssign) else None
        for key, item in zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ():
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and isinstance(item, ast.Call):
                found[key.value] = item
    return found


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == name), None)


def _roots(value: ast.expr | None) -> tuple[str, ...] | None:
    """Return the roots in a list, None if it is computed."""
    if not isinstance(value, ast.List) or len(value.elts) != len(texts := _strings(value)):
        return None
    return tuple(texts) or None


def _strings(value: ast.expr | None) -> list[str]:
    """Return the texts in a list, or the values of a dictionary."""
    items = value.elts if isinstance(value, ast.List) else value.values if isinstance(value, ast.Dict) else []
    return [one.value for one in items if isinstance(one, ast.Constant) and isinstance(one.value, str)]


RULE = Rule(
    "never-in-ci",
    "its test does not seem to be run by CI with its models",
    Explained(
        what="A recording of a test whose suite and models no run asks for in the matrix of its repository (a "
        "`ci_matrix.json` with suites and setups, beside a `suites.py` that says what they are, as OGX has them). Where one "
        "of the runs cannot be told, and where parameters name no model, it says nothing.",
        why="Nobody notices when the recording no longer fits.",
        example="Recordings of `gemini/…`, and no run of the matrix has a setup with that model.",
        fix="Add a run, or delete the recordings.",
        mistaken="Suites that other workflows run, or people by hand; roots that are made "
        "while the module runs count as all.",
        measured="nothing in the three, for none has its matrix beside it. 6 in the later tree of OGX, whose matrix names "
        "a test that is not where it says; all are right. 45 in the first tree with that matrix, of which each "
        "kind was read: no run of it has them.",
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
    levels=(Severity.GREY,),
)
