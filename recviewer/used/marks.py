"""What the pytest plugin (`recviewer.used_pytest`) writes while tests run, read again.

Each process of pytest writes a log of its own: a line for each test with what it opened, in order of its marks, and one for
its end. The marks themselves are files that come and go in the same folder, seen by the watch in order with all else.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VARIABLE = "RECVIEWER_USED"
"""Tells the plugin what to do: JSON with `marks` (the folder), `root` and `endings`."""


@dataclass(frozen=True, slots=True)
class MarkedTest:
    """A test as its process tells of it. opened: how often it opened which files below the root, by path; also in vain."""

    test: str
    outcome: str = ""
    opened: dict[bytes, int] = field(default_factory=dict)


@dataclass(slots=True)
class Marks:
    """All that was told. tests: by process and number within it. stopped: why a session did not run all of
    its tests. left_out: how many were chosen not to run.
    """

    tests: dict[tuple[int, int], MarkedTest] = field(default_factory=dict)
    stopped: str = ""
    left_out: int = 0


def asked(folder: Path, root: bytes, endings: tuple[bytes, ...]) -> str:
    """Return what the plugin is told by the environment. root: a real place."""
    told = {"marks": str(folder), "root": os.fsdecode(root), "endings": [os.fsdecode(one) for one in endings]}
    return json.dumps(told)


def read(folder: Path, root: bytes) -> Marks:
    """Read all logs of a folder. A line that was torn is passed over."""
    found, root = Marks(), os.path.join(root, b"")
    for log in sorted(folder.glob("log-*")):
        process = log.name.removeprefix("log-")
        if not process.isdecimal():
            continue
        for text in log.read_bytes().splitlines():
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                _take(found, int(process), json.loads(text), root)
    return found


def _take(found: Marks, process: int, value: dict[str, Any], root: bytes) -> None:
    if "left_out" in value:
        found.left_out = max(found.left_out, int(value["left_out"]))  # parallel workers choose alike
        return
    if "stopped" in value:
        found.stopped = found.stopped or str(value["stopped"])
        return
    opened: dict[bytes, int] = {}
    for path, count in value["opened"].items():
        real = os.path.realpath(os.fsencode(path))
        if real.startswith(root):
            opened[real[len(root) :]] = opened.get(real[len(root) :], 0) + int(count)
    found.tests[process, int(value["n"])] = MarkedTest(str(value["test"]), str(value["outcome"]), opened)
