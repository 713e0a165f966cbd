"""The parsed source files of a test suite, and the names defined in them. Nothing is imported."""

from __future__ import annotations

import ast
import json
import posixpath
import re
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

from recviewer.git.texts import UNREAD

Reader: TypeAlias = Callable[[str], str | None]
"""Returns the text of a file by its path relative to the top of the repository, with `/`.

None if it does not exist, UNREAD if it does and was not read.
"""

MOST_CHARACTERS = 1_000_000
"""Longer files are not read."""
MOST_FILES = 1_000
"""Most files read for one state of a repository."""
MOST_IN_ALL = 6_000_000
"""Most characters read in total for one state of a repository."""
MOST_TOKENS = 100_000
"""Files with more words and signs are not parsed: each may become 400 bytes of a syntax tree. Few have half as many."""
MOST_BRACES = 20_000
"""Nor are files with more opening braces: Python's time for an f-string grows with the square of them."""
MOST_KEPT = 150_000
"""Most words and signs of files whose syntax trees are kept; those that were not used for longest are parsed again."""
MOST_PARSED = 1_500_000
"""Most words and signs that are parsed in total for one state of a repository."""
MOST_STEPS = 2_000_000
"""Most steps in total for following all tests of one state."""

_TOKEN = re.compile(r"\w+|([^\w\s])\1*")

_quiet = threading.Lock()

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr


@dataclass(slots=True, eq=False)
class SourceFile:
    """One file. tokens: number of its words and signs. defined: its top-level definitions by name.

    imported: (module, name, level) by name.
    """

    path: str
    tree: ast.Module
    tokens: int = 0
    defined: dict[str, Definition] = field(default_factory=dict)
    imported: dict[str, tuple[str, str, int]] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """Its directory, "" at the top."""
        return posixpath.dirname(self.path)


class SourceFiles:
    """The files of one state of a repository. steps: used for following tests so far.

    Beyond the total limits nothing more is read, so that a hostile repository costs a few seconds at most.
    """

    def __init__(self, read: Reader) -> None:
        self._read = read
        self.steps = 0
        self._left, self._left_tokens = MOST_IN_ALL, MOST_PARSED
        self._texts: dict[str, str | None] = {}
        self._parsed: dict[str, SourceFile] = {}
        self._json: tuple[str, Any] = ("", None)

    def text(self, path: str) -> str | None:
        """Return the text of a file, None if it does not exist, UNREAD if it does or may, and was not read."""
        path = posixpath.normpath(path)
        if path.startswith(("..", "/")):
            return None
        if path not in self._texts:
            if len(self._texts) >= MOST_FILES * 10 or self._left <= 0:
                return UNREAD
            text = self._read(path)
            self._left -= len(text or "")
            is_kept = text is None or (len(text) <= MOST_CHARACTERS and self._left >= 0)
            self._texts[path] = text if is_kept else UNREAD
        return self._texts[path]

    def source(self, path: str) -> SourceFile | None:
        """Return a parsed file, None if it cannot be parsed."""
        found = self._parsed.pop(path, None)
        if found is None:
            text = self.text(path)
            if text is None or text == UNREAD:
                return None
            tokens = sum(1 for _ in islice(_TOKEN.finditer(text), MOST_TOKENS + 1))
            self._left_tokens -= tokens
            is_small = tokens <= MOST_TOKENS and text.count("{") <= MOST_BRACES
            found = _parsed(path, text, tokens) if is_small and self._left_tokens >= 0 else None
            if found is None:
                self._texts[posixpath.normpath(path)] = UNREAD
                return None
        self._parsed[path] = found
        while sum(one.tokens for one in self._parsed.values()) > MOST_KEPT:
            del self._parsed[next(iter(self._parsed))]
        return found

    def json(self, path: str) -> Any:
        """Return the content of a JSON file, None if it cannot be read. The last one is kept."""
        if self._json[0] != path:
            text = self.text(path)
            self.steps += len(text or "") // 100
            try:
                self._json = path, None if text is None else json.loads(text)
            except (ValueError, RecursionError):
                self._json = path, None
        return self._json[1]

    def find(self, source: SourceFile, name: str, hops: int = 5) -> tuple[Definition, SourceFile] | None:
        """Return the definition of a name in a file and its file, following imports; None if not available.

        Each place that is looked at counts as a step.
        """
        if name in source.defined:
            return source.defined[name], source
        if name not in source.imported or not hops:
            return None
        module, original, level = source.imported[name]
        for path in _places(source, module, level):
            self.steps += 1
            if self.steps > MOST_STEPS:
                return None
            found = self.source(path)
            if found is not None and (definition := self.find(found, original, hops - 1)):
                return definition
        return None


def _places(source: SourceFile, module: str, level: int) -> list[str]:
    """Return the possible paths of a module that a file imports."""
    inner = module.replace(".", "/")
    if level:
        folder = source.folder
        for _ in range(min(level - 1, folder.count("/") + 1)):
            folder = posixpath.dirname(folder)
        roots = [folder]
    else:
        roots = [""]
        folder = source.folder
        while folder:
            roots.append(folder)
            folder = posixpath.dirname(folder)
    bases = [posixpath.join(root, inner) for root in roots]
    return [path for base in bases for path in (f"{base}.py", posixpath.join(base, "__init__.py"))]


def _parsed(path: str, text: str, tokens: int) -> SourceFile | None:
    """Return a parsed file, None if it is not valid Python of this version."""
    try:
        with _quiet, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    source = SourceFile(path, tree, tokens)
    for statement in tree.body:
        _note(source, statement)
    return source


def _note(source: SourceFile, statement: ast.stmt) -> None:
    """Record the names that a top-level statement defines."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            source.defined[statement.name] = statement
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            source.defined[name] = value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            source.defined[name] = value
        case ast.ImportFrom():
            for alias in statement.names:
                source.imported[alias.asname or alias.name] = (statement.module or "", alias.name, statement.level)
        case ast.If() | ast.Try():
            for inner in statement.body:
                _note(source, inner)
