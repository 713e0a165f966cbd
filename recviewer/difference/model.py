"""What a comparison of two exchanges is made of. Sections stand in order of importance; items are a closed set of shapes."""

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
    """How the two recordings of a call differ. Part of the public contract. In order of precedence, heaviest first.

    outcome: an answer became an error or the other way round, or another error. tool_call: other calls. finish: ended
    for another reason. text: other words, or whatever else an answer says. request: only the question differs.
    details: it says the same, but something differs that is not known to be harmless, or it stands elsewhere.
    unread: other bytes, and one of the two was left unread, so that nobody knows how they differ; only a range says so.
    chunking: the same, cut into other chunks. identical: the same. new, gone: there is only one of the two.
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
    """What a section is about, in order of importance."""

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
    """The closed set of shapes of an item; a page has one way to show each."""

    WORDS = "words"
    VALUES = "values"
    NAMES = "names"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class Words:
    """A text that changed.

    label: which one, as it is called on the new side: `messages[3] user`. values: the same as JSON, where both are JSON.
    old_label: as it was called on the old side. Both are the same where there is only one side.
    """

    kind: ClassVar[ItemKind] = ItemKind.WORDS
    label: str
    words: WordDiff
    values: tuple[ValueChange, ...] = ()
    old_label: str = ""

    @property
    def is_new(self) -> bool:
        """Tell whether all of it is new."""
        return all(span.op is Op.NEW for span in self.words.spans)

    @property
    def is_gone(self) -> bool:
        """Tell whether all of it is gone."""
        return all(span.op is Op.GONE for span in self.words.spans)


@dataclass(frozen=True, slots=True)
class Values:
    """Values that changed, by path below what the labels name (as in `Words`)."""

    kind: ClassVar[ItemKind] = ItemKind.VALUES
    label: str
    values: tuple[ValueChange, ...]
    old_label: str = ""

    @property
    def is_new(self) -> bool:
        """Tell whether all of it is new."""
        return all(change.old is ABSENT for change in self.values)

    @property
    def is_gone(self) -> bool:
        """Tell whether all of it is gone."""
        return all(change.new is ABSENT for change in self.values)


@dataclass(frozen=True, slots=True)
class Names:
    """A set that changed: a list of models, whose order says nothing. kept: how many both have."""

    kind: ClassVar[ItemKind] = ItemKind.NAMES
    label: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class VectorChange:
    """An embedding that changed. cosine: None where the lengths differ or one is zero. largest: difference of two numbers
    at one place, None where the lengths differ. old_size, new_size: numbers, 0 where there is no such vector.
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
    """One part of an exchange that changed. is_quiet: shown in grey, for it says nothing of the meaning."""

    kind: SectionKind
    items: tuple[Item, ...]
    is_quiet: bool = False


def gone_first(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return items in their order, but of those in a row that are only gone or only new, the gone ones first."""
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
    """A part that is there and the same on both sides. count: how many of it, never 0."""

    kind: SectionKind
    count: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """What was not counted. path: `chunks[].id`, or a name for what has none. count: how many values differ.

    old, new: the first of them, or the numbers themselves, for people; "" where there is none.
    """

    path: str
    count: int
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """How two exchanges differ.

    sections: those that changed, most important first. same: the others. similarity: of all that was said, 0 to 1.
    removed, added: words and characters of the answer (content, reasoning, refusal, error); of a new or gone one, of all.
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
        """Tell whether there is nothing to see: the same meaning, and nothing ignored."""
        return self.churn is Churn.IDENTICAL and not self.sections and not self.ignored

    def section(self, kind: SectionKind) -> Section | None:
        """Return the section of a kind, None where it did not change."""
        return next((section for section in self.sections if section.kind is kind), None)


THERE = "there (value not counted)"
"""Says of a value that only whether it is there counts."""


def shown(value: Json) -> str:
    """Return a value as a line of text, an object of which only the keys count as these."""
    if value is ABSENT:
        return ""
    if isinstance(value, dict) and value and all(one == THERE for one in value.values()):
        return f"{', '.join(value)} (values not counted)"
    return value if isinstance(value, str) else encode(value).decode("utf-8", "replace")
