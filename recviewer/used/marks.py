"""Reads what the pytest plugin (`recviewer.used_pytest`) writes while tests run.

Each pytest process writes its own log: a line for each test with what it opened, in order of its marks, and one for its
end. The marks are files created and deleted in the same folder, which the watch sees in order with all other events.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VARIABLE = "RECVIEWER_USED"
"""The environment variable with the plugin's settings: JSON with `marks` (the folder), `root` and `endings`."""


@dataclass(frozen=True, slots=True)
class MarkedTest:
    """A test as reported by its process. opened: how often it opened which files below the root, by path; also failed
    attempts.
    """

    test: str
    outcome: str = ""
    opened: dict[bytes, int] = field(default_factory=dict)


@dataclass(slots=True)
class Marks:
    """All that was reported. tests: by process and number within it. stopped: why a session did not run all its tests.
    left_out: how many were deselected.
    """

    tests: dict[tuple[int, int], MarkedTest] = field(default_factory=dict)
    stopped: str = ""
    left_out: int = 0


def variable_value(folder: Path, root: bytes, endings: tuple[bytes, ...]) -> str:
    """Return the value of the environment variable. root: a resolved path."""
    value = {"marks": str(folder), "root": os.fsdecode(root), "endings": [os.fsdecode(one) for one in endings]}
    return json.dumps(value)


def read(folder: Path, root: bytes) -> Marks:
    """Read all logs of a folder. Truncated lines are ignored."""
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
        found.left_out = max(found.left_out, int(value["left_out"]))  # parallel workers deselect the same tests
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
