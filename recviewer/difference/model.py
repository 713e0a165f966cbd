"""The result of comparing two exchanges. Sections are in order of importance; items are a closed set of shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, TypeAlias

from recviewer.difference.values import ABSENT, ValueChange
from recviewer.difference.words import Count, Op, WordDiff
from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json


class Churn(StrEnum):
    """How the two recordings of a call differ. Part of the public contract. In order of precedence, most important
    first.

    outcome: an answer became an error or vice versa, or another error. tool_call: other calls. finish: another finish
    reason. text: another text, or other content of an answer. request: only the request differs. details: equal
    content, but a difference that is not known to be harmless, or recorded elsewhere. unread: other bytes, and one side
    was not read, so the difference is unknown; only in ranges. chunking: equal except for chunk boundaries. identical:
    equal. new, gone: only one side exists.
    """

    OUTCOME = "outcome"
    TOOL_CALL = "tool_call"
    FINISH = "finish"
    TEXT = "text"
    REQUEST = "request"
    DETAILS = "details"
    UNREAD = "unread"
    CHUNKING = "chunking"
    IDENTICAL = "identical"
    NEW = "new"
    GONE = "gone"


class SectionKind(StrEnum):
    """The subject of a section, in order of importance."""

    ANSWER = "answer"
    REASONING = "reasoning"
    REFUSAL = "refusal"
    CALLS = "tool calls"
    PARTS = "other content"
    FINISH = "finish"
    ERROR = "error"
    VECTORS = "embeddings"
    LISTING = "list"
    HITS = "hits"
    PASSAGES = "passages"
    REPLY = "reply"
    MESSAGES = "messages"
    PARAMETERS = "parameters"
    TOOLS = "tools"
    REFERENCES = "references"
    DETAILS = "details"
    USAGE = "usage"


class ItemKind(StrEnum):
    """The closed set of shapes of items; pages have one template for each."""

    WORDS = "words"
    VALUES = "values"
    NAMES = "names"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class Words:
    """A text that changed.

    label: its name on the new side, such as `messages[3] user`. values: the differences as JSON, if both texts are
    JSON. old_label: its name on the old side. If only one side exists, both labels are equal.
    """

    kind: ClassVar[ItemKind] = ItemKind.WORDS
    label: str
    words: WordDiff
    values: tuple[ValueChange, ...] = ()
    old_label: str = ""

    @property
    def is_new(self) -> bool:
        """Tell whether the whole text is new."""
        return all(span.op is Op.NEW for span in self.words.spans)

    @property
    def is_gone(self) -> bool:
        """Tell whether the whole text is gone."""
        return all(span.op is Op.GONE for span in self.words.spans)


@dataclass(frozen=True, slots=True)
class Values:
    """Values that changed, by paths relative to what the labels name (as in `Words`)."""

    kind: ClassVar[ItemKind] = ItemKind.VALUES
    label: str
    values: tuple[ValueChange, ...]
    old_label: str = ""

    @property
    def is_new(self) -> bool:
        """Tell whether all values are new."""
        return all(change.old is ABSENT for change in self.values)

    @property
    def is_gone(self) -> bool:
        """Tell whether all values are gone."""
        return all(change.new is ABSENT for change in self.values)


@dataclass(frozen=True, slots=True)
class Names:
    """A set that changed, such as an unordered list of models. kept: number of members on both sides."""

    kind: ClassVar[ItemKind] = ItemKind.NAMES
    label: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class VectorChange:
    """An embedding that changed. cosine: None if the lengths differ or a vector is zero. largest: largest difference of
    two components, None if the lengths differ. old_size, new_size: numbers of components, 0 for a missing vector.
    """

    kind: ClassVar[ItemKind] = ItemKind.VECTOR
    label: str
    old_size: int
    new_size: int
    cosine: float | None
    largest: float | None


Item: TypeAlias = Words | Values | Names | VectorChange


@dataclass(frozen=True, slots=True)
class Section:
    """One part of an exchange that changed. is_quiet: shown in grey, because it does not affect the meaning."""

    kind: SectionKind
    items: tuple[Item, ...]
    is_quiet: bool = False


def gone_first(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return items in order, but in each run of items that are entirely gone or new, the gone ones first."""
    made: list[Item] = []
    row: list[Item] = []
    for item in items:
        if isinstance(item, Words | Values) and item.is_gone != item.is_new:
            row.append(item)
            continue
        made += (*_gone(row), *_new(row), item)
        row = []
    return (*made, *_gone(row), *_new(row))


def _gone(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if isinstance(item, Words | Values) and item.is_gone]


def _new(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if isinstance(item, Words | Values) and item.is_new]


@dataclass(frozen=True, slots=True)
class Same:
    """A part that is equal on both sides. count: how many of it, never 0."""

    kind: SectionKind
    count: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """A difference that was not counted. path: `chunks[].id`, or a name. count: how many values differ.

    old, new: the first differing values, or the counts themselves, for display; "" if there is none.
    """

    path: str
    count: int
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """How two exchanges differ.

    sections: the changed parts, most important first. same: the equal parts. similarity: of all texts, 0 to 1. removed,
    added: words and characters of the answer (content, reasoning, refusal, error); for a new or gone exchange, of
    everything.
    """

    churn: Churn
    sections: tuple[Section, ...] = ()
    same: tuple[Same, ...] = ()
    similarity: float = 1.0
    removed: Count = field(default_factory=Count)
    added: Count = field(default_factory=Count)
    ignored: tuple[Ignored, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to show: equal meaning, and nothing ignored."""
        return self.churn is Churn.IDENTICAL and not self.sections and not self.ignored

    def section(self, kind: SectionKind) -> Section | None:
        """Return the section of a kind, None if it did not change."""
        return next((section for section in self.sections if section.kind is kind), None)


THERE = "there (value not counted)"
"""Shown for a value of which only the presence counts."""


def shown(value: Json) -> str:
    """Return a value as one line of text; an object of which only the keys count as a list of keys."""
    if value is ABSENT:
        return ""
    if isinstance(value, dict) and value and all(one == THERE for one in value.values()):
        return f"{', '.join(value)} (values not counted)"
    return value if isinstance(value, str) else encode(value).decode("utf-8", "replace")
