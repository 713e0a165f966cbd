"""Recognizes pasted text: lines printed by pytest, test ids, paths and hashes. Pure text, no database."""

from __future__ import annotations

import re

LEAST_DIGITS = 7
"""Shorter prefixes of a hash are treated as words."""

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
"""The brackets of an id must be closed within this many characters."""

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
    """Tell whether a word may be a test id or part of one: a function, a class, a file, `file.py::test_x[param]`."""
    return "::" in word or _TEST.fullmatch(word) is not None


def test_of(word: str) -> str:
    """Return a test id, or part of one, in canonical form: without `./`, `TestA::test_b` for `TestA.test_b`."""
    head, bracket, parameters = word.removeprefix("./").partition("[")
    head = re.sub(r"^(Test\w*)\.(?=\w)", r"\1::", head.rstrip(":"))
    return head + bracket + parameters


def id_end(text: str, start: int) -> int:
    """Return the end offset of the test id that starts at an offset of a text; the offset itself if there is none.

    The brackets of an id may contain spaces and nested brackets: it ends with the bracket that closes the first one and
    is followed by white space or the end. An id whose bracket is never closed ends like a word.
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
    """Return the search words for a pasted line: a test id, a file, a hash. Other text is returned unchanged.

    Recognized are the lines of pytest's summary (`FAILED id - AssertionError: …`), progress (`id PASSED [ 12%]`),
    headings (`____ TestA.test_b ____`) and tracebacks (`tests/test_a.py:12: in test_b`), a pytest command for one test,
    and any line with a full hash, a file named by one, or a text labelled as a hash (`… not found for request hash:
    …`).
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
