"""The definition of a rule, its inputs, its result for one case, and a finding."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from recviewer.exchange.amounts import counted as counted  # imported from here by rules
from recviewer.pairing.pair import Pair, Sure
from recviewer.pairing.sides import Side

if TYPE_CHECKING:
    from recviewer.asserts.sources import SourceFiles
    from recviewer.used.model import UsedRun

EVIDENCE = 120
"""Most characters of a recording that a finding quotes."""

On = TypeVar("On")
"""What a finding refers to: changes of a range, or recordings."""


def excerpted(evidence: str) -> str:
    """Return what a finding quotes, with `…` behind it if it is as long as a quotation may be: it may have been cut."""
    return f"{evidence}…" if len(evidence) >= EVIDENCE else evidence


class Severity(StrEnum):
    """How severe a finding is: red requires a decision, amber a look, grey is informative. Ranges have no grey ones."""

    RED = "red"
    AMBER = "amber"
    GREY = "grey"


class About(StrEnum):
    """The subject of a rule's findings.

    content: the new recording's content, which every viewer sees; so a verdict on equal content elsewhere closes such a
    finding. name, place: of the file. change: the step from the old recording to the new one. Those are closed only by
    a decision on that very change.
    """

    CONTENT = "content"
    NAME = "name"
    PLACE = "place"
    CHANGE = "change"


class Needs(StrEnum):
    """The minimal input of a rule. It is applied wherever that much is known.

    exchange: one recording; for a change the rule may also use the old one, but must work without. change: both sides
    of a change. test: all recordings of its test. tree: all recordings. The last two are rules with `among`; a range of
    commits only reads what it changed, so of these rules only `holds` is applied, if there is one.
    """

    EXCHANGE = "exchange"
    TEST = "test"
    TREE = "tree"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Case:
    """The input of a rule: a change, or a single recording.

    old, new: the two recordings of a change, None if missing; a single recording is only `new`. pair: how the two were
    matched. moved_to: for a deleted recording, the path of its bytes outside of folders of recordings, "" if there is
    none. is_made_elsewhere: all tool calls of the old one are now made in another turn of the test.
    """

    old: Side | None
    new: Side | None
    pair: Pair | None = None
    moved_to: str = ""
    is_made_elsewhere: bool = False

    @property
    def side(self) -> Side:
        """The new recording; for a deletion, the old one."""
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
        """The old recording, unless it is only a guess that it is of the same call.

        A rule about the new recording alone has no finding if the old one was as bad; a guess does not suppress
        anything.
        """
        return None if self.is_guess else self.old


@dataclass(frozen=True, slots=True)
class Spot:
    """A location in a recording. pointer: a JSON pointer into its document (RFC 6901). evidence: text from there.

    Evidence never contains a secret: secrets are masked before.
    """

    pointer: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The result of a rule that applies to a case."""

    severity: Severity
    what: str = ""
    """A short label for counting."""
    is_compared: bool = False
    """It also depends on the old recording."""
    fault: str = ""
    """The name of the fault. If the old recording by itself has the same fault, nothing became worse and there is no
    finding. "" if the rule compares the two itself.
    """
    says: str = ""
    """The result for this case, as a clause that starts in lower case; "" for the rule's own."""
    spots: tuple[Spot, ...] = ()
    """The locations in the recording, or the first of many."""
    others: tuple[str, ...] = ()
    """Keys of other recordings concerned, such as the duplicates of a recording."""
    is_surplus: bool = False
    """Nothing uses the recording any more, according to the replay rules or its test's source: it can be deleted."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A case to which a rule applies."""

    case: Case
    held: Held


@dataclass(frozen=True, slots=True)
class Told:
    """The text of a finding. detail: sentences, "" for none."""

    title: str
    detail: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """What is kept of a recording for rules about many: little, so that all of them fit into memory.

    key: its path, for an exchange of a file with several followed by its name. test_id: "" if unknown. subject: what
    verdicts refer to, see `Side.subject`. replay: name of its state. note: the rule's note on it, never empty. file:
    the key of its file, "" if that is its own.
    """

    key: str
    test_id: str
    blob: str
    subject: str
    replay: str
    note: str
    file: str = ""


class KnownPast(Protocol):
    """Facts from git's history, as far as they can be found in the available time."""

    def first(self, path: str, holds: Callable[[Side], bool]) -> str:
        """Return the first commit with a recording in this file for which a predicate holds, "" if unknown."""
        ...

    def lost(self, path: str, word: str) -> str:
        """Return the last commit that changed how often a word occurs in a file, "" if unknown."""
        ...

    def gone(self, tests: Collection[str]) -> Iterator[tuple[str, Side]]:
        """Yield deleted or changed recordings of some tests, latest first, each with the commit that did it."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The context of recordings. Each part may be unknown; rules that need it then have no findings."""

    sources: SourceFiles | None = None
    """The repository's files in the examined state, by path relative to its top, parsed and never run."""
    top: str = ""
    """The prefix from there to the recordings root, "" or ending in `/`."""
    collected: frozenset[str] | None = None
    """The ids of the tests that pytest would run, if a list was given."""
    removed: Callable[[str], str] = field(default=lambda path: "")
    """Returns the commit that deleted a file of the repository, "" if unknown."""
    runs: Sequence[UsedRun] = ()
    """Watched runs of the suite."""
    history: KnownPast | None = None
    """None if unknown."""


