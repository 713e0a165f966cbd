"""Measure the first view of a change set, with nothing cached, against git and a simple script on the same blobs.

    python bench/work_changes.py REPOSITORY BASE...HEAD [BASE...HEAD …]

The yardstick lists the differing files, reads their blobs in one batch, decodes them and joins streamed texts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import orjson

from recviewer.changes import sources
from recviewer.git import ranges
from recviewer.git.history import contents
from recviewer.git.ranges import differing, opened
from recviewer.git.repository import Repository
from recviewer.recorders.registry import claims
from recviewer.report import report

ROUNDS = 7


def joined(document: dict[str, Any]) -> list[str]:
    """Join the texts of a chat stream's chunks, without checking anything."""
    body = document.get("response", {}).get("body")
    texts: list[str] = []
    for chunk in body if isinstance(body, list) else ():
        data = chunk.get("__data__", chunk) if isinstance(chunk, dict) else {}
        for choice in data.get("choices") or ():
            delta = choice.get("delta") or {}
            texts += [delta.get("content") or "", delta.get("reasoning") or ""]
            texts += [(call.get("function") or {}).get("arguments") or "" for call in delta.get("tool_calls") or ()]
    return ["".join(texts)]


def yardstick(repository: Repository, base: str, head: str) -> None:
    """List the differing files; read, decode and join both sides."""
    changed = [item for item in differing(repository, base, head) if claims().holds(item.raw)]
    for _, data in contents(repository, {blob for item in changed for blob in (item.old, item.new) if blob}):
        joined(orjson.loads(data))


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes, without cached merge bases."""
    ranges._known_merge_bases.cache_clear()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print a line for each range."""
    repository = opened(Path(sys.argv[1]))
    for spec in sys.argv[2:]:
        asked = sources.open_range(repository, sources.parse(spec))
        made = report.make(repository, spec)
        rounds = [
            (
                timed(lambda: yardstick(repository, asked.base, asked.head)),  # noqa: B023
                timed(lambda: report.make(repository, spec)),  # noqa: B023
            )
            for _ in range(ROUNDS)
        ]
        unit, ours = (median(column) for column in zip(*rounds, strict=True))
        ratio = median(mine / theirs for theirs, mine in rounds)
        files = made.found.source.files
        print(f"{spec}: {files:,} recordings, {ours * 1000:.0f} ms, {ratio:.1f} × {unit * 1000:.0f} ms")


if __name__ == "__main__":
    main()
