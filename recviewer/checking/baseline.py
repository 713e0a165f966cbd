"""Known findings, with counts, so that a recording made again under another name is not a new finding."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from recviewer.checking.model import HowCounted, Located
from recviewer.exchange.plain import dumps
from recviewer.smells import Noticed

VERSION = 1

_Likeness: TypeAlias = tuple[str, str, str]


class BadBaseline(ValueError):
    """A file that is not a baseline. The message says why."""


class Baseline:
    """Known findings. An identical finding is known; beyond these, as many similar ones as there were before.

    Findings are similar if they are of one rule on one test (or, without a test, in one folder) and have the same
    label.
    """

    def __init__(self, entries: Iterable[tuple[str, _Likeness]]) -> None:
        self._same: Counter[str] = Counter()
        self._alike: dict[str, _Likeness] = {}
        for identity, likeness in entries:
            self._same[identity] += 1
            self._alike[identity] = likeness

    def marked(self, found: Sequence[Located]) -> list[Located]:
        """Return findings, with known ones marked."""
        same = Counter(self._same)
        known: set[int] = set()
        for place, one in enumerate(found):
            if same[one.noticed.identity] > 0:
                same[one.noticed.identity] -= 1
                known.add(place)
        left = Counter({self._alike[one]: 0 for one in same})
        for identity, count in same.items():
            left[self._alike[identity]] += count
        for place, one in enumerate(found):
            kind = likeness(one.noticed)
            if place not in known and left[kind] > 0:
                left[kind] -= 1
                known.add(place)
        return [
            replace(one, standing=HowCounted.KNOWN) if place in known and one.standing is HowCounted.COUNTS else one
            for place, one in enumerate(found)
        ]


def likeness(one: Noticed) -> _Likeness:
    """Return the key of similar findings."""
    return one.rule.name, one.test_id or one.key.rpartition("/")[0], one.held.what


def of_noticed(found: Iterable[Noticed]) -> Baseline:
    """Return the baseline of some findings."""
    return Baseline((one.identity, likeness(one)) for one in found)


def text_of(found: Iterable[Located]) -> str:
    """Serialize a baseline: sorted, with one line per finding, so that it can be merged."""
    rows = sorted(
        (one.rule, one.noticed.test_id, one.file, one.noticed.identity, *likeness(one.noticed)[1:])
        for one in found
        if one.standing is not HowCounted.SUPPRESSED
    )
    lines = [
        dumps({"rule": rule, "identity": identity, "file": file, "group": group, "what": what})
        for rule, _, file, identity, group, what in rows
    ]
    return "\n".join([dumps({"recviewer_baseline": VERSION}), *lines, ""])


def read(text: str) -> Baseline:
    """Parse the result of `text_of`. Raises BadBaseline."""
    entries = []
    has_version = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        value = _object(line, number)
        if "recviewer_baseline" in value:
            if value["recviewer_baseline"] != VERSION:
                raise BadBaseline("it is of another version of recviewer")
            has_version = True
            continue
        told = [value.get(name) for name in ("identity", "rule", "group", "what")]
        if not all(isinstance(one, str) for one in told):
            raise BadBaseline(f"line {number} is not a finding")
        identity, rule, group, what = map(str, told)
        entries.append((identity, (rule, group, what)))
    if not has_version:
        raise BadBaseline("no line says that it is one")
    return Baseline(entries)


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadBaseline(f"line {number} is not a JSON object")
    return value