@dataclass(frozen=True, slots=True)
class Among:
    """How a rule examines many recordings together.

    note: called for each recording while it is read: returns what the rule needs to know of it, as short as possible
    (often a hash); "" excludes it. Notes are stored in the catalog. find: gets those with a note, of one test or of the
    tree as the rule needs, sorted by path; yields indexes, each at most once, with the result there.
    """

    note: Callable[[Side], str]
    find: Callable[[Sequence[Noted], Surroundings], Iterable[tuple[int, Held]]]


@dataclass(frozen=True, slots=True)
class Explained:
    """The documentation of a rule, for `docs/smells.md` and for display beside findings. Plain sentences, without
    markup.

    what: what it finds. why: why that matters. example: one line. fix: what to do. mistaken: known false positives, ""
    for none. measured: its findings in real trees, and how many were checked and correct. right: of a random sample of
    its findings that was read by hand, by level, how many were correct and how many were read; empty for none.
    """

    what: str
    why: str
    example: str
    fix: str
    mistaken: str = ""
    measured: str = ""
    right: Mapping[Severity, tuple[int, int]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; each module in `rules/` has one, as `RULE`."""

    name: str
    """Equals the module name, with `-` for `_`; permanent: suppressions and other tools refer to it."""
    each: str
    """The finding on one case, as a clause."""
    words: Explained
    """Its documentation."""
    holds: Callable[[Case], Held | None] | None = None
    """Applied to every case with a new side, and to others if `of_gone`."""
    tell: Callable[[Sequence[Instance], Sequence[Case]], Told] | None = None
    """Describes several cases of a range; gets at least one instance, and all cases."""
    needs: Needs = Needs.CHANGE
    """Its minimal input."""
    about: About = About.CHANGE
    """The subject of its findings; a result that depends on the old recording is always about the change."""
    levels: tuple[Severity, ...] = (Severity.AMBER,)
    """The possible severities."""
    among: Among | None = None
    """Applied to many recordings together; `holds` of the same rule is then only for changes."""
    of_gone: bool = False
    is_heuristic: bool = False
    """It judges texts, and may be wrong."""
    soften: Callable[[Held, str, Surroundings], Held] | None = None
    """Adjusts a finding on a recording of a test, given by id, if the sources are available: they may show that it is
    intended.
    """
    trace: Callable[[Noticed, Surroundings], Held] | None = None
    """Adjusts a finding if git's history is available."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """One finding on one recording.

    key, test_id, blob, subject, file: as in `Noted`, with `file` always set.
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
        """The finding as a clause."""
        return self.held.says or self.rule.each

    @property
    def evidence(self) -> str:
        """Text quoted from the recording, "" if there is none."""
        return next((spot.evidence for spot in self.held.spots if spot.evidence), "")

    @property
    def quoted(self) -> str:
        """The evidence, with `…` behind it if it was cut."""
        return excerpted(self.evidence)

    @property
    def identity(self) -> str:
        """An id of the finding that is stable across states: from the rule, the recording's content, and its path if
        that matters.
        """
        where = "" if self.rule.about is About.CONTENT and self.subject else self.key
        text = "\0".join((self.rule.name, self.subject, where, self.held.fault or self.held.what))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Finding(Generic[On]):
    """A finding of a rule on some of the examined cases.

    rule: its name; a rule has at most one finding of each severity. title, detail: sentences. each: the finding on a
    single case, as a clause. evidence: literal text of the first recording. on: the cases concerned, in order.
    of_content: indexes in `on` of cases where it is about the content, see `About`.
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
    """Return the default description of several cases."""
    kinds = Counter(one.held.what for one in some if one.held.what)
    detail = ", ".join(f"{what} ×{count:,}" for what, count in kinds.most_common(4))
    spots = (spot.evidence for spot in some[0].held.spots)
    return Told(
        f"{counted(len(some), 'recording')}: {rule.each}", detail and f"{detail}.", next(filter(None, spots), "")
    )


def answer(instance: Instance) -> str:
    """Return the start of the answer."""
    return answer_of(instance.case.side)


def answer_of(side: Side) -> str:
    """Return the start of a recording's answer."""
    return side.meaning.line.answered[:EVIDENCE]
