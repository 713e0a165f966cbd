"""What was not counted, over all changes of a report: the footer of a report says it, so that nothing is hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from recviewer.changes.model import Change

NAMED = 8
"""Names that one line holds; the rest is a number."""


def uncounted(changes: Iterable[Change]) -> Counter[str]:
    """Return how many values differ without counting, by where they stand: `outputs[].tool_calls[].id`."""
    counts: Counter[str] = Counter()
    for change in changes:
        if change.old is not None and change.new is not None and change.old.blob != change.new.blob:
            for one in change.difference().ignored:
                counts[one.path] += one.count
    return counts


def as_line(counts: Counter[str]) -> str:
    """Return it as a line: `usage ×168, url ×63, …`; `nothing` where there is none."""
    told = [f"{path} ×{count:,}" for path, count in counts.most_common(NAMED)]
    rest = len(counts) - len(told)
    return ", ".join(told + ([f"and {rest:,} more"] if rest else [])) or "nothing"
