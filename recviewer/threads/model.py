"""What the exchanges of a test are, taken together: conversations with their turns, checks of texts, and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from recviewer.exchange.model import Exchange, Kind, Message


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One exchange that is put in its place. Two are the same only if they are one object.

    key: tells entries apart. order: what orders them where nothing else does, "" for the key. is_found: replay finds it by
    its name, as far as anybody can tell. answer_id: the id of its answer, by which a later request may say what it goes on
    from; "" where it has none.
    """

    key: str
    exchange: Exchange
    is_found: bool = True
    answer_id: str = ""
    order: str = ""

    @property
    def rank(self) -> str:
        """What orders it among the others where nothing else does."""
        return self.order or self.key


class SentBack(StrEnum):
    """Whether a later request holds an answer. in_part: some of what was answered, and nothing else."""

    NOT = "not"
    AS_RECORDED = "as_recorded"
    IN_PART = "in_part"


class Instructed(StrEnum):
    """What a message says of the instructions that requests begin with. otherwise: it is one of them, and from it on they
    are others than before; not: from it on there are none.
    """

    AS_BEFORE = "as_before"
    OTHERWISE = "otherwise"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class AskedMessage:
    """A message that was sent."""

    number: int
    """Its place in its conversation, from 1: among the messages of the requests that hold it, but for those of which
    the instructions are others than at the beginning."""
    place: int
    """A number that is unique among the turns of a test, from 1, in the order in which they are told."""
    message: Message
    sent: int
    """How many requests hold it."""
    same_as: int = 0
    """The place of an earlier turn that holds the same, 0 for none."""
    ids_differ: bool = False
    """Requests name its calls by other ids, which stand for each other one to one."""
    is_answer: bool = False
    """It says what a model said, but no exchange here answered that."""
    exchange: Exchange | None = None
    """One whose request holds it, None where none is known."""
    instructed: Instructed = Instructed.AS_BEFORE
    """As in `Instructed`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, with the exchanges that gave it: several where the same was answered to the same messages.

    number, place: as in `AskedMessage`. unsent: characters of its text that later requests leave out, where it was sent
    back in part. is_other: another answer to these messages comes before it; same_as: the place of one of those that says
    the same words and calls, ends so, and is another in something else, 0 for none. differs: names of what else these
    requests ask with than those of the first answer. ids_differ: its calls have other ids in each exchange.
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
    """A stretch of a conversation, and what goes on from its end in more than one way.

    name: "" for a beginning, "A", "B", … for ways that go on from one place, "A.B" for a way that goes on from a way.
    """

    name: str
    turns: tuple[Turn, ...]
    branches: tuple[Branch, ...] = ()

    def all_turns(self) -> Iterator[Turn]:
        """Yield the turns in the order in which they are told."""
        waiting = [self]
        while waiting:
            branch = waiting.pop()
            yield from branch.turns
            waiting += reversed(branch.branches)

    def entries(self) -> Iterator[Entry]:
        """Yield the exchanges in the order in which they are told."""
        for turn in self.all_turns():
            if isinstance(turn, Answered):
                yield from turn.entries


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that begins with the same message. older: ways in which replay finds nothing, beside one in which it does."""

    trunk: Branch
    older: tuple[Branch, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Yield the exchanges, those of the older ways last."""
        yield from self.trunk.entries()
        for branch in self.older:
            yield from branch.entries()


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks of one text while it grew, the shortest first.

    text: what is said between the fixed words around it, at its longest. of: the place of the turn whose text it is a
    beginning of, 0 where no text of this test is. shared: checks of its first words that stand with another text.
    outcomes: what was answered, each with how often in a row. frame: characters around the text that are the same in all.
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
    """What is no part of a conversation: lists of models, embeddings, calls of tools, what cannot be read."""

    kind: Kind
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Threads:
    """The exchanges of a test, each in exactly one place. turns of conversations have their places in this order."""

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
