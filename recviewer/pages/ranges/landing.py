"""What a range did to the recordings, on one page: a sentence, classes, red findings, and a list by test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.http import HttpRequest
from django.urls import reverse

from recviewer.changes import sources
from recviewer.changes.expected import KeptWords, kept
from recviewer.changes.findings import Finding
from recviewer.changes.items import Item, items
from recviewer.changes.model import ORDER, Change
from recviewer.changes.numbers import Numbers, count
from recviewer.changes.run_words import clauses_on, counts_on
from recviewer.difference.model import Churn
from recviewer.git import refs
from recviewer.git.ranges import Counted
from recviewer.git.refs import CommitFacts
from recviewer.git.repository import Repository
from recviewer.memory.ranges import repository
from recviewer.pages.ranges.filter import BY_RUNS, RangeFilter, of_finding
from recviewer.pages.ranges.generations import older_of, question_url
from recviewer.pages.ranges.old_ones import MadeAgain, made_again
from recviewer.pages.ranges.queue import ShownRange, queue_of
from recviewer.pages.ranges.range_name import RequestName, called
from recviewer.pages.site.numbers import whole
from recviewer.pages.text.classes import CLASSES, SEVERITIES, STATES, Look, look_of_state
from recviewer.pages.text.test_ids import TestId, parse
from recviewer.pages.text.test_labels import TestLabel, labels_of
from recviewer.pages.text.walk import Queue
from recviewer.report import sentence
from recviewer.review import ranges
from recviewer.review.assigned import left_to
from recviewer.smells import Severity

SHOWN = 200
"""Rows of one page."""


@dataclass(frozen=True, slots=True)
class Card:
    """A class of changes. url: of its list. is_on: that list is shown."""

    look: Look
    tally: Numbers
    url: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding with the URL of its changes."""

    finding: Finding
    url: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class TestRow:
    """One item of the queue by test. test: the first that it is of, None where none is known. file: the path of the
    file of many calls that it is about then, else ""; name: that file's name. asked: the words of the weightiest.

    others: further tests that have the same. what: looks with how many. told: what changed; of several changes what is
    true of all, or of the weightiest. findings: looks with how many changes have such. words: that came and went, as far as
    known; of what is the same in several recordings once. unread: changes that were left unread, of whose words nobody
    knows. older: older generations. by_runs: what runs of the suite say, in short.
    """

    test: TestId | None
    label: TestLabel | None
    file: str
    name: str
    asked: str
    others: int
    url: str
    what: tuple[tuple[Look, int], ...]
    told: str
    findings: tuple[tuple[Look, int], ...]
    words: int
    states: tuple[tuple[Look, int], ...]
    unread: int
    older: int
    by_runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One item: a change, or one that stands for `more` others. told: what changed, of several what is true of all.

    older: the older generations of the call, each with its address; older_url: where all of them are
    let go together, "" where there are none. by_runs: what runs of the suite say.
    """

    change: Change
    told: str
    look: Look
    url: str
    state: Look
    more: int
    older: tuple[tuple[Change, str], ...] = ()
    older_url: str = ""
    by_runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A link that filters the page, or removes the filter."""

    title: str
    count: int
    url: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Landing:
    """The page of a range. called: its request's number and title. head: its last commit, None for files on disk.

    clauses: numbers of the sentence with links. yours: how many of those that need somebody are assigned to who looks.
    bad_rules: what could not be read of who has to agree.

    tests, changes: one of the two is shown, a page of it; numbers: of all that the filter takes. heading: what the filter
    asks for, "" for everything; walked: what of it the queue leads through, decided or not. churn_items: items of which all
    changes are only churn. churn: how many changes the rule would approve; churn_url asks before it does. kept, about_tests:
    how many of the answers with other words keep what their tests look for, in numbers and in words.
    """

    spec: str
    called: RequestName
    base_name: str
    head_name: str
    head: CommitFacts | None
    opening: str
    clauses: tuple[tuple[str, str, str], ...]
    ending: str
    yours: int
    yours_url: str
    bad_rules: tuple[str, ...]
    needs_url: str
    lines: Counted
    files: int
    note: str
    problems: tuple[str, ...]
    cards: tuple[Card, ...]
    none: tuple[str, ...]
    findings: tuple[FindingLine, ...]
    places: tuple[Narrowing, ...]
    verdicts: tuple[Narrowing, ...]
    unasked: Narrowing | None
    by_runs: Narrowing | None
    made_again: MadeAgain | None
    heading: str
    walked: str
    by_test: bool
    tests: tuple[TestRow, ...]
    changes: tuple[ChangeRow, ...]
    numbers: Numbers
    churn_items: int
    other_grouping: str
    all_url: str
    previous_url: str
    next_url: str
    churn: int
    churn_url: str
    queue: Queue
    start_url: str
    kept: KeptWords
    about_tests: str


