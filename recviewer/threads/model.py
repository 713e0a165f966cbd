"""The structure of a test's exchanges: conversations with their turns, checks of texts, and others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from recviewer.exchange.model import Exchange, Kind, Message


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One exchange to be placed. Compared by identity.

    key: unique. order: sort key where nothing else determines the order, "" for the key. is_found: replay finds it by
    its name, as far as is known. answer_id: the id of its answer, by which a later request may refer to it; "" if it
    has none.
    """

    key: str
    exchange: Exchange
    is_found: bool = True
    answer_id: str = ""
    order: str = ""

    @property
    def rank(self) -> str:
        """The sort key where nothing else determines the order."""
        return self.order or self.key


class SentBack(StrEnum):
    """Whether a later request contains an answer. in_part: only a part of it, and nothing else."""

    NOT = "not"
    AS_RECORDED = "as_recorded"
    IN_PART = "in_part"


class Instructed(StrEnum):
    """The relation of a message to the initial instructions. otherwise: it is one of other instructions, which apply
    from here on; not: from here on there are none.
    """

    AS_BEFORE = "as_before"
    OTHERWISE = "otherwise"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class AskedMessage:
    """A message of a request."""

    number: int
    """Its position in its conversation, from 1: among the messages of the requests that contain it, not counting those
    with other instructions than at the start.
    """
    place: int
    """A unique number among the turns of a test, from 1, in display order."""
    message: Message
    sent: int
    """How many requests contain it."""
    same_as: int = 0
    """The place of an earlier turn with equal content, 0 for none."""
    ids_differ: bool = False
    """Requests use other ids for its calls, in one-to-one correspondence."""
    is_answer: bool = False
    """It is a model's answer, but no exchange here gave it."""
    exchange: Exchange | None = None
    """An exchange whose request contains it, None if unknown."""
    instructed: Instructed = Instructed.AS_BEFORE
    """See `Instructed`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, with the exchanges that gave it: several if equal messages had equal answers.

    number, place: as in `AskedMessage`. unsent: characters of its text that later requests omit, if it was sent back in
    part. is_other: another answer to these messages precedes it; same_as: the place of one of these with equal text,
    calls and end, that differs in something else, 0 for none. differs: names of other request values that differ from
    those of the first answer. ids_differ: its calls have other ids in each exchange.
    """

    number: int
    place: int
    entries: tuple[Entry, ...]
    sent_back: SentBack = SentBack.NOT
    unsent: int = 0
    is_other: bool = False
    same_as: int = 0
    differs: tuple[str, ...] = ()
    ids_differ: bool = False


Turn: TypeAlias = AskedMessage | Answered


@dataclass(frozen=True, slots=True)
class Branch:
    """A section of a conversation, and its branches if there are several continuations.

    name: "" for the start, "A", "B", … for branches, "A.B" for a branch of a branch.
    """

    name: str
    turns: tuple[Turn, ...]
    branches: tuple[Branch, ...] = ()

    def all_turns(self) -> Iterator[Turn]:
        """Yield the turns in display order."""
        waiting = [self]
        while waiting:
            branch = waiting.pop()
            yield from branch.turns
            waiting += reversed(branch.branches)

    def entries(self) -> Iterator[Entry]:
        """Yield the exchanges in display order."""
        for turn in self.all_turns():
            if isinstance(turn, Answered):
                yield from turn.entries


@dataclass(frozen=True, slots=True)
class Conversation:
    """All exchanges that start with the same message. older: paths that replay cannot find, beside one that it finds."""

    trunk: Branch
    older: tuple[Branch, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Yield the exchanges, those of older paths last."""
        yield from self.trunk.entries()
        for branch in self.older:
            yield from branch.entries()


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks of one text while it grew, shortest first.

    text: the longest text within the fixed frame. of: the place of the turn that it is a prefix of, 0 if there is none.
    shared: checks of its prefixes that are listed with another text. outcomes: the answers, each with how often in a
    row. frame: number of characters of the fixed frame.
    """

    text: str
    entries: tuple[Entry, ...]
    lengths: tuple[int, ...]
    outcomes: tuple[tuple[str, int], ...]
    model: str
    of: int = 0
    shared: int = 0
    frame: int = 0


@dataclass(frozen=True, slots=True)
class Rest:
    """Exchanges outside of conversations: lists of models, embeddings, tool calls, unreadable ones."""

    kind: Kind
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Threads:
    """The exchanges of a test, each exactly once. Places of turns follow this order."""

    conversations: tuple[Conversation, ...] = ()
    checks: tuple[Checks, ...] = ()
    rest: tuple[Rest, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Yield every exchange."""
        for conversation in self.conversations:
            yield from conversation.entries()
        for checks in self.checks:
            yield from checks.entries
        for rest in self.rest:
            yield from rest.entries
