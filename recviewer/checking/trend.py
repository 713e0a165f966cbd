"""A process that counts findings over the commits of a branch: `python -m recviewer.checking.trend`.

Only rules about one recording are applied, without sources of tests: their result depends on a file's path and bytes,
so it is cached by these, and a commit costs only what it changed. The output is one JSON object: `state`, the given
name, `rules`, `points`, oldest first, `is_whole`, whether they start with the first commit, and `known`, the counts by
file.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import orjson

from recviewer.checking import trees
from recviewer.git import ranges
from recviewer.git.growth import GrowthStep, growth
from recviewer.git.history import contents
from recviewer.git.repository import Repository, find, resolve, way_to
from recviewer.processes import temporary
from recviewer.processes.child import NICE
from recviewer.recorders.reading import without_collector
from recviewer.recorders.registry import claims
from recviewer.smells import Needs, Rule, rules
from recviewer.smells.scanning import of_each

POINTS = 40
"""Most commits that are counted; if there are more, they are sampled between the first and the last."""

COMMITS, WALK_SECONDS = 500, 20.0
"""Most commits that are walked, and most seconds for it."""

SECONDS = 300.0
"""Most seconds for counting; what is not finished is left out, oldest first."""


def told_of(root: Path, known: dict[str, dict[str, int]], state: str) -> dict[str, Any]:
    """Return the content of the output file. known: cached counts by file. Raises GitFailed."""
    repository = find(root)
    if repository is None:
        return {"state": state, "rules": [], "points": [], "is_whole": True, "known": {}}
    head, below = resolve(repository, "HEAD"), way_to(repository, root)
    mine = claims().holds
    if not any(mine(one.raw) for one in ranges.files_of(repository, head, below)):
        mine = claims().holds_loose
    grown = growth(repository, head, below, mine, limit=COMMITS, seconds=WALK_SECONDS)
    counting = _Counting(repository, below, tuple(known_rules()), known)
    ends = time.monotonic() + SECONDS
    points: list[dict[str, Any]] = []
    for step in _some(grown.steps):
        if points and time.monotonic() > ends:
            break
        files = [
            (one.raw, one.blob) for one in ranges.files_of(repository, step.sha, below) if one.mode.startswith("100")
        ]
        points.append(_point(step, counting.counts([one for one in files if mine(one[0])])))
    is_whole = grown.is_whole and bool(points) and points[-1]["sha"] == grown.steps[-1].sha
    return {
        "state": state,
        "rules": [rule.name for rule in known_rules()],
        "points": points[::-1],
        "is_whole": is_whole or not points,
        "known": counting.used,
    }


def known_rules() -> list[Rule]:
    """Return the rules whose findings depend only on a file."""
    return [rule for rule in rules() if rule.needs is Needs.EXCHANGE and rule.holds is not None]


def _some(steps: tuple[GrowthStep, ...]) -> list[GrowthStep]:
    """Return evenly sampled commits, including the first and the last."""
    if len(steps) <= POINTS:
        return list(steps)
    return [steps[round(place * (len(steps) - 1) / (POINTS - 1))] for place in range(POINTS)]


def _point(step: GrowthStep, counts: Counter[str]) -> dict[str, Any]:
    return {
        "sha": step.sha,
        "parent": step.parent,
        "at": step.at.isoformat(),
        "subject": step.subject.encode("utf-8", "replace").decode(),
        "counts": dict(counts),
    }


class _Counting:
    """Counts findings of files by path and blob; each is read once. used: the counts that were requested."""

    def __init__(
        self, repository: Repository, below: bytes, asked: tuple[Rule, ...], known: dict[str, dict[str, int]]
    ) -> None:
        self._repository = repository
        self._below = len(below)
        self._asked = asked
        self._known = known
        self.used: dict[str, dict[str, int]] = {}

    def counts(self, files: list[tuple[bytes, str]]) -> Counter[str]:
        """Return, for each rule, on how many recordings of some files it has a finding. files: path and blob of each."""
        keys = {_key(raw, blob): (raw, blob) for raw, blob in files}
        missing: dict[str, list[bytes]] = {}
        for key, (raw, blob) in keys.items():
            if key in self.used:
                continue
            if key in self._known:
                self.used[key] = self._known[key]
            else:
                missing.setdefault(blob, []).append(raw)
        for blob, data in contents(self._repository, list(missing)):
            for raw in missing[blob]:
                self.used[_key(raw, blob)] = self._of_file(raw, data)
        found: Counter[str] = Counter()
        for key in keys:
            found.update(self.used.get(key, {}))
        return found

    def _of_file(self, raw: bytes, data: bytes) -> dict[str, int]:
        sides = trees.read(raw[self._below :], data).sides
        return dict(Counter(one.rule.name for side in sides for one in of_each(side, self._asked)))


def _key(raw: bytes, blob: str) -> str:
    return hashlib.blake2b(raw + b"\0" + blob.encode(), digest_size=9).hexdigest()


def write(root: Path, target: Path, state: str) -> None:
    """Count, and write the result. Cached counts are taken from the existing file. Raises GitFailed, OSError."""
    with without_collector():
        told = told_of(root, _known(target, state), state)
    fresh = target.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(orjson.dumps(told))
    os.replace(fresh, target)


def _known(target: Path, state: str) -> dict[str, dict[str, int]]:
    """Return the counts of an earlier run, {} if they are of another version. state: ends with the version of the
    sources.
    """
    try:
        told = orjson.loads(target.read_bytes())
        is_same = told["state"].partition(".")[2] == state.partition(".")[2]
        return dict(told["known"]) if is_same else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def main() -> None:
    """Run, unless another process does."""
    root, target, state = sys.argv[1:]
    os.nice(NICE)
    if temporary.hold_beside(target):
        write(Path(root), Path(target), state)


if __name__ == "__main__":
    main()
