"""The changes of a range, ready for display: one change for each call, with its class, pair and groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from recviewer.changes import expected, groups, moves, offers, wording
from recviewer.changes.changeset import ChangeSet, Modified, kept
from recviewer.changes.facts import NOTHING_SAID, RunWords
from recviewer.changes.findings import Finding, findings
from recviewer.changes.generations import folded
from recviewer.changes.model import ORDER, Change, Key
from recviewer.changes.numbers import Numbers, count
from recviewer.changes.read_together import kin_of
from recviewer.changes.run_words import words_on
from recviewer.difference.compare import compare
from recviewer.difference.model import Churn, SectionKind
from recviewer.git.repository import GitFailed
from recviewer.pairing import pairs
from recviewer.pairing.pair import How, Pair, Sure
from recviewer.pairing.pairs import Choice
from recviewer.pairing.sides import Side
from recviewer.pairing.successors import KeptRecording
from recviewer.replay.names import ReplayState
from recviewer.smells import Severity
from recviewer.used.model import UsedRun

Verdicts = Mapping[str, str]
"""Reviewers' verdicts, by `Change.subject` and `Change.own_subject`: `approved`, `rejected`, `delete`, `revert`."""

_STRONGEST = ("rejected", "delete", "revert", "approved")

DETAILS = "details"
"""Asked of a change whose details differ, such as its place: the new recording alone does not show them."""


