"""Reports on ranges for pages: computed once (see `range_files`), with the present verdicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from django.conf import settings

from recviewer.bounded.cache import Recent
from recviewer.changes import changeset, disk, sources
from recviewer.changes.changeset import ChangeSet, each_side
from recviewer.changes.expected import state_on_disk
from recviewer.changes.facts import RunWords
from recviewer.changes.model import Key
from recviewer.changes.overview import Overview, decided, overview, subjects, with_expected, with_offers, with_words
from recviewer.changes.reviewers import agreed, rules_of
from recviewer.changes.run_words import words_on
from recviewer.changes.sources import Range
from recviewer.git.fetched import with_fetched
from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed, Repository, together
from recviewer.memory import range_files
from recviewer.pairing.pairs import Choice
from recviewer.pairing.sides import Library
from recviewer.report.report import Report
from recviewer.review import pairs, standing
from recviewer.review.filters import standings_for
from recviewer.serving.discreet import discreet
from recviewer.used import stored_runs as runs_kept

KEPT = 12
"""Number of ranges whose report is cached; the least recently used one is dropped first."""

KEPT_BYTES = 120_000_000
"""Limit for the cost of both sides of all of them, by `Meaning.cost`: recorded bytes, of which memory takes about a
third.

The last one is kept whatever its size.
"""


@dataclass(frozen=True, slots=True)
class _Known:
    """The result for a range. blobs: of all its sides. size: the cost of caching it.

    choices: what reviewers had said about its pairs.
    """

    blobs: frozenset[str]
    size: int
    choices: tuple[Choice, ...]
    report: Report


_library = Library()
_RangeKey: TypeAlias = tuple[str, str, str]
_known = Recent[_RangeKey, _Known](KEPT, weigh=lambda known: known.size, limit=KEPT_BYTES)


def repository() -> Repository:
    """Return the repository whose ranges are shown, with what was fetched for it. Raises GitFailed if there is none."""
    here = opened(Path(settings.REPOSITORY or settings.RECORDINGS_ROOT))
    return here if settings.FETCH_FROM is None else with_fetched(here, settings.FETCH_FROM, Path(settings.DATA_DIR))


def told(failed: Exception) -> str:
    """Return what git could not do. A hosted instance does not reveal the path of its repository."""
    return discreet(str(failed))


def range_of(spec: str) -> Range:
    """Return the two present sides of a range. Raises GitFailed."""
    return sources.open_range(repository(), sources.parse(spec))


def is_range(spec: str) -> bool:
    """Tell whether this is a range as it is written; a branch may be called `x.json`."""
    try:
        range_of(spec)
    except GitFailed:
        return False
    return True


def report_of(spec: str) -> Report:
    """Compute a report, or take it from the cache: commits never change, and stamps show changes of files on disk.

    The verdicts are looked up each time.

    Raises GitFailed.
    """
    return report_on(range_of(spec))


def watching(spec: str) -> Callable[[], Report]:
    """Return a function that evaluates a range as it is when called, again only if one of its ends has moved."""
    last: list[Report] = []

    def look() -> Report:
        asked = range_of(spec)
        if not last or asked.is_on_disk or last[-1].found.source.range != asked:
            last.append(report_on(asked))
        return last[-1]

    return look


def report_on(asked: Range) -> Report:
    """Return the report on a range that was opened: see `report_of`."""
    key, known = _known_of(asked)
    standings = standings_for(subjects(known.report.found.changes))
    verdicts = {subject: one.state for subject, one in standings.items()}
    found = with_words(decided(known.report.found, verdicts), _words(key, known))
    report = Report(agreed(found, rules_of(asked), standing.words_on))
    return report if report.found.source.range == asked else _under(report, asked)


_said = Recent[tuple[object, ...], dict[Key, RunWords]](KEPT)
"""What runs of the suite say about the changes of ranges, which are few."""


def _words(key: _RangeKey, known: _Known) -> dict[Key, RunWords]:
    """Return what the stored runs say about a range."""
    data = Path(settings.DATA_DIR)
    runs = runs_kept.state(data)
    if not runs:
        return {}
    found = known.report.found
    return _said.made(
        (key, known.choices, runs), lambda: words_on(found.source.range, found.changes, runs_kept.kept_in(data).runs)
    )


def _known_of(asked: Range) -> tuple[_RangeKey, _Known]:
    """Return the result for a range with the present pairs of reviewers, and the key of the range."""
    key = _key(asked, "" if asked.head else disk.state(asked.repository))
    said = pairs.choices()
    known = _known.get(key)
    if known is not None and known.choices == _about(said, known.blobs):
        return key, known
    if not asked.head:
        return key, _known.put(key, _worked_out(asked, known, said))
    with range_files.alone(asked):
        found = _from_folder(asked, said) or _shared(_worked_out(asked, known, said))
    return key, _known.put(key, found)


def _source(asked: Range, known: _Known | None) -> ChangeSet:
    """Return the two sides. A result from the folder lacks some of what a range is evaluated from."""
    source = known.report.found.source if known is not None else None
    return changeset.load(asked, _library) if source is None or source.unchanged is range_files.unknown else source


def _from_folder(asked: Range, said: tuple[Choice, ...]) -> _Known | None:
    """Return the result that another process, or an earlier one, stored for the same pairs."""
    found = range_files.read(asked)
    if found is None:
        return None
    choices, blobs, size, source, *told = found
    if choices != _about(said, blobs):
        return None
    return _Known(blobs, size, choices, Report(Overview(source, *told)))


def _shared(known: _Known) -> _Known:
    """Store a result for other processes, unless git could not tell everything."""
    found = known.report.found
    source = found.source
    if found.is_whole and known.size <= KEPT_BYTES:
        bare = replace(source, modified=tuple([replace(one, lines=()) for one in source.modified]))
        told = found.changes, found.alike, found.findings
        range_files.write(source.range, (known.choices, known.blobs, known.size, bare, *told), source.unchanged)
    return known


def _key(asked: Range, state: str) -> _RangeKey:
    """Return the key of a report. state: of the recordings on disk. The sources of tests count, too."""
    head = asked.head or f"disk:{state}:{state_on_disk(asked.repository)}"
    return str(asked.repository.git_dir), asked.base, head


def _worked_out(asked: Range, known: _Known | None, said: tuple[Choice, ...]) -> _Known:
    with together(asked.repository):
        source = _source(asked, known)
        sizes = {side.blob: side.meaning.cost for side in each_side(source)}
        blobs = frozenset(sizes)
        mine = _about(said, blobs)
        found = with_offers(with_expected(overview(source, choices=mine)))
    return _Known(blobs, sum(sizes.values()), mine, Report(found))


def _about(said: tuple[Choice, ...], blobs: frozenset[str]) -> tuple[Choice, ...]:
    return tuple([choice for choice in said if choice.old_blob in blobs and choice.new_blob in blobs])


def _under(report: Report, asked: Range) -> Report:
    """Return the report under the name by which it was requested: two names can mean the same commits."""
    found = report.found
    source = replace(found.source, range=asked)
    return Report(replace(found, source=source))