def landing_of(request: HttpRequest, place: ShownRange) -> Landing:
    """Return the page of a range for a URL."""
    report, asked = place.report, RangeFilter.of(request.GET)
    walked = asked.without_verdict()
    found = report.found
    mine = asked.changes(report)
    by_test = not asked.by_call
    rows = asked.items(report)
    start = whole(request.GET.get("from", ""))
    tallies, source = found.classes(), found.source
    here = place.url
    queue = queue_of(place, walked, walked.items(report))
    keys = {change.key for change in mine}
    churn = [change for change in ranges.churn(report) if change.key in keys]
    yours = left_to(report, place.actor)
    labels = _labels(found.changes) if by_test else {}
    return Landing(
        spec=place.spec,
        called=called(repository(), sources.parse(place.spec), source.range.head),
        base_name=f"{source.range.base[:9]}",
        head_name=source.range.head[:9] or "the files on disk",
        head=_commit(place),
        opening=sentence.opening(found),
        clauses=tuple(
            (f"{one.count:,}", one.words, here + RangeFilter(one.classes, is_found=one.is_found).query())
            for one in sentence.clauses(found)
        ),
        ending=sentence.ending(found),
        yours=yours,
        yours_url=here + RangeFilter(needs="you", person=place.actor).query(),
        bad_rules=found.bad_rules,
        needs_url=here + RangeFilter(needs="you").query() if found.numbers.need_you else "",
        lines=source.lines,
        files=source.files,
        note=source.range.note,
        problems=source.problems,
        cards=tuple(
            Card(
                CLASSES[churn_], tallies[churn_], here + RangeFilter(classes=(churn_,)).query(), churn_ in asked.classes
            )
            for churn_ in ORDER
            if tallies[churn_].changes
        ),
        none=tuple(CLASSES[churn_].title for churn_ in ORDER if not tallies[churn_].changes),
        findings=tuple(
            FindingLine(one, here + of_finding(one).query(), bool(asked.rule) and asked.takes_finding(one))
            for one in report.findings
        ),
        places=_places(place, asked, yours, by_test=by_test),
        verdicts=_verdicts(place, asked),
        unasked=_unasked(place, asked),
        by_runs=_by_runs(place, asked),
        made_again=made_again(place) if asked.is_empty else None,
        heading=asked.words(report),
        walked=walked.words(report),
        by_test=by_test,
        tests=tuple([_test(place, asked, item, labels) for item in rows[start : start + SHOWN] if by_test]),
        changes=tuple([_row(place, asked, item) for item in rows[start : start + SHOWN] if not by_test]),
        numbers=count(mine),
        churn_items=sum(all(change.is_churn for change in item.changes) for item in rows),
        other_grouping=here + replace(asked, by_call=by_test).query(),
        all_url=here,
        previous_url=_page(request, start - SHOWN) if start else "",
        next_url=_page(request, start + SHOWN) if start + SHOWN < len(rows) else "",
        churn=len(churn),
        churn_url=f"{reverse('changes:churn')}{asked.query(('range', place.spec))}",
        queue=queue,
        start_url=queue.skip_url or (place.item_url(walked, rows[0]) if rows else ""),
        kept=kept(found.changes),
        about_tests=sentence.about_tests(found),
    )


def _commit(place: ShownRange) -> CommitFacts | None:
    asked = place.report.found.source.range
    return _said_by(asked.repository, asked.head) if asked.head else None


@lru_cache(maxsize=64)
def _said_by(repository: Repository, name: str) -> CommitFacts | None:
    return refs.commits(repository, [name]).get(name)


def _places(place: ShownRange, asked: RangeFilter, left: int, *, by_test: bool) -> tuple[Narrowing, ...]:
    """Return the entry points into the range, each with its count. left: number of changes left to the user."""
    numbers, everything = place.report.numbers, asked.is_empty
    mine = RangeFilter(needs="you", person=place.actor)
    yours = Narrowing("yours", left, place.url + mine.query(), replace(asked, by_call=False) == mine)
    return (
        Narrowing(
            "need you",
            numbers.need_you,
            place.url + RangeFilter(needs="you").query(),
            asked == RangeFilter(needs="you", by_call=asked.by_call),
        ),
        *([yours] if left or yours.is_on else []),
        Narrowing("items by test", numbers.items, place.url, everything and by_test),
        Narrowing("items by call", numbers.items_by_call, f"{place.url}?by=change", everything and not by_test),
        Narrowing("findings", len(place.report.findings), f"{place.url}#findings", is_on=False),
    )


