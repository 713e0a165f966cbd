"""Print how much a reviewer has to look at in a range, compared with the raw lines of JSON that differ.

    python bench/asked.py REPOSITORY BASE...HEAD [BASE...HEAD …]

Each range is a row of a Markdown table. Its columns:

- by call: items with another meaning. Changes that are the same count once, and older generations count with their call.
- by test: the same, with all changes to one test's recordings as one item. Tests of one function, and files of one
  folder, are counted together.
- told by call, told by test: added and removed words of answers, requests and tools, as the pages of these items show
  them. The pages by test show everything only once.
- words that differ: added and removed words in the answers, reasoning and refusals of the items by call, older generations
  included. All words of a new or deleted recording count.
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
    """Return how many added and removed words the pages of some items show."""
    return sum(_told(item) for item in some)


def _told(item: Item) -> int:
    heads = [one.first for one in items(item.changes)] if item.is_many else [item.first]
    heads = sorted(in_order_of_calls(heads), key=lambda head: item.places.index(place_of(head)))
    question = question_of(heads) if item.is_many and item.is_asked_alike else ""
    parts = [part for call in shown_once(heads, question) for section in call.sections for part in section.items]
    return sum(part.words.removed.words + part.words.added.words for part in parts if isinstance(part, Words))


if __name__ == "__main__":
    main()
