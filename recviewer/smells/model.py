"""What a rule is, what it is given, what it says of one case, and what a finding is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from recviewer.exchange.amounts import counted as counted  # rules take it from here
from recviewer.pairing.pairs import Pair, Sure
from recviewer.pairing.sides import Side

EVIDENCE = 120
"""Characters of a recording that a finding quotes."""

On = TypeVar("On")
"""What a finding is on: changes of a range, or recordings."""


class Severity(StrEnum):
    """How bad a finding is: red wants a decision, amber a look."""

    RED = "red"
    AMBER = "amber"


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


class Needs(StrEnum):
    """The least that a rule has to be given. It is asked wherever that much is known.

    exchange: one recording; of a change the rule may look at the old one too, but must do without. test: all recordings of
    its test. catalog: all recordings that there are. change: both sides of a change. A range of commits reads only the
    recordings that it touched, so rules about a whole test or catalog are not asked of it.
    """

    EXCHANGE = "exchange"
    TEST = "test"
    CATALOG = "catalog"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is asked about: a change, or a recording by itself.

    old, new: the two recordings of a change, None where there is none; of a recording by itself `new` alone. pair: how the
    two were found. moved_to: of a deleted recording, where its bytes lie now outside of all folders in which recordings
    are looked for, "" for nowhere. test, catalog: the recordings of the same test, and all there are, itself among them;
    empty unless the rule needs them.
    """

    old: Side | None
    new: Side | None
    pair: Pair | None = None
    moved_to: str = ""
    test: Sequence[Side] = ()
    catalog: Sequence[Side] = ()

    @property
    def side(self) -> Side:
        """The new recording; of one that was deleted, the old."""
        side = self.new or self.old
        if side is None:
            raise ValueError("a case has an old or a new side")
        return side

    @property
    def is_guess(self) -> bool:
        """Tell whether it is only possible that the two are of the same call."""
        return self.pair is not None and self.pair.sure is Sure.POSSIBLE

    @property
    def known(self) -> Side | None:
        """The old recording, where it is beyond a guess that it is of the same call.

        A rule about the new recording alone is silent where the old one was as bad; a guess silences nothing.
        """
        return None if self.is_guess else self.old


@dataclass(frozen=True, slots=True)
class Held:
    """A rule holds for a case.

    what: a word or more for counting. is_compared: what it says rests on the old recording too, not on the new one alone.
    fault: names what is wrong. Where the old recording, asked by itself, has the same fault, nothing became worse and there
    is no finding. "" where the rule compares the two by itself.
    """

    severity: Severity
    what: str = ""
    is_compared: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """A case for which a rule holds."""

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

    name: also of its module, with `-` for `_`. each: what holds for one case, as a clause. holds: asked of every case that
    has a new side, and of every other one where `of_gone`. tell: says it of several; it is given all cases too, and there is
    at least one instance. needs: the least it must be given. about: what its findings are about; one that rests on the old
    recording too is about the change in any case.
    """

    name: str
    each: str
    holds: Callable[[Case], Held | None]
    tell: Callable[[Sequence[Instance], Sequence[Case]], Told]
    needs: Needs = Needs.CHANGE
    about: About = About.CHANGE
    of_gone: bool = False


@dataclass(frozen=True, slots=True)
class Finding(Generic[On]):
    """What a rule found: one thing that holds for some of those that were asked about.

    rule: its name; at most one finding of a rule has a severity. title, detail: sentences. each: what holds for one of
    them alone, as a clause. evidence: words of the first recording, to the letter. on: those concerned, in their order.
    of_content: the places in `on` of those about whose content it is, see `About`.
    """

    rule: str
    severity: Severity
    each: str
    title: str
    detail: str
    evidence: str
    on: tuple[On, ...]
    of_content: frozenset[int] = frozenset()


def answer(instance: Instance) -> str:
    """Return how the answer begins."""
    return instance.case.side.meaning.line.answered[:EVIDENCE]
