"""The parser of the query language, modelled on GitHub's: `model:gpt-4o -test:guard (weather OR "boiling point")`.

Adjacent terms are a conjunction; `OR` in capitals is a disjunction, with lower precedence; parentheses group; `-`
directly before a word, a filter or a parenthesis negates it. If a filter occurs twice and a recording has only one
value for it, the values are alternatives (`kind:chat kind:genai`), unless parentheses separate them.

Words that consist of punctuation are ignored, unless there is nothing else.

Every text can be parsed: an unclosed parenthesis or quote ends with the line, an `OR` without an operand is ignored,
and each of these is reported as a `Remark`. Time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

from recviewer.language.pasted import id_end
from recviewer.language.tree import Span, Term, Tree, Word, either, together, without

DEEPEST = 20
"""Maximal nesting of parentheses; deeper ones are ignored."""

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
    "\u2600-\u27bf\U0001f000-\U0001faff]"
)
"""Characters of languages without spaces, and symbols, which the full-text index does not contain."""

_SAYS = re.compile(rf"[^\W_]|{UNSPACED.pattern}")
"""What makes a word more than punctuation."""


def _as_typed(key: str, value: str) -> str:
    return value


@dataclass(frozen=True, slots=True)
class Language:
    """The available filters. keys: their names. narrows: whether a value is a conjunction with the key's other values.

    meant: normalizes a typed value, by key.
    """

    keys: Collection[str]
    narrows: Callable[[str, str], bool]
    meant: Callable[[str, str], str] = _as_typed


class Slip(StrEnum):
    """What can be parsed but is wrong, or possibly not intended."""

    BRACKET = "bracket"
    QUOTE = "quote"
    OR = "or"
    DEEP = "deep"
    NAME = "name"
    AND = "and"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was ignored, or parsed in a way that may not be intended. piece: as typed; at: its span."""

    slip: Slip
    piece: str
    at: Span


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A parsed line. tree: None if it asks for nothing. remarks: in order of the line."""

    tree: Tree | None
    remarks: tuple[Remark, ...]


_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"\S+")
_NAME = re.compile(r"(\w+):(?=\S)")
_VALUE = re.compile(r'"((?:[^"]|"")*)(")?')
_PHRASE = re.compile(r'"([^"]*)(")?')
_BRACKETS = re.compile(r"[()]")


@dataclass(slots=True)
class _Group:
    """An open parenthesis, or the whole line. sides: the operands of OR so far; now: the terms since the last. start:
    of the parenthesis.

    apart: indexes in `now` of terms in parentheses of their own. is_out: `-` precedes the parenthesis. gap: the span of
    an OR without its right operand so far.
    """

    start: int = -1
    is_out: bool = False
    sides: list[Tree] = field(default_factory=list)
    now: list[Tree] = field(default_factory=list)
    apart: set[int] = field(default_factory=set)
    gap: Span | None = None

    def add(self, tree: Tree, *, is_apart: bool = False) -> None:
        if is_apart:
            self.apart.add(len(self.now))
        self.now.append(tree)
        self.gap = None


class _Reader:
    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language
        self.place = 0
        self.open = [_Group()]
        self.notes = list[Remark]()
        self.beyond = 0
        self.signs: Word | None = None

    def note(self, slip: Slip, start: int, end: int) -> None:
        self.notes.append(Remark(slip, self.text[start:end], (start, end)))

    def read(self) -> ReadLine:
        text = self.text
        while (start := _end(_SPACE, text, self.place)) < len(text):
            is_out = text[start] == "-" and start + 1 < len(text) and not text[start + 1].isspace()
            self.place = start + is_out
            sign = text[self.place]
            if sign == "(":
                self.opened(start, is_out=is_out)
            elif sign == ")" and not is_out and (self.beyond or len(self.open) > 1):
                self.place += 1
                self.closed()
            elif sign == '"':
                self.phrase(start, is_out=is_out)
            elif not self.filtered(start, is_out=is_out):
                self.word(start, is_out=is_out)
        while len(self.open) > 1:
            self.note(Slip.BRACKET, self.open[-1].start, len(text))
            self.closed()
        tree = self.made(self.open[0]) or self.signs
        return ReadLine(tree, tuple(sorted(self.notes, key=lambda note: note.at)))

    def opened(self, start: int, *, is_out: bool) -> None:
        self.place += 1
        if len(self.open) > DEEPEST:
            self.beyond += 1
            if self.beyond == 1:
                self.note(Slip.DEEP, start, self.place)
        else:
            self.open.append(_Group(start, is_out))

    def closed(self) -> None:
        if self.beyond:
            self.beyond -= 1
            return
        group = self.open.pop()
        tree = self.made(group)
        if tree is not None:
            self.open[-1].add(without(tree) if group.is_out else tree, is_apart=True)

    def phrase(self, start: int, *, is_out: bool) -> None:
        found = _PHRASE.match(self.text, self.place)
        assert found is not None
        self.place = found.end()
        if not found[2]:
            self.note(Slip.QUOTE, start, self.place)
        self.say(found[1].strip(), start, is_out=is_out, is_phrase=True)

    def filtered(self, start: int, *, is_out: bool) -> bool:
        named = _NAME.match(self.text, self.place)
        if named is None or named[1] not in self.language.keys:
            return False
        value, end = self.value(named.end())
        if end == named.end():
            return False
        self.place = end
        meant = self.language.meant(named[1], value)
        self.open[-1].add(Term(named[1], meant, is_out, (start, end)))
        return True

    def value(self, start: int) -> tuple[str, int]:
        found = _VALUE.match(self.text, start)
        if found is None:
            end = self.cut(start, _end(_WORD, self.text, start))
            return self.text[start:end], end
        if not found[2]:
            self.note(Slip.QUOTE, start, found.end())
        return found[1].replace('""', '"'), found.end()

    def word(self, start: int, *, is_out: bool) -> None:
        begin = self.place
        end = self.cut(begin, max(_end(_WORD, self.text, begin), id_end(self.text, begin)))
        self.place = end
        typed = self.text[begin:end]
        if typed == "OR" and not is_out:
            self.divided(begin, end)
            return
        if typed in ("AND", "NOT") and not is_out:
            self.note(Slip.AND, begin, end)
        named = _NAME.match(typed)
        if named is not None and typed[named.end()] not in ":/":
            self.note(Slip.NAME, start, end)
        self.say(typed, start, is_out=is_out, is_phrase=False)

    def say(self, typed: str, start: int, *, is_out: bool, is_phrase: bool) -> None:
        word = Word(typed, is_out, is_phrase, (start, self.place))
        if _SAYS.search(typed):
            self.open[-1].add(word)
        elif typed:
            self.signs = self.signs or replace(word, is_unwanted=False)

    def cut(self, start: int, end: int) -> int:
        """Return the end of a word: before a parenthesis that closes an open one and does not belong to the word."""
        if len(self.open) == 1 and not self.beyond:
            return end
        depth = 0
        for bracket in _BRACKETS.finditer(self.text, start, end):
            depth += 1 if bracket[0] == "(" else -1
            if depth < 0:
                return bracket.start()
        return end

    def divided(self, start: int, end: int) -> None:
        group = self.open[-1]
        if group.now:
            group.sides += self.all_of(group)
            group.now, group.apart, group.gap = [], set(), (start, end)
        else:
            self.note(Slip.OR, start, end)

    def made(self, group: _Group) -> Tree | None:
        if group.gap:
            self.note(Slip.OR, *group.gap)
        return either((*group.sides, *self.all_of(group)))

    def all_of(self, group: _Group) -> list[Tree]:
        """Return the terms since the last OR, with alternative values of a filter merged to one disjunction."""
        parts = dict[object, list[Tree]]()
        for place, part in enumerate(group.now):
            is_one = isinstance(part, Term) and not part.is_negative and place not in group.apart
            if is_one and isinstance(part, Term) and not self.language.narrows(part.key, part.value):
                parts.setdefault(part.key, []).append(part)
            else:
                parts[place] = [part]
        tree = together(filter(None, (either(some) for some in parts.values())))
        return [] if tree is None else [tree]


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def parse(text: str, language: Language) -> ReadLine:
    """Parse a line. Never raises."""
    return _Reader(text, language).read()
