"""What code is used to choose a format or a recorder, as `choosing_code` finds it in sources."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from recviewer.formats import choosing_code, reader_sources, version
from recviewer.formats.choosing_code import READING, choosing, statements
from recviewer.formats.registry import formats
from recviewer.recorders.registry import recorders

SOURCES = [place for place in version.sources(reader_sources.FOLDERS) if place.stem != "__init__"]
SOURCE = '''"""A text about match."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from a.b import one, two as second
from c import (
    third,  # a comment
    fourth,
)

_OWN = re.compile("""
def not_a_function():
""")
_READING: dict[str, int] = {"a": 1}
"""A text about _READING."""


@cached(
    size=1,
)
def _is_own(head):
    return third(head)


def _read(raw):
    return fourth(raw)


for name in _TABLE:
    install(name)


class Mine:
    """A class."""

    name = "mine"
    shape = _READING

    def match(self, raw):
        """Return."""
        return _is_own(raw.first) and _OWN and self._sure(raw)

    def _sure(self, raw):
        return True

    def reply(self, raw):
        return _read(raw)


FORMAT = Mine()
'''


@pytest.mark.parametrize("place", SOURCES, ids=[place.stem for place in SOURCES])
def test_statements_are_those_that_the_parser_finds(place):
    text = place.read_text("utf-8")
    names = []
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                names.append(node.name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.append(name)
            case ast.ImportFrom(module="__future__"):
                names.append("")
            case ast.Import() | ast.ImportFrom():
                names += [(one.asname or one.name).partition(".")[0] for one in node.names]
            case ast.Expr(value=ast.Constant()):
                pass
            case _:
                names.append("")

    assert [one.name for one in statements(text)] == names


def test_code_that_may_affect_the_choice_is_found():
    found = "".join(choosing(SOURCE))

    for part in (
        "import re",
        "third",
        "_OWN = ",
        "not_a_function",
        "def _is_own",
        "size=1",
        "install(",
        "name = ",
        "_sure",
    ):
        assert part in found
    for part in ("fourth", "second", "_READING", "def _read", "def reply", "A text"):
        assert part not in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("FORMAT = Mine()", "MADE = Mine()\nFORMAT = MADE"),
        ("class Mine:", "@dataclass\nclass Mine:"),
        ("self._sure(raw)", "sure(self, raw)"),
        ("self._sure(raw)", "self.reply(raw)"),
        ("self._sure(raw)", "_read(raw)"),
        ("self._sure(raw)", "FORMAT.reply(raw)"),
        ('"""A text about match."""', "from .mine import *"),
        ('"""A text about match."""', "TABLE = _HELD = _read"),
        ('"""A text about match."""', "TABLE, _HELD = _read, 1"),
        ('"""A text about match."""', "TABLE = [x := _read]"),
        ('"""A text about match."""', "_OWN += _read"),
        ('"""A text about match."""', "TEXT = '''\n'''"),
    ],
)
def test_whatever_cannot_be_told_apart_counts(old, new):
    assert "return fourth(raw)" in "".join(choosing(SOURCE.replace(old, new)))


def test_members_that_only_read_are_not_used_by_shared_code_that_chooses():
    used = re.compile(rf"\bself\.(?:{'|'.join(READING)})\b|\bself\b(?!\.|[,)])")
    for reader in (*formats(), *recorders()):
        for base in type(reader).__mro__[1:-1]:
            for name, member in vars(base).items():
                if inspect.isfunction(member) and name not in READING:
                    assert not used.search(inspect.getsource(member)), f"{base.__name__}.{name}"


def test_a_format_or_recorder_is_an_instance_of_a_class_of_its_own_module():
    modules = [type(reader).__module__ for reader in (*formats(), *recorders())]

    assert sorted(modules) == sorted(name for name in reader_sources.versions().own if not name.endswith("__init__"))


def test_most_code_of_formats_does_not_affect_the_choice():
    texts = [place.read_text("utf-8") for place in SOURCES]

    assert sum(len(part) for text in texts for part in choosing_code.choosing(text)) < sum(map(len, texts)) / 3


def test_all_code_that_reads_is_in_the_version():
    program = (
        "import sys; from recviewer.catalog import summary; from recviewer.formats.registry import formats;"
        "from recviewer.recorders.registry import recorders; from recviewer.recorders import hiding; formats(); recorders();"
        "print(*[one.__file__ for name, one in sys.modules.items() if name.startswith('recviewer.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    known = {str(place) for place in version.sources(version.PACKAGES)}
    beside = {Path(name).relative_to(version.ROOT).as_posix() for name in set(done.stdout.split()) - known}

    assert {name for name in beside if not name.startswith(("bounded/", "configuration/", "processes/", "store/"))} == {
        "catalog/__init__.py",
        "catalog/jobs.py",
    }
