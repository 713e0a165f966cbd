"""The pytest plugin that tells `recviewer used` which test runs: `pytest -p recviewer.used_pytest`.

It does nothing unless it is asked by the environment, which `recviewer used` does for what it runs. It needs nothing but
Python: a copy of this file is handed to a pytest that knows no recviewer. Each process, so each parallel worker, writes a
log of its own, and makes a file whose name says that a test begins or ends; what Python itself opens meanwhile is noted by
the test that opens it. No test is changed by it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

BARE = "\0"
"""Stands among endings for names without any, as in `store.claims`."""

_ACCESS = os.O_WRONLY | os.O_RDWR


class Marking:
    """What one process notes. told: the environment's JSON."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.marks = str(told["marks"])
        self.root = str(told["root"])
        self.endings = tuple(map(str, told["endings"]))
        self.process = 0
        self.number = 0
        self.log = -1  # a descriptor: a file left open would be a warning in somebody's tests
        self.test = ""
        self.left_out = 0
        self.outcome = ""
        self.opened: dict[str, int] = {}
        sys.addaudithook(self.heard)

    def heard(self, event: str, words: tuple[Any, ...]) -> None:
        """Note what Python opens while a test runs. Never raises."""
        if event != "open" or not self.test:
            return
        try:
            path, _, flags = words
            if isinstance(path, int) or (isinstance(flags, int) and flags & _ACCESS):
                return
            text = os.fsdecode(path)
            if text.endswith(self.endings) or (BARE in self.endings and "." not in os.path.basename(text)):
                place = os.path.abspath(text)
                self.opened[place] = self.opened.get(place, 0) + 1
        except Exception:  # a test is never failed by this
            return

    def mark(self) -> None:
        """Make and remove the file that says in order that a test begins or ends."""
        self.number += 1
        name = os.path.join(self.marks, f"m-{self.process}-{self.number}")
        try:
            os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            os.unlink(name)
        except OSError:
            return

    def begin(self, test: str) -> None:
        """Note that a test begins."""
        if self.process != os.getpid():  # the first one, or a fork
            self.process, self.number = os.getpid(), 0
            self.log = self.opened_log()
        self.mark()
        self.outcome, self.opened, self.test = "", {}, test

    def end(self) -> None:
        """Note that the test ended, and what it opened."""
        test, self.test = self.test, ""
        self.mark()
        self.write({"n": self.number // 2, "test": test, "outcome": self.outcome, "opened": self.opened})

    def opened_log(self) -> int:
        """Open the log of this process; -1 where that cannot be."""
        try:
            place = os.path.join(self.marks, f"log-{os.getpid()}")
            return os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return -1

    def write(self, value: dict[str, Any]) -> None:
        """Add a line to the log."""
        try:
            os.write(self.log, json.dumps(value).encode() + b"\n")
        except OSError:
            return

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Mark a test; one that runs within another (pytest's own `pytester`) is the outer one's."""
        if self.test:
            yield
            return
        self.begin(item.nodeid)
        try:
            yield
        finally:
            self.end()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what became of the test."""
        if report.nodeid != self.test:
            return
        if hasattr(report, "wasxfail"):
            self.outcome = "xpassed" if report.passed else "xfailed"
        elif report.failed:
            self.outcome = "failed" if report.when == "call" and self.outcome != "error" else "error"
        elif report.skipped:
            self.outcome = "skipped"
        elif report.when == "call":
            self.outcome = "passed"

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note how many tests were chosen not to run."""
        self.left_out += len(items)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Note where not all tests were run."""
        if self.left_out:
            self.log = self.log if self.log >= 0 else self.opened_log()
            self.write({"left_out": self.left_out})
        why = session.shouldstop or session.shouldfail
        if why or int(exitstatus) in (2, 3, 4):
            self.log = self.log if self.log >= 0 else self.opened_log()
            self.write({"stopped": f"pytest ended early: {why or int(exitstatus)}"})


def pytest_configure(config: pytest.Config) -> None:
    """Begin to mark, where `recviewer used` asks for it."""
    told = os.environ.get("RECVIEWER_USED")
    if told and not config.pluginmanager.has_plugin("recviewer-used"):
        try:
            config.pluginmanager.register(Marking(json.loads(told)), "recviewer-used")
        except (ValueError, KeyError, TypeError):
            return
