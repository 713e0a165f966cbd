"""Serve unusual repositories: report what pages cost and say, and whether programs are run.

    python bench/faults/repositories.py [--only CASE] [--port 8293] [--seconds 150] [--at-once 12] [--all]

Each case is a repository with a range, made by `git fast-import` (`odd_repositories.py`), and served on the loopback
interface by one worker. Every page that uses git is requested, while another user requests the list, a search and the queue.
Printed for each case are the slowest page, the peak memory of the worker and of any other process, how long the other user
had to wait at most, and what was wrong. The exit code is 1 if an answer is a 500 or takes longer than --seconds, a refusal
has no sentence, the worker used more than 200 MiB, or a program that the repository names was run.
"""

from __future__ import annotations

import argparse
import html
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import repository_states  # noqa: F401 - it registers more of them
from beside import Server
from odd_repositories import CASES, LATER, Case

MOST_MIB = 200


class Look(threading.Thread):
    """Measures memory, and requests pages that need no git."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server, self.is_over = server, threading.Event()
        self.worker, self.git, self.waited, self.answers, self.wrong = 0, 0, 0.0, 0, list[str]()

    def run(self) -> None:
        asked = 0
        while not self.is_over.wait(0.05):
            for one in self.server.workers():
                with suppress(OSError):
                    name = Path(f"/proc/{one}/comm").read_text().strip()
                    command = Path(f"/proc/{one}/cmdline").read_bytes()
                    mib = self.server.mib(one)[0]
                    if name == "git" or b"gunicorn" not in command:
                        self.git = max(self.git, mib)
                    else:
                        self.worker = max(self.worker, mib)
            asked += 1
            if asked % 10 == 0:
                status, took, _ = ask(
                    self.server.port, ("/", "/healthz", "/?q=question", "/queue/")[asked // 10 % 4], 120
                )
                self.waited, self.answers = max(self.waited, took), self.answers + 1
                if status not in (200, 302):
                    self.wrong.append(f"beside: {status}")


def ask(port: int, url: str, seconds: float) -> tuple[int, float, str]:
    """Return status, seconds and body. The status is 0 if there was no answer."""
    began = time.monotonic()
    try:
        line = HTTPConnection("127.0.0.1", port, timeout=seconds)
        line.request("GET", url, headers={"Accept": "text/html"})
        answer = line.getresponse()
        return answer.status, time.monotonic() - began, answer.read().decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        return 0, time.monotonic() - began, repr(error)


PAGES = (
    "/changes/",
    "/changes/main...head",
    "/changes/main..head",
    "/changes/head...main",
    "/changes/main...head?by=test",
    "/changes/main...head?view=queue",
    "/changes/main...",
    "/changes/main...head.json",
    "/report/main...head",
    "/plan/",
    "/plan/main...head",
    "/do/churn?range=main...head",
    "/r/recordings/000.json?at=head",
    "/r/recordings/000.json",
    "/history/recordings/000.json",
    "/history/recordings/000.json?at=head",
    "/growth/",
    "/b/0000000",
    "/hash/0000000",
    "/tests/tests/test_many.py::test_one[1]",
    "/smells/",
    "/readyz",
)


FEW = (
    "/changes/",
    "/changes/main...head",
    "/changes/main...",
    "/report/main...head",
    "/plan/",
    "/r/recordings/000.json",
)
FEW += ("/r/recordings/000.json?at=head", "/history/recordings/000.json", "/growth/", "/b/0000000", "/readyz")
"""The pages that are requested if each may take as long as git may run."""


def sentence(body: str) -> str:
    """Return the text of an error page."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>(.*?)</(?:main|body)>", body, re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", f"{found[1]}: {found[2]}" if found else body)
    return " ".join(html.unescape(text).split())


@contextmanager
def served(case: Case, port: int) -> Iterator[Server]:
    """Serve a repository, with a separate folder as the only place in which git is found."""
    (case.folder / "bin").mkdir(exist_ok=True)
    for name in ("git", "sleep", "yes", "tr"):
        (case.folder / "bin" / name).symlink_to(str(shutil.which(name)))
    before = os.environ["PATH"]
    os.environ["PATH"] = str(case.folder / "bin")
    try:
        with Server(case.root, case.folder / "data", port) as server:
            os.environ["PATH"] = before
            yield server
    finally:
        os.environ["PATH"] = before


def look(name: str, case: Case, told: argparse.Namespace) -> bool:
    """Serve a case, request its pages, and print the results. Returns whether everything is right."""
    began = time.monotonic()
    change = LATER.get(name)
    with served(case, told.port) as server:
        started = time.monotonic() - began
        if change is not None:
            change(case)
        looking = Look(server)
        looking.start()
        if told.at_once:
            crowd = [
                threading.Thread(target=ask, args=(told.port, f"/changes/main...head~0{'~0' * at}", 300))
                for at in range(told.at_once)
            ]
            for one in crowd:
                one.start()
            for one in crowd:
                one.join()
        dearest, wrong, said = (0.0, ""), list[str](), set[str]()
        for url in [*(FEW if change else PAGES), *case.more]:
            status, took, body = ask(told.port, url, told.seconds)
            words = sentence(body)[:160]
            if told.all:
                print(f"    {status} {took:6.2f} s {len(body):>9,} B {url[:70]}  {words if status >= 400 else ''}")
            dearest = max(dearest, (took, url))
            is_said = status < 400 or "<h1" in body or (status in (400, 404, 503) and bool(body.strip()))
            if status in (0, 500) or not is_said or "Traceback" in body or len(body) > 2_000_000:
                wrong.append(f"{url[:90]}: {status}, {took:.1f} s, {len(body):,} B, {words}")
            if status >= 400:
                said.add(f"{status} {words}")
        looking.is_over.set()
        looking.join()
    with suppress(FileNotFoundError):
        (case.root / "more").unlink()
    ran = len(list(case.ran.iterdir()))
    wrong += looking.wrong
    if looking.worker > MOST_MIB:
        wrong.append(f"the worker had {looking.worker} MiB")
    if ran:
        wrong.append(f"{ran} times a program of the repository ran")
    cells = f"{name} | {started:.1f} s | {dearest[0]:.2f} s | {dearest[1][:50]} | {looking.worker} | {looking.git}"
    print(f"| {cells} | {looking.waited:.2f} s of {looking.answers} | {len(wrong)} |", *wrong, sep="\n    ", flush=True)
    if told.all:
        print(*sorted(said), sep="\n        ", flush=True)
    return not wrong


def main() -> None:
    """Read the command line, and serve the cases."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument(
        "--only", default="", help="only cases whose names contain one of these words, separated by commas"
    )
    asked.add_argument("--port", type=int, default=8293)
    asked.add_argument("--seconds", type=float, default=150)
    asked.add_argument("--at-once", type=int, default=0, help="first request a range this many times at once")
    asked.add_argument("--all", action="store_true", help="print each page and its message")
    told = asked.parse_args()
    print("| case | started in | slowest page | | worker, MiB | git, MiB | others waited | wrong |", flush=True)
    print("|---|--:|--:|---|--:|--:|--:|--:|", flush=True)
    are_well = []
    for name in [*CASES, *LATER]:
        if told.only and not any(name == word for word in told.only.split(",")):
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            case = Case(Path(folder))
            if name in CASES:
                CASES[name](case)
            else:
                case.usual()
                case.changed()
            case.done()
            are_well.append(look(name, case, told))
    sys.exit(0 if all(are_well) else 1)


if __name__ == "__main__":
    main()
