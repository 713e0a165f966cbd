"""What a rule is, what it is given, what it says of one case, and what a finding is."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from recviewer.exchange.amounts import counted as counted  # rules take it from here
from recviewer.pairing.pair import Pair, Sure
from recviewer.pairing.sides import Side

if TYPE_CHECKING:
    from recviewer.asserts.sources import SourceFiles
    from recviewer.used.model import UsedRun

EVIDENCE = 120
"""Characters of a recording that a finding quotes."""

On = TypeVar("On")
"""What a finding is on: changes of a range, or recordings."""


class Severity(StrEnum):
    """How bad a finding is: red wants a decision, amber a look, grey is only told. Ranges tell no grey."""

    RED = "red"
    AMBER = "amber"
    GREY = "grey"


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

    exchange: one recording; of a change the rule may look at the old one too, but must do without. change: both sides of a
    change. test: all recordings of its test. tree: all recordings that there are. The last two are rules with `among`; a
    range of commits reads only what it touched, so it asks of these only their `holds`, where they have one.
    """

    EXCHANGE = "exchange"
    TEST = "test"
    TREE = "tree"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is asked about: a change, or a recording by itself.

    old, new: the two recordings of a change, None where there is none; of a recording by itself `new` alone. pair: how the
    two were found. moved_to: of a deleted recording, where its bytes lie now outside of all folders in which recordings
    are looked for, "" for nowhere. is_made_elsewhere: all calls of the old one are made in another turn of the test now.
    """

    old: Side | None
    new: Side | None
    pair: Pair | None = None
    moved_to: str = ""
    is_made_elsewhere: bool = False

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
class Spot:
    """A place in a recording. pointer: a JSON pointer into its document (RFC 6901). evidence: words from there.

    What is secret never stands in the evidence: it is masked before.
    """

    pointer: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A rule holds for a case."""

    severity: Severity
    what: str = ""
    """A word or more for counting."""
    is_compared: bool = False
    """What it says rests on the old recording too, not on the new one alone."""
    fault: str = ""
    """Names what is wrong. Where the old recording, asked by itself, has the same fault, nothing became worse and
    there is no finding. "" where the rule compares the two by itself."""
    says: str = ""
    """What holds for this one, as a clause that begins in lower case; "" for the rule's own."""
    spots: tuple[Spot, ...] = ()
    """Where in the recording, the first of them if there are many."""
    others: tuple[str, ...] = ()
    """Keys of other recordings that it is about, such as the twins of one that stands twice."""
    is_surplus: bool = False
    """Nothing asks for the recording any more, as far as the rules of replay, or the sources of its test, tell: it can
    go."""


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
class Noted:
    """What is known of a recording when it is looked at beside others: little, so that all of them fit into memory.

    key: its path, as in addresses; of one exchange among many of a file with its name behind. test_id: "" where none is
    known. subject: what a verdict hangs on, see `Side.subject`. replay: its state, by name. note: what the rule noted of it,
    never empty. file: the key of its file, "" where that is its own.
    """

    key: str
    test_id: str
    blob: str
    subject: str
    replay: str
    note: str
    file: str = ""


class KnownPast(Protocol):
    """What git's history tells of findings, as far as it can be read in the time there is."""

    def first(self, path: str, holds: Callable[[Side], bool]) -> str:
        """Return the first commit that has a file with a recording for which something holds, "" where nobody knows."""
        ...

    def lost(self, path: str, word: str) -> str:
        """Return the last commit in which a file came to have a word more or less often, "" where nobody knows."""
        ...

    def gone(self, tests: Collection[str]) -> Iterator[tuple[str, Side]]:
        """Yield recordings of some tests that were deleted or changed, the last first, each with the commit that did it."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around recordings. Each of it may be unknown, and a rule says nothing for want of it."""

    sources: SourceFiles | None = None
    """The files of the repository in the state that is looked at, by path from its top, parsed and never run."""
    top: str = ""
    """The way from there to the recordings root, "" or ending in `/`."""
    collected: frozenset[str] | None = None
    """The tests that pytest would run, by id, where somebody gave a list."""
    removed: Callable[[str], str] = field(default=lambda path: "")
    """Tells in which commit a file of the repository went, "" where nobody knows."""
    runs: Sequence[UsedRun] = ()
    """Of the suite, whose recordings were watched."""
    history: KnownPast | None = None
    """None for unknown."""


