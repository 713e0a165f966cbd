"""Which code of a format's or a recorder's module is used to choose it, found in its source.

A choice asks all formats and recorders, so that this code affects every file; the rest affects only files for which
this one was chosen. It is found by names, without a parser, in a few milliseconds for all modules: what a statement
may use is every name that occurs in it. What this simple reading cannot tell apart is taken as used.
"""

from __future__ import annotations

import re
from typing import NamedTuple

READING = frozenset(
    {
        *("request", "reply", "chunks", "add_elements", "joins_alike", "said_alike", "shape", "kind"),
        *("parts", "replay", "without", "test_of", "matching", "exchange", "items", "around"),
        *("called", "matched", "is_in_order"),
    }
)
"""Members of a format or recorder that others use only after it was chosen. All others may affect the choice."""


class Statement(NamedTuple):
    """A statement of a module or class. name: what it defines, "" if that is nothing, or several things."""

    name: str
    text: str


def choosing(text: str) -> list[str]:
    """Return the statements that may affect the choice, in order. text: the source of the module."""
    if any(mark in text for mark in _UNUSUAL):
        return [text]
    found = statements(text)
    instance = next((one for one in found if one.name in ("FORMAT", "RECORDER")), None)
    made = _MADE.match(instance.text) if instance else None
    class_name = made[1] if made else ""
    top: list[Statement] = []
    members: list[Statement] = []
    for one in found:
        if one.name == class_name and one.text.startswith("class "):
            head, *inside = _STARTS_INSIDE.split(one.text)
            held = [member for part in _whole(inside) for member in _named(part)]
            members += [member for member in held if member.name in READING]
            top.append(Statement("", head))
            top += [Statement("", member.text) for member in held if member.name not in READING]
        else:
            top.append(one)
    return _reached(top, members)


def _reached(top: list[Statement], members: list[Statement]) -> list[str]:
    """Return the statements that those without a name may use, directly or through others, in order.

    members: of the class of the instance; used only as an attribute of `self`, or of something with a capital.
    """
    by_name: dict[str, list[int]] = {}
    for place, one in enumerate(top):
        by_name.setdefault(one.name, []).append(place)
    reached = {place for name in ("", "FORMAT", "RECORDER") for place in by_name.get(name, ())}
    taken: set[int] = set()
    left = [top[place].text for place in reached]
    while left:
        text = left.pop()
        new = [place for name in by_name.keys() & set(_NAME.findall(text)) for place in by_name[name]]
        left += [top[place].text for place in new if place not in reached]
        reached.update(new)
        if len(taken) < len(members):
            through = frozenset(_ATTRIBUTE.findall(text))
            if "self" in text and _PASSED.search(_DEFINED.sub("", text)):
                through = READING
            new = [place for place, one in enumerate(members) if one.name in through and place not in taken]
            left += [members[place].text for place in new]
            taken.update(new)
    return [top[place].text for place in sorted(reached)] + [members[place].text for place in sorted(taken)]


def statements(text: str) -> list[Statement]:
    """Return the statements of a module, without those that are only texts. An import is one for each name."""
    return [one for part in _whole(_STARTS.split(text)) for one in _named(part)]


_UNUSUAL = (
    "'''",
    "\\\n",
    "global",
    " import *",
    "from .",
    ".wire import ",
    ".kinds import ",
    " import wire",
    " import kinds",
)
"""What makes the whole module count: texts that hide where lines begin, and names that come from elsewhere."""

_STARTS = re.compile(r"^(?=[^\s)\]}])", re.MULTILINE)
_STARTS_INSIDE = re.compile(r"^ {4}(?=[^\s)\]}])", re.MULTILINE)
_QUOTES = '"""'
_MADE = re.compile(r"(?:FORMAT|RECORDER)(?:: \w+)? = (\w+)\(\)")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
"""Also in comments and texts, which only makes more count."""
_ATTRIBUTE = re.compile(r"\b(?:self|cls|super\(\)|[A-Z]\w*)\.(\w+)")
_DEFINED = re.compile(r"\bdef \w+\(\s*self\b")
_PASSED = re.compile(r"\bself\b(?!\.)|\b__class__\b|\b__dict__\b")
"""What lets other code use any member of the class."""
_DEFINITION = re.compile(r"(?:@.*\n(?:[\s)].*\n)*\s*)*(?:async )?(?:def|class) (\w+)")
_ASSIGNMENT = re.compile(r"(\w+)(?:: [^=\n]+)? = (?!\w+ = )")
_IMPORT = re.compile(r"(from \S+ import|import) \(?([^()]*)\)?\s*(?:#.*\s*)*\Z")
_TEXT = re.compile(r'r?"""(?:(?!""").)*+"""\s*(?:#.*\s*)*\Z', re.DOTALL)


def _whole(parts: list[str]) -> list[str]:
    """Join the parts of one statement: the lines of a text, and a definition with its decorators."""
    found: list[str] = []
    is_open = False
    for part in parts:
        if is_open:
            found[-1] += part
        else:
            found.append(part)
        is_open = found[-1].count(_QUOTES) % 2 == 1 or (found[-1].startswith("@") and not _DEFINITION.match(found[-1]))
    return [part for part in found if part.strip()]


def _named(text: str) -> list[Statement]:
    """Return a statement with its name; none for a text or a comment; several for an import of several names."""
    if (text[0] in 'r"' and _TEXT.match(text)) or (text[0] == "#" and "\n" not in text.strip()):
        return []
    defined = _DEFINITION.match(text) if text[0] in "@adc" else None
    if defined:
        return [Statement(defined[1], text)]
    assigned = _ASSIGNMENT.match(text)
    if assigned:
        return [Statement("" if ":=" in text else assigned[1], text)]
    imports = _IMPORT.match(text)
    if imports is None or imports[1] == "from __future__ import":
        return [Statement("", text)]
    names = [name.strip() for line in imports[2].splitlines() for name in line.partition("#")[0].split(",")]
    return [Statement(_bound(name), f"{imports[1]} {name}\n") for name in names if name]


def _bound(name: str) -> str:
    """Return the name that an imported one gets: `b` of `a as b`, `a` of `a.b`."""
    return name.rpartition(" as ")[2].strip().partition(".")[0]
