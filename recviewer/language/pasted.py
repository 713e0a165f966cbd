"""What people paste: lines that pytest printed, ids of tests, paths and hashes. Pure text, no database."""

from __future__ import annotations

import re

LEAST_DIGITS = 7
"""Shorter beginnings of a hash are words."""

_HASH = re.compile(rf"[`'(\[]*(?:rec-)?([0-9a-f]{{{LEAST_DIGITS},64}})(?:\.json)?[`')\],.;:…]*", re.IGNORECASE)
_WORDS = "FAILED|ERROR|PASSED|SKIPPED|XFAIL|XPASS|XFAILED|XPASSED|RERUN|SUBFAIL|SUBPASS"
_BEFORE = re.compile(
    rf"(?:E\s+)?(?:\[gw\d+\]\s+)?(?:\[\s*\d+%\]\s*)?(?:{_WORDS})\s+(?:\[\d+\]\s*)?(?:at (?:setup|teardown) of\s+)?"
)
_AFTER = re.compile(rf"\s+(?:{_WORDS})\b.*")
_HEADER = re.compile(r"_{3,}\s+(?:ERROR at (?:setup|teardown|call) of\s+)?(\S.*?)\s+_{3,}")
_PLACE = re.compile(r"(\S+\.py):\d+(?:: (?:in (\w+))?.*)?")
_LONG_HASH = re.compile(r"(?<![0-9a-zA-Z])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-zA-Z])", re.IGNORECASE)
_SAID_HASH = re.compile(r"(?<![a-z])hash\W{1,4}([0-9a-f]{7,64})(?![0-9a-z])", re.IGNORECASE)
_SAID_FILE = re.compile(r"(?<![^\s'\"`()])[^\s'\"`()]*[0-9a-f]{12,64}(?:-[0-9a-f]{8})?\.json")
_DOTS = re.compile(r"(\S+\.py)\s+[.FEsSxXrRuU]+(?:\s+\[\s*\d+%\])?")
_PYTEST = re.compile(r"(?:\$\s+)?(?:\S+\s+){0,4}?(?:\S*/)?(?:pytest|py\.test)\s+(?:-\S+\s+)*")
_BRACKETS = re.compile(r"[\[\]]")
_PARAMETERS = 1_000
"""Characters within which the brackets of an id have to be closed."""

_NAME = re.compile(r"(?:[^\s\[\]\"]*::)?[^\s\[\]\"]+")
_TEST = re.compile(r"(?:.*/)?[^/\s]+\.py|(?:\w+[.:]+)*(?:test_\w*|Test[A-Z]\w*)(?:[.:]+\w+)*(?:\[.*)?", re.DOTALL)


def hash_in(word: str) -> str:
    """Return the digits of a word that may be a hash or a file named by one, in lower case; "" for any other word."""
    found = _HASH.fullmatch(word)
    return found[1].lower() if found else ""


def is_path(word: str) -> bool:
    """Tell whether a word may be the path of a recording, or the end of one."""
    return word.endswith(".json") and not any(sign.isspace() for sign in word)


def is_test(word: str) -> bool:
    """Tell whether a word may be a test id or a part of one: a function, a class, a file, `file.py::test_x[param]`."""
    return "::" in word or _TEST.fullmatch(word) is not None


def test_of(word: str) -> str:
    """Return a test id or a part of one as ids are written: no `./` before it, `TestA::test_b` for `TestA.test_b`."""
    head, bracket, parameters = word.removeprefix("./").partition("[")
    head = re.sub(r"^(Test\w*)\.(?=\w)", r"\1::", head.rstrip(":"))
    return head + bracket + parameters


def id_end(text: str, start: int) -> int:
    """Return where the test id ends that begins at a place of a text; the place itself where none does.

    What stands in an id's brackets may hold spaces and further brackets: it ends with the bracket that closes the first
    and is followed by white space or nothing. An id that is never closed ends where a word does.
    """
    found = _NAME.match(text, start)
    if found is None:
        return start
    end = found.end()
    if end >= len(text) or text[end] != "[" or not is_test(found[0]):
        return end
    depth = 0
    for bracket in _BRACKETS.finditer(text, end, end + _PARAMETERS):
        place = bracket.end()
        depth += 1 if bracket[0] == "[" else -1
        if bracket[0] == "]" and depth <= 0 and (place == len(text) or text[place].isspace()):
            return place
    word = re.compile(r"\S+").match(text, start)
    return word.end() if word else end


def understood(text: str) -> str:
    """Return what a pasted line is about, as words to search for: a test id, a file, a hash. Other text stays as it is.

    Known are the lines of pytest's summary (`FAILED id - AssertionError: …`), of its progress (`id PASSED [ 12%]`), of its
    headings (`____ TestA.test_b ____`) and tracebacks (`tests/test_a.py:12: in test_b`), a call of pytest on one test, and
    any line with a whole hash, a file named by one, or what it calls a hash (`… not found for request hash: …`).
    """
    line = " ".join(text.split())
    if line.startswith('"') or (" " not in line and ".py:" not in line):
        return line
    return _of_test_line(line) or _of_error_line(line) or line


def _of_test_line(line: str) -> str:
    header = _HEADER.fullmatch(line)
    if header:
        return header[1]
    dots = _DOTS.fullmatch(line)
    if dots:
        return dots[1]
    before = _BEFORE.match(line) or _PYTEST.match(line)
    start = before.end() if before else 0
    end = id_end(line, start)
    word = line[start:end]
    place = _PLACE.fullmatch(line, start) or _PLACE.fullmatch(word)
    if place and "::" not in place[1]:
        return " ".join(filter(None, place.groups()))
    if not is_test(word):
        return ""
    rest = line[end:]
    return word if before or ("::" in word and (_AFTER.fullmatch(rest) or rest.startswith(" - "))) else ""


def _of_error_line(line: str) -> str:
    file = _SAID_FILE.search(line)
    if file:
        return file[0]
    found = _LONG_HASH.search(line)
    if found:
        return found[0].lower()
    called = _SAID_HASH.search(line)
    return called[1].lower() if called else ""
