"""What a finding is, and what a rule says of one change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.changes.model import Change, Key, Severity
from recviewer.pairing.pairs import Sure
from recviewer.pairing.sides import Side

EVIDENCE = 120
"""Characters of a recording that a finding quotes."""


class About(StrEnum):
    """What a rule's findings are about.

    content: what the new recording says, which everybody sees who looks at it; so a verdict on equal words, given
    elsewhere, closes such a finding. name, place: of the file. change: the step from the old recording to the new one. Those
    are closed only by a decision on that very change.
    """

    CONTENT = "content"
    NAME = "name"
    PLACE = "place"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that holds for some of the changes.

    rule: its name; at most one finding of a rule has a severity. title, detail: sentences. each: what holds for one change
    alone, as a clause. evidence: words of the first recording, to the letter. changes: those concerned, in their order.
    of_content: the keys of those of them about whose content it is, see `About`.
    """

    rule: str
    severity: Severity
    each: str
    title: str
    detail: str
    evidence: str
    changes: tuple[Change, ...]
    of_content: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """A change as rules look at it. new: None of a recording that was deleted."""

    change: Change
    old: Side | None
    new: Side | None

    @property
    def is_guess(self) -> bool:
        """Tell whether it is only possible that the two are of the same call."""
        pair = self.change.pair
        return pair is not None and pair.sure is Sure.POSSIBLE

    @property
    def known(self) -> Side | None:
        """The old recording, where it is beyond a guess that it is of the same call.

        A rule about the new recording alone is silent where the old one was as bad; a guess silences nothing.
        """
        return None if self.is_guess else self.old


@dataclass(frozen=True, slots=True)
class Held:
    """A rule holds for a change.

    is_compared: what it says rests on the old recording too, not on the new one alone. what: a word or more for counting.
    """

    severity: Severity
    what: str = ""
    is_compared: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """A change for which a rule holds."""

    case: Case
    held: Held


@dataclass(frozen=True, slots=True)
class Told:
    """What a finding says. detail: sentences, "" for none."""

    title: str
    detail: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; each module in `rules/` has one, as `RULE`.

    each: what holds for one change, as a clause. holds: asked of every change that has a new side, and of every other one
    where `of_gone`. tell: says it of several; it is given all cases too, and there is at least one instance. about: what
    its findings are about; one that rests on the old recording too is about the change in any case.
    """

    name: str
    each: str
    holds: Callable[[Case], Held | None]
    tell: Callable[[Sequence[Instance], Sequence[Case]], Told]
    about: About = About.CHANGE
    of_gone: bool = False


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 answer`, `2 answers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def answer(instance: Instance) -> str:
    """Return how the answer begins."""
    return instance.case.change.side.meaning.line.answered[:EVIDENCE]
