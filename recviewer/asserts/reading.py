"""From the id of a test to the expectations in its source."""

from __future__ import annotations

import ast

from recviewer.asserts.cases import parametrized
from recviewer.asserts.expectations import Expectations
from recviewer.asserts.following import Follower, Returned
from recviewer.asserts.scope import TooLong
from recviewer.asserts.sources import MOST_STEPS, SourceFile, SourceFiles
from recviewer.asserts.values import UNKNOWN


def expectations_of(sources: SourceFiles, test_id: str) -> Expectations | None:
    """Return a test's expectations; None if its source is not available.

    test_id: as pytest prints it, relative to the top of the repository: `tests/test_a.py::TestB::test_c[id]`.
    """
    place, _, written = test_id.partition("[")
    path, *names = place.split("::")
    source = sources.source(path) if sources.steps <= MOST_STEPS else None
    found = _find(source, names, sources) if source is not None else None
    if source is None or found is None or sources.steps > MOST_STEPS:
        return None
    test, decorators = found
    follower = Follower(sources)
    cut = False
    try:
        scope = follower.scope(source, {})
        scope.names |= {
            argument.arg: UNKNOWN for argument in (*test.args.posonlyargs, *test.args.args, *test.args.kwonlyargs)
        }
        scope.names |= parametrized(decorators, written.removesuffix("]"), follower.scope(source, {}))
        follower.block(test.body, scope)
    except Returned:
        pass
    except (TooLong, RecursionError):
        cut = True
    finally:
        sources.steps += follower.counts.steps
    expected = tuple(one for at, one in enumerate(follower.expected) if one not in follower.expected[:at])
    return Expectations(path, test.lineno, expected, tuple(follower.raises), tuple(dict.fromkeys(follower.unread)), cut)


def _find(
    source: SourceFile, names: list[str], sources: SourceFiles
) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, list[ast.expr]] | None:
    """Return the function of a test and all decorators that apply to it, those of its classes first."""
    body: list[ast.stmt] = source.tree.body
    decorators: list[ast.expr] = []
    for name in names:
        sources.steps += len(body) // 20
        inner = next((one for one in reversed(body) if getattr(one, "name", None) == name), None)
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return None
        decorators += inner.decorator_list
        if not isinstance(inner, ast.ClassDef):
            return inner, decorators
        body = inner.body
    return None
