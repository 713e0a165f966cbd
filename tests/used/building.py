"""Runs of a suite over the files of a folder, made without running one; and what strace saw of one that ran."""

import os
import re
from datetime import UTC, datetime

from recviewer.store.files import blob_id
from recviewer.used import run_file
from recviewer.used.model import UsedFile, UsedRun, UsedTest

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


def run_over(top, opens, *, name="openai", began=AT, ended=AT, missing=(), outcome="failed", **more):
    """Return a run that knew the files as they are now. opens: how often it opened each, by path.

    missing: what a test of its own, that came to an outcome, asked for in vain.
    """
    files = {}
    for path, count in opens.items():
        data = (top / path).read_bytes()
        times = (began, began) if count else (None, None)
        files[path] = UsedFile(path, blob_id(data), len(data), count, *times)
    tests = more.pop("tests", ())
    if missing:
        tests = (*tests, UsedTest("tests/test_it.py::test_asks", outcome, missing=tuple(missing)))
    more = {"exit": 0, "total": len(files)} | more
    return UsedRun(name, began, ("pytest",), ended=ended, files=files, tests=tests, **more)


def keep(run, folder):
    """Write a run's file into a folder, and return its place."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / run_file.file_name(run.name)
    run_file.write(place, run_file.lines_of(run))
    return place


def opened_in(trace, top, ending):
    """Return what was opened for reading below a folder, by what `strace -f -e openat` wrote.

    A call that another thread interrupted stands on two lines, of which the first has the name. Names below an open folder
    are left out: only what removes old temporary folders opens by them here.
    """
    found, waiting = set(), {}
    for line in trace.read_text(errors="replace").splitlines():
        process = line.split(" ", 1)[0]
        told = re.search(r'openat\((?:AT_FDCWD, "|[^,]*, "(?=/))([^"]*)", O_RDONLY', line)
        name = told.group(1) if told else waiting.pop(process, "") if "openat resumed" in line else ""
        if told and "<unfinished" in line:
            waiting[process] = name
        elif name.endswith(ending) and re.search(r"= \d+", line):
            path = os.path.relpath(os.path.join(top, name), top)
            found |= set() if path.startswith("..") else {path}
    return found
