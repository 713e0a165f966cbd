"""What a reviewer is asked to look at, against the raw lines of JSON that differ: a row of Markdown for each range.

    python bench/asked.py REPOSITORY BASE...HEAD [BASE...HEAD …]

Items: changes that say something else, those that are the same change counted once, older generations of a call with it;
by test, all that one test's recordings became once, and tests of one function, or files of one folder, with each other.
Told: words that came and went as the pages show them, of answers, requests and tools: page by page of each item by call, and
of each item by test, where a page tells each thing once.
Words: what came and went in the answers, reasoning and refusals of those items, older generations included; of a new or
gone recording all of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from collections.abc import Sequence

from recviewer.changes.items import Item, items, joined, place_of
from recviewer.changes.shown_once import in_order_of_calls, question_of, shown_once
from recviewer.difference.model import Words
from recviewer.git.ranges import opened
from recviewer.report import report


def main() -> None:
    """Print the table."""
    repository = opened(Path(sys.argv[1]))
    print(
        "| range | recordings | raw diff lines | changes | only churn | by call | by test | told by call | told by test "
        "| words that differ | red, amber |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    for spec in sys.argv[2:]:
        made = report.make(repository, spec)
        found = made.found
        mine = items(change for change in found.changes if change.needs_you)
        assert len(mine) == found.numbers.need_you_by_call
        read = [change for item in mine for change in (item.first, *item.older)]
        words = sum(change.removed.words + change.added.words for change in read)
        quiet = sum(change.is_churn for change in found.changes)
        rules = ", ".join(f"{one.rule} {len(one.on)}" for one in made.findings) or "–"
        cells = (
            found.source.files,
            found.source.raw_lines,
            len(found.changes),
            quiet,
            len(mine),
            found.numbers.need_you_items,
            told(mine),
            told(joined(mine)),
            words,
        )
        print(f"| `{spec}` | {' | '.join(f'{cell:,}' for cell in cells)} | {rules} |")


def told(some: Sequence[Item]) -> int:
    """Return the words that came and went on the pages of some items."""
    return sum(_told(item) for item in some)


def _told(item: Item) -> int:
    heads = [one.first for one in items(item.changes)] if item.is_many else [item.first]
    heads = sorted(in_order_of_calls(heads), key=lambda head: item.places.index(place_of(head)))
    question = question_of(heads) if item.is_many and item.is_asked_alike else ""
    parts = [part for call in shown_once(heads, question) for section in call.sections for part in section.items]
    return sum(part.words.removed.words + part.words.added.words for part in parts if isinstance(part, Words))


if __name__ == "__main__":
    main()
