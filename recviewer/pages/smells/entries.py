"""The findings of one rule on its page: grouped by the function of their tests, one row each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from recviewer.catalog.tree_findings import NoticedRow
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.smells.found import LEVELS, RuleFindings, ShownFinding
from recviewer.pages.smells.levels import LevelMark, cut_hashes, marked
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.pages.text.test_ids import TestId, parse
from recviewer.pages.text.test_labels import TestLabel, labels_of
from recviewer.pages.text.words_for import StateWord, verdict_of
from recviewer.review.filters import Stand

_QUOTED = 60
"""Length of quotations in the sentences of rules."""


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """A finding. name: of its file. says: what holds, "" where the rule says just that; hashes are cut, `finding` has them.

    quotes: (place, words) of what stands there, without what it quotes. what: of which kind it is, "" where other words, or
    the only kind at the side of the page, tell that. test_url: "" where it names no test. others: (name, address) of
    recordings that it is about too; more: how many are not named. verdict: on its recording.
    """

    finding: ShownFinding
    mark: LevelMark
    url: str
    name: str
    label: TestLabel | None
    says: str
    quotes: tuple[tuple[str, str], ...]
    what: str
    test_url: str
    others: tuple[tuple[str, str], ...]
    more: int
    folder: str
    verdict: StateWord | None = None


@dataclass(frozen=True, slots=True)
class FunctionFindings:
    """Findings in one group. test: whose function it is, None for recordings without a test."""

    test: TestId | None
    entries: tuple[FindingEntry, ...]


def in_order(findings: Sequence[ShownFinding]) -> list[ShownFinding]:
    """Return findings grouped by function: the worst first, then by test and path."""
    return sorted(
        findings, key=lambda one: (LEVELS.index(one.row.level), not one.row.test_id, one.row.test_id, one.row.path)
    )


def grouped(
    found: RuleFindings, some: Sequence[ShownFinding], decided: Mapping[str, Stand]
) -> Iterator[FunctionFindings]:
    """Yield some of a rule's findings by function, in their order. decided: on recordings, by path."""
    labels = labels_of({one.row.test_id for one in some if one.row.test_id}, ())
    each = found.told["each"].casefold()
    has_kinds = len({one.row.what for one in found.findings}) > 1
    for function, members in groupby(some, _function):
        test = parse(function) if function else None
        yield FunctionFindings(
            test,
            tuple(
                [
                    replace(
                        _entry(one, each, labels.get(one.row.test_id), has_kinds=has_kinds),
                        verdict=verdict_of(decided.get(one.row.path)),
                    )
                    for one in members
                ]
            ),
        )


def _function(one: ShownFinding) -> str:
    test = parse(one.row.test_id)
    return test.file + test.function


def _beyond(says: str, each: str) -> str:
    """Return what a finding says beyond the sentence of its rule, which is shown once above all of them."""
    if not says.casefold().startswith(each):
        return says
    rest = says[len(each) :]
    return rest[2:] if rest.startswith((": ", "; ")) else says if rest else ""


def _kind(row: NoticedRow, says: str) -> str:
    """Return the kind of a finding, "" if its words or quotations already say it."""
    told = says.casefold().split()
    is_told = all(word in told for word in row.what.casefold().split() if word not in ("by", "that"))
    return "" if is_told or any(row.what in evidence for _, evidence in row.spots) else row.what


def _entry(one: ShownFinding, each: str, label: TestLabel | None, *, has_kinds: bool) -> FindingEntry:
    row = one.row
    says = _beyond(row.says, each)
    others = tuple([(key.rpartition("/")[2], url_of(key)) for key in row.others[:3]])
    return FindingEntry(
        finding=one,
        quotes=tuple(
            [(pointer, words) for pointer, words in row.spots if words and f"“{words[:_QUOTED]}”" not in says]
        ),
        mark=marked(row.level, 1),
        url=url_of(row.path),
        name=row.path.rpartition("/")[2],
        label=label,
        says=cut_hashes(says),
        what=_kind(row, says) if has_kinds or not says else "",
        test_url=url_of_test(row.test_id) if row.test_id else "",
        others=others,
        more=row.other_count - len(others),
        folder=row.path.rpartition("/")[0],
    )
