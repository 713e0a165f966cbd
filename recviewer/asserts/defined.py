"""Whether a test file defines a test, as far as its source tells. Nothing is imported or run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from recviewer.asserts.sources import SourceFile, SourceFiles

_MADE = re.compile(
    r"(?<![.\w])(?:globals|locals|vars|exec|setattr|scenarios)\(|\btype\(\s*f?[\"']|__dict__|sys\.modules"
    r"|\bparameterized\b|\bddt\b|__getattr__"
)
"""Marks a file that may define tests while it is imported, under names that stand nowhere in it."""

_WITHOUT_TESTS = frozenset(
    ("object", "ABC", "abc.ABC", "Protocol", "typing.Protocol", "unittest.TestCase", "unittest.IsolatedAsyncioTestCase")
)
_MODULES_WITHOUT_TESTS = frozenset(("unittest", "django.test"))
"""Base classes that bring no test, and modules whose classes bring none."""

_DEEPEST = 8
"""Most base classes that are followed, one above the other."""

_Names: TypeAlias = dict[str, ast.AST]


def is_defined(sources: SourceFiles, path: str, names: Sequence[str]) -> bool | None:
    """Tell whether a file defines a test. names: its classes, outermost first, and its function.

    None if that is unknown: the file cannot be parsed, names may be made while it is imported, or come from elsewhere.
    """
    source = sources.source(path)
    if source is None or not all(name.isidentifier() for name in names):
        return None
    if _MADE.search(sources.text(path) or ""):
        return None
    found: _Names | None = dict(_bound(source.tree.body))
    if names[0] not in (found or {}):
        return None if "*" in source.imported else False
    for place, name in enumerate(names):
        if found is None:
            return None
        inner = found.get(name)
        if inner is None:
            return False
        if place + 1 < len(names):
            found = _members(sources, source, inner) if isinstance(inner, ast.ClassDef) else None
    return True


def _members(sources: SourceFiles, source: SourceFile, owner: ast.ClassDef, deepest: int = _DEEPEST) -> _Names | None:
    """Return what a class and its bases define, None if one of them is unknown."""
    if not deepest or owner.keywords or not all(map(_is_mark, owner.decorator_list)):
        return None
    found: _Names = {}
    for base in owner.bases:
        if _brings_none(source, base):
            continue
        at = sources.find(source, base.id) if isinstance(base, ast.Name) else None
        if at is None or not isinstance(at[0], ast.ClassDef) or _MADE.search(sources.text(at[1].path) or ""):
            return None
        inherited = _members(sources, at[1], at[0], deepest - 1)
        if inherited is None:
            return None
        found |= inherited
    return found | dict(_bound(owner.body))


def _brings_none(source: SourceFile, base: ast.expr) -> bool:
    """Tell whether a base class is known to have no tests."""
    if isinstance(base, ast.Name) and base.id in source.imported:
        return source.imported[base.id][0] in _MODULES_WITHOUT_TESTS or base.id in ("ABC", "Protocol")
    return ast.unparse(base) in _WITHOUT_TESTS


def _is_mark(decorator: ast.expr) -> bool:
    """Tell whether it is one of pytest's marks, which do not add tests to a class."""
    return re.match(r"(?:pytest\.)?mark\.", ast.unparse(decorator)) is not None


def _bound(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.AST]]:
    """Yield the names that statements define, also within conditions and loops, with what defines them."""
    for one in body:
        match one:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield one.name, one
            case ast.Import() | ast.ImportFrom():
                for alias in one.names:
                    yield alias.asname or alias.name.partition(".")[0], one
            case _:
                yield from _bound_within(one)


def _bound_within(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield the names that the parts of a statement define: the statements in it, and what it assigns."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.stmt):
            yield from _bound([part])
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id, part
        else:
            yield from _bound_within(part)