@dataclass(frozen=True, slots=True)
class Among:
    """How a rule looks at recordings beside others.

    note: asked of each recording while it is read: what the rule has to know of it, as short as can be (a hash will often
    do); "" leaves it out. It is text that the catalog keeps. find: given those with a note, of one test or of the tree as
    the rule needs, in order of path; yields places in the sequence, each at most once, with what holds there.
    """

    note: Callable[[Side], str]
    find: Callable[[Sequence[Noted], Surroundings], Iterable[tuple[int, Held]]]


@dataclass(frozen=True, slots=True)
class Explained:
    """What people are told of a rule, in `docs/smells.md` and beside its findings. Plain sentences, without markup.

    what: what it finds. why: why that matters. example: one, in a line. fix: what to do. mistaken: where it is known to be
    wrong, "" for nowhere. measured: what it found in real trees, and how much of it people read and found right.
    """

    what: str
    why: str
    example: str
    fix: str
    mistaken: str = ""
    measured: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; each module in `rules/` has one, as `RULE`."""

    name: str
    """Also of its module, with `-` for `_`, and for ever: suppressions and other tools know it."""
    each: str
    """What holds for one case, as a clause."""
    words: Explained
    """What people are told of it."""
    holds: Callable[[Case], Held | None] | None = None
    """Asked of every case that has a new side, and of every other one where `of_gone`."""
    tell: Callable[[Sequence[Instance], Sequence[Case]], Told] | None = None
    """Says it of several cases of a range; it is given all cases too, and there is at least one instance."""
    needs: Needs = Needs.CHANGE
    """The least it must be given."""
    about: About = About.CHANGE
    """What its findings are about; one that rests on the old recording too is about the change in any case."""
    levels: tuple[Severity, ...] = (Severity.AMBER,)
    """How bad its findings can be."""
    among: Among | None = None
    """Asked of many recordings together; `holds` of the same rule is then only for changes."""
    of_gone: bool = False
    is_heuristic: bool = False
    """It judges words, and may be wrong."""
    soften: Callable[[Held, str, Surroundings], Held] | None = None
    """Asked of a finding on a recording of a test, by its id, where the sources are known: they may say that it is as
    it should be."""
    trace: Callable[[Noticed, Surroundings], Held] | None = None
    """Asked of a finding where git's history is known."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """One finding on one recording by itself.

    key, test_id, blob, subject, file: as in `Noted`; a file is always named.
    """

    rule: Rule
    held: Held
    key: str
    test_id: str
    blob: str
    subject: str
    file: str

    @property
    def says(self) -> str:
        """What holds for it, as a clause."""
        return self.held.says or self.rule.each

    @property
    def evidence(self) -> str:
        """Words of the recording, "" where none stand for it."""
        return next((spot.evidence for spot in self.held.spots if spot.evidence), "")

    @property
    def identity(self) -> str:
        """What makes it the same finding elsewhere: the rule and what the recording says, and its path where that counts."""
        where = "" if self.rule.about is About.CONTENT and self.subject else self.key
        text = "\0".join((self.rule.name, self.subject, where, self.held.fault or self.held.what))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


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


def plainly(rule: Rule, some: Sequence[Instance]) -> Told:
    """Return what is said of several cases where the rule has no words of its own for that."""
    kinds = Counter(one.held.what for one in some if one.held.what)
    detail = ", ".join(f"{what} ×{count:,}" for what, count in kinds.most_common(4))
    spots = (spot.evidence for spot in some[0].held.spots)
    return Told(
        f"{counted(len(some), 'recording')}: {rule.each}", detail and f"{detail}.", next(filter(None, spots), "")
    )


def answer(instance: Instance) -> str:
    """Return how the answer begins."""
    return answer_of(instance.case.side)


def answer_of(side: Side) -> str:
    """Return how the answer of a recording begins."""
    return side.meaning.line.answered[:EVIDENCE]
