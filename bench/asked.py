"""What a reviewer is asked to look at, against the raw lines of JSON that differ: a row of Markdown for each range.

    python bench/asked.py REPOSITORY BASE...HEAD [BASE...HEAD …]

Items: changes that say something else, those that are the same change counted once, older generations of a call with it;
by test, all that one test's recordings became once.
Words: what came and went in the answers, reasoning and refusals of those items, older generations included; of a new or
gone recording all of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from recviewer.changes.items import items
from recviewer.git.ranges import opened
from recviewer.report import report


def main() -> None:
    """Print the table."""
    repository = opened(Path(sys.argv[1]))
    print(
        "| range | recordings | raw diff lines | changes | only churn | by call | by test | words that differ | red, amber |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|---|")
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
            words,
        )
        print(f"| `{spec}` | {' | '.join(f'{cell:,}' for cell in cells)} | {rules} |")


if __name__ == "__main__":
    main()