def _verdicts(place: ShownRange, asked: RangeFilter) -> tuple[Narrowing, ...]:
    numbers = place.report.numbers
    counts = {
        "undecided": numbers.undecided,
        "approved": numbers.approved,
        "rejected": numbers.rejected,
        "delete": numbers.to_delete,
    }
    if numbers.to_revert or asked.verdict == "revert":
        counts["revert"] = numbers.to_revert
    if numbers.waiting or asked.verdict == "waiting":
        counts["waiting"] = numbers.waiting
    return tuple(
        Narrowing(
            STATES[state].title,
            counts[state],
            place.url + (RangeFilter() if asked.verdict == state else RangeFilter(verdict=state)).query(),
            asked.verdict == state,
        )
        for state in counts
    )


def _unasked(place: ShownRange, asked: RangeFilter) -> Narrowing | None:
    count = sum(change.unasked for change in place.report.found.changes)
    if not count:
        return None
    url = place.url + (RangeFilter() if asked.unasked else RangeFilter(unasked=True)).query()
    return Narrowing("not caused by this change", count, url, asked.unasked)


def _by_runs(place: ShownRange, asked: RangeFilter) -> Narrowing | None:
    count = sum(bool(change.runs.clause) for change in place.report.found.changes)
    if not count:
        return None
    url = place.url + (RangeFilter() if asked.runs else RangeFilter(runs=True)).query()
    return Narrowing(BY_RUNS, count, url, asked.runs)


def _labels(changes: Sequence[Change]) -> dict[str, TestLabel]:
    """Return the label of each test of a range, the same on all pages of the list."""
    tests = {change.about.test_id for change in changes} - {""}
    return labels_of(tests, {change.side.exchange.model for change in changes} - {""})


def _test(place: ShownRange, asked: RangeFilter, item: Item, labels: Mapping[str, TestLabel]) -> TestRow:
    test = item.first.about.test_id
    what = Counter(change.churn for change in item.changes)
    states = Counter(look_of_state(change.state, is_gone=change.churn is Churn.GONE) for change in item.changes)
    found = Counter(change.severity for change in item.changes if change.severity is not None)
    heads = [one.first for one in items(item.changes)]
    return TestRow(
        parse(test) if test else None,
        labels.get(test),
        item.first.about.file_path if item.first.about.part and not test else "",
        item.first.about.name,
        item.first.about.meaning.line.asked or item.first.side.name,
        len(item.places if item.is_many else item.stories) - 1,
        place.item_url(asked.without_verdict(), item),
        tuple((CLASSES[churn], what[churn]) for churn in ORDER if churn in what),
        _told(place, item),
        tuple(
            (Look(*SEVERITIES[severity], severity.value), found[severity]) for severity in Severity if found[severity]
        ),
        sum(change.removed.words + change.added.words for change in heads),
        tuple(states.most_common()),
        sum(bool(change.unread) for change in item.changes),
        len(item.older),
        counts_on(item.changes),
    )


def _told(place: ShownRange, item: Item) -> str:
    """Return what changed; for several equal changes what is true of all."""
    change = item.first
    if len(item.changes) > 1 and change.alike is not None:
        return place.report.found.alike[change.alike].label
    return change.summary


def _row(place: ShownRange, asked: RangeFilter, item: Item) -> ChangeRow:
    change = item.first
    state = look_of_state(item.state, is_gone=change.churn is Churn.GONE)
    url = place.item_url(asked.without_verdict(), item)
    older = older_of(place.report.found.changes, change)
    queue = asked.without_verdict()
    return ChangeRow(
        change,
        _told(place, item),
        CLASSES[change.churn],
        url,
        state,
        len(item.changes) - 1,
        tuple([(one, place.change_url(queue, one)) for one in older]),
        question_url(place, change) if older else "",
        clauses_on(item.changes),
    )


def _page(request: HttpRequest, start: int) -> str:
    query = request.GET.copy()
    query["from"] = str(max(0, start))
    return f"?{query.urlencode()}"