@dataclass(frozen=True)
class Overview:
    """A change set with its changes, most important first, the groups that `Change.alike` refers to, and the findings.

    is_whole: git could answer everything; if not, asking again may tell more. bad_rules: errors in the rules on who
    must agree, as sentences.
    """

    source: ChangeSet
    changes: tuple[Change, ...]
    alike: tuple[groups.Alike, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_whole: bool = True
    bad_rules: tuple[str, ...] = ()

    @cached_property
    def numbers(self) -> Numbers:
        """The counts of all changes."""
        return count(self.changes)

    def classes(self) -> dict[Churn, Numbers]:
        """Return the counts for every class, in the order of a review."""
        return {churn: count(one for one in self.changes if one.churn is churn) for churn in ORDER}

    def tests(self) -> dict[str, list[Change]]:
        """Return the changes by test id; tests with the most important change and the most changed words come first."""
        by_test: dict[str, list[Change]] = {}
        for change in self.changes:
            by_test.setdefault(change.about.test_id, []).append(change)
        return by_test


def overview(source: ChangeSet, verdicts: Verdicts | None = None, choices: Sequence[Choice] = ()) -> Overview:
    """Pair, compare, group and sort the changes of a range. choices: pairs that reviewers made or broke, in order."""
    untold: list[Collection[str]] = []
    made = [*_modified(source.modified), *_paired(source, choices, untold)]
    found = findings(made)
    marks = _marks(found)
    asks = _asks(found)
    lines = {item.new.raw: item.lines for item in source.modified}
    numbers, alike = groups.find(made, lines, [marks.get(change.key, frozenset()) for change in made])
    made = [
        replace(
            one,
            severity=_worst(marks.get(one.key, ())),
            asks=(*one.asks, *sorted(asks.get(one.key, ()))),
            alike=numbers.get(place),
            kin=kin_of(one),
        )
        for place, one in enumerate(made)
    ]
    told = Overview(source, (), alike, found, is_whole=not untold)
    return decided(with_changes(told, sorted(folded(made), key=_importance)), verdicts or {})


def with_expected(found: Overview) -> Overview:
    """Return the overview with the expectations of its tests; answers that lost one come first in their class.

    Unchanged if the tests' sources cannot be read.
    """
    try:
        attached = expected.attached(found.source.range, found.changes)
    except GitFailed:
        return replace(found, is_whole=False)
    return with_changes(found, sorted(attached, key=_importance))


def with_offers(found: Overview) -> Overview:
    """Return the overview with, for each recording made again unasked, whether its old version can be taken back."""
    attached = offers.attached(found.source, found.changes)
    is_whole = found.is_whole and all(one.why_not_back != offers.NOT_READ for one in attached)
    return replace(with_changes(found, attached), is_whole=is_whole)


def with_runs(found: Overview, runs: Sequence[UsedRun]) -> Overview:
    """Return the overview with what runs of the suite report about its changes; less if git cannot answer."""
    words = words_on(found.source.range, found.changes, runs)
    return with_words(found, words)


def with_words(found: Overview, words: Mapping[Key, RunWords]) -> Overview:
    """Return the overview with reports of runs on its changes, see `run_words.words_on`."""
    if not words:
        return found
    return with_changes(found, [replace(one, runs=words.get(one.key, NOTHING_SAID)) for one in found.changes])


Marks = frozenset[tuple[str, Severity]]
"""The findings on a change: rules with severity."""


def _marks(found: Sequence[Finding]) -> dict[Key, Marks]:
    marks: dict[Key, Marks] = {}
    for finding in found:
        for change in finding.on:
            marks[change.key] = marks.get(change.key, frozenset()) | {(finding.rule, finding.severity)}
    return marks


def _asks(found: Sequence[Finding]) -> dict[Key, set[str]]:
    """Return, by change, the rules whose findings only a decision on this very change closes."""
    asks: dict[Key, set[str]] = {}
    for finding in found:
        for place, change in enumerate(finding.on):
            if place not in finding.of_content:
                asks.setdefault(change.key, set()).add(finding.rule)
    return asks


def _worst(marks: Iterable[tuple[str, Severity]]) -> Severity | None:
    there = {severity for _, severity in marks}
    return next((severity for severity in Severity if severity in there), None)


def decided(found: Overview, verdicts: Verdicts) -> Overview:
    """Return the overview with the verdict of each change filled in."""
    return with_changes(found, [_said(change, verdict_on(change, verdicts)) for change in found.changes])


def subjects(changes: Iterable[Change]) -> list[str]:
    """Return all subjects that verdicts on some changes refer to."""
    return [subject for change in changes for subject in (change.subject, change.own_subject) if subject]


def verdict_on(change: Change, verdicts: Verdicts) -> str:
    """Return the resulting verdict on a change, "" while it is open.

    What is asked of the change itself is not answered by verdicts on equal content elsewhere, except that a request to
    re-record that content always counts.
    """
    return verdict_of(change.subject, change.own_subject, verdicts, asks=bool(change.asks))


def verdict_of(subject: str, own_subject: str, verdicts: Verdicts, *, asks: bool) -> str:
    """The same from the two subjects of a change. asks: something is asked of the change itself."""
    content, own = verdicts.get(subject, ""), verdicts.get(own_subject, "")
    if asks and not own:
        return content if content == "rejected" else ""
    return next((state for state in _STRONGEST if state in (content, own)), "")


def _said(change: Change, verdict: str) -> Change:
    return change if change.verdict == verdict else replace(change, verdict=verdict)


def with_changes(found: Overview, changes: Sequence[Change]) -> Overview:
    """Return an overview with other versions of its changes, also in its findings."""
    now = {change.key: change for change in changes}
    told = [replace(one, on=tuple([now[change.key] for change in one.on])) for one in found.findings]
    return replace(found, changes=tuple(changes), findings=tuple(told))


def _importance(change: Change) -> tuple[int, bool, bool, bool, int, str, str]:
    """Sort key: by class; within a class new errors first, then lost expectations, then the largest changes; older
    generations last.
    """
    is_failure = change.new is not None and change.new.exchange.error is not None
    words, lost = change.removed.words + change.added.words, change.expected.loses
    place = change.about.test_id, change.side.path
    return ORDER.index(change.churn), change.is_older, not is_failure, not lost, -words, *place


def _modified(items: Sequence[Modified]) -> Iterator[Change]:
    for place, item in enumerate(items):
        yield compared(item.old, item.new, Pair(place, place, How.PATH, Sure.CERTAIN, 1.0, "the same path"), None)


def _paired(source: ChangeSet, choices: Sequence[Choice], untold: list[Collection[str]]) -> Iterator[Change]:
    """Yield the added and deleted recordings, paired if possible. untold: gets the tests about which git could not
    answer.
    """

    def unchanged(tests: Collection[str]) -> Collection[KeptRecording] | None:
        left = kept(source, tests)
        if left is None:
            untold.append(tests)
        return left

    deleted, added = source.deleted, source.added
    found = pairs.pair(deleted, added, choices, unchanged)
    old_group = {place: number for number, (olds, _) in found.groups.items() for place in olds}
    new_group = {place: number for number, (_, news) in found.groups.items() for place in news}
    older = set(old_group)
    for number, stack in enumerate(found.stacks, len(found.pairs)):
        old_group.update(dict.fromkeys(stack, number))
        older.update(stack[1:])
    for number, one in enumerate(found.pairs):
        yield compared(deleted[one.old], added[one.new], one, number if number in found.groups else None)
    taken, given = {one.old for one in found.pairs}, {one.new for one in found.pairs}
    parted = {(one.old_path, one.old_blob) for one in choices if not one.is_pair}
    parted |= {(one.new_path, one.new_blob) for one in choices if not one.is_pair}
    for place, side in enumerate(deleted):
        if place not in taken:
            gone = _alone(side, None, old_group.get(place))
            moved_to, is_parted = source.strays.get(side.blob, ""), (side.path, side.blob) in parted
            yield replace(gone, moved_to=moved_to, is_older=place in older, is_parted=is_parted)
    for place, side in enumerate(added):
        if place not in given:
            alone = _alone(None, side, new_group.get(place))
            yield replace(alone, is_parted=(side.path, side.blob) in parted)


def compared(old: Side, new: Side, pair: Pair, group: int | None) -> Change:
    """Return the change between the two recordings of a pair."""
    churn = moves.surely_quiet(old, new)
    difference = None if churn else moves.differ(old, new)
    if difference is None or difference.churn in moves.QUIET:
        quiet = churn or (difference.churn if difference else Churn.IDENTICAL)
        line = wording.quiet(old, new)
        return Change(quiet, old, new, pair, 1.0, summary=line, unasked=_unasked(old, new), group=group)
    return Change(
        difference.churn,
        old,
        new,
        pair,
        difference.similarity,
        difference.removed,
        difference.added,
        wording.summarize(difference, old, new),
        _unasked(old, new),
        groups.mask(difference, old, new),
        group,
        asks=(DETAILS,) if difference.section(SectionKind.DETAILS) is not None else (),
        is_move=difference.churn is Churn.DETAILS and groups.is_place_alone(difference),
    )


def _alone(old: Side | None, new: Side | None, group: int | None) -> Change:
    difference = compare(old.exchange if old else None, new.exchange if new else None)
    made = Change(difference.churn, old, new, removed=difference.removed, added=difference.added, group=group)
    mask = f"{made.churn} {made.side.meaning.fingerprint}".encode() if made.side.meaning.fingerprint else b""
    return replace(made, summary=wording.alone(made.side), mask=mask)


def _unasked(old: Side, new: Side) -> bool:
    """Tell whether nothing required the new recording: the same request of the same test, and replay found the old one."""
    before, after = old.exchange, new.exchange
    is_same_call = (before.test_id, before.url) == (after.test_id, after.url)
    if not is_same_call or old.blob == new.blob or old.meaning.replay.state is not ReplayState.CURRENT:
        return False
    return moves.asks_alike(before, after)
