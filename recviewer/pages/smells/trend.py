"""The findings of a rule in past commits, as bars."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from recviewer.catalog import trends
from recviewer.pages.templatetags.words import bare, counted, day
from recviewer.pages.text.bars import HEIGHT, WIDTH, CommitBar


@dataclass(frozen=True, slots=True)
class RuleTrend:
    """A drawing. first, last: days, with the numbers. commits: how many were counted.

    is_whole: including the first of all. line: the same as the points of a line, for small spaces.
    """

    bars: tuple[CommitBar, ...]
    first: str
    last: str
    before: int
    now: int
    commits: int
    is_whole: bool
    line: str = ""
    width: int = WIDTH
    height: int = HEIGHT


def trend_of(rule: str) -> RuleTrend | None:
    """Return the past of a rule; None if it is unknown, the rule never found anything, or there is only one commit."""
    found = trends.current()
    if found is None or len(found.points) < 2:
        return None
    counts = [point.counts.get(rule, 0) for point in found.points]
    most = max(counts)
    if not most:
        return None
    wide = WIDTH // len(counts)
    bars = []
    for place, (point, count) in enumerate(zip(found.points, counts, strict=True)):
        height = max(1, round(count * HEIGHT / most)) if count else 0
        title = f"{day(point.at)}: {counted(count, 'recording')}, after {point.sha[:9]} {bare(point.subject)}"
        url = reverse("changes:show", args=[f"{point.parent}..{point.sha}"]) if point.parent else ""
        bars.append(CommitBar(place * wide, HEIGHT - height, max(1, wide - 1), height, title, url))
    first, last = day(found.points[0].at), day(found.points[-1].at)
    line = " ".join(
        f"{round(place * WIDTH / (len(counts) - 1))},{round(HEIGHT - count * HEIGHT / most)}"
        for place, count in enumerate(counts)
    )
    return RuleTrend(tuple(bars), first, last, counts[0], counts[-1], len(counts), found.is_whole, line)


def trend_told(rule: str) -> list[dict[str, object]]:
    """Return the same for scripts: each commit with the number of recordings."""
    found = trends.current()
    return [
        {"commit": point.sha, "at": point.at.isoformat(), "recordings": point.counts.get(rule, 0)}
        for point in (found.points if found else ())
        if found and rule in found.rules
    ]
