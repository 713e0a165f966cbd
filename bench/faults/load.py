"""Simulate fifty readers and ten people who decide: measure pages, failures and the memory of the web workers.

    python bench/faults/load.py [--count 30000] [--seconds 60] [--port 8290] [--only quiet|rewritten|bulk] [--people 60]
        [--workers 2] [--server postgres://…/postgres]

Small recordings are written, and served on the loopback interface by two workers. Each person sends one request a second;
one in six also decides. With `--server`, everything is in a database that is created there and dropped afterwards. There are
three measurements: without other load; while 3,000 files are rewritten and indexed again; and after everything was approved
at once. In addition to waiting times, the processor time of the workers for each request is printed, which other programs on
the machine affect less. A verdict counts as lost if the database does not contain it at the end. The goals are: pages within
1 s at the 95th percentile, searches within 1.5 s, no error, nothing lost. The exit code is 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sqlite3
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from beside import Peak, Server, act_on_all, chat, fill
from processes import database

PEOPLE, DECIDING, REWRITTEN = 60, 6, 3_000
GOALS = {"page": 1.0, "search": 1.5, "decide": 1.0}


class Person(threading.Thread):
    """A browser: a connection, a cookie, one request a second."""

    def __init__(self, number: int, count: int, port: int, until: float, *, decides: bool) -> None:
        super().__init__()
        self.chance, self.count, self.until, self.decides = random.Random(number), count, until, decides
        self.port, self.head, self.token = port, {"Content-Type": "application/x-www-form-urlencoded"}, ""
        self.took: list[tuple[str, float]] = []
        self.status = 0
        self.failed: list[str] = []
        self.decided: list[str] = []

    def run(self) -> None:
        time.sleep(self.chance.random())
        while time.monotonic() < self.until:
            began = time.monotonic()
            key = f"recordings/{(number := self.chance.randrange(self.count)) // 1000:03}/{number:06}.json"
            if self.decides:
                self._decide(key)
            else:
                page = self.chance.choice(self.pages(key, number))
                self._ask("search" if "q=" in page else "page", page)
            time.sleep(max(0.0, 1 - (time.monotonic() - began)))

    def pages(self, key: str, number: int) -> list[str]:
        """Return the URL that a reader may request next. key: a recording, number: its number."""
        return ["/", f"/?page={self.chance.randrange(1, 50)}", f"/?q=question+{number}", *[f"/r/{key}"] * 4]

    def _decide(self, key: str) -> None:
        page = self._ask("page", f"/r/{key}")
        blob = re.search(r'name="seen" value="([0-9a-f]{40})"', page)
        if blob is None:
            return
        word = f"{self.ident} {len(self.decided)}"
        fields = {"csrfmiddlewaretoken": self.token, "key": quote(key, safe=""), "seen": blob[1], "next": f"/r/{key}"}
        self._ask("decide", "/do/decide", urlencode(fields | {"verdict": "reject", "note": word}))
        if self.status == 303:
            self.decided.append(word)

    def _ask(self, what: str, url: str, sent: str | None = None) -> str:
        began = time.monotonic()
        try:
            line = HTTPConnection("127.0.0.1", self.port, timeout=60)
            line.request("POST" if sent else "GET", url, sent, self.head)
            answer = line.getresponse()
            body = answer.read().decode("utf-8", "replace")
        except OSError as error:
            self.failed.append(f"{url}: {error!r}")
            return ""
        self.took.append((what, time.monotonic() - began))
        self.status = answer.status
        if answer.status >= 400 and answer.status != 409:  # a file that was rewritten meanwhile
            title = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
            self.failed.append(f"{url}: {answer.status} {title[1] if title else ''}")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("csrftoken="):
                self.head["Cookie"] = cookie.partition(";")[0]
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        self.token = found[1] if found else self.token
        return body


def notes_in(data: Path) -> set[str]:
    """Return the notes of all verdicts in the database."""
    asked = "select note from review_decision"
    if place := os.environ.get("DATABASE_URL"):
        import psycopg

        with psycopg.connect(place) as base:
            return {note for (note,) in base.execute(asked)}
    with sqlite3.connect(data / "recviewer.sqlite3") as base:
        return {note for (note,) in base.execute(asked)}


def measure(name: str, server: Server, data: Path, count: int, seconds: int, many: int) -> bool:
    """Simulate people at work for some time, print the costs, and return whether all goals were met."""
    until, spent = time.monotonic() + seconds, {one: server.seconds(one) for one in server.workers()}
    people = [Person(at, count, server.port, until, decides=at % DECIDING == 0) for at in range(many)]
    with Peak(server, 0.5) as peak:
        for one in people:
            one.start()
        for one in people:
            one.join()
    busy = sum(server.seconds(one) - spent.get(one, 0.0) for one in server.workers())
    failed = [line for one in people for line in one.failed]
    decided = {word for one in people for word in one.decided}
    kept = notes_in(data)
    asked = sum(len(one.took) for one in people)
    is_met, figures = not failed and decided <= kept, []
    for what, goal in GOALS.items():
        took = sorted(cost for one in people for kind, cost in one.took if kind == what)
        if not took:
            continue
        p50, p95, p99 = (took[min(len(took) - 1, len(took) * part // 100)] for part in (50, 95, 99))
        is_met = is_met and p95 <= goal
        figures.append(f"{what} {len(took)}: {p50:.2f}/{p95:.2f}/{p99:.2f} s")
    print(
        f"{name + ':':10} {', '.join(figures)}; {len(failed)} failed, {len(decided - kept)} of {len(decided)} verdicts lost,"
    )
    print(
        f"{'':10} {busy / max(1, asked) * 1000:.1f} ms of processor time each, looking at the disk included; "
        f"a worker held {peak.mib} MiB at most" + "".join(f"\n{'':10} {one}" for one in failed[:5]),
        flush=True,
    )
    return is_met


def rewrite(root: Path, stop: threading.Event) -> None:
    """Rewrite some recordings, a few at a time."""
    for number in range(REWRITTEN):
        place = root / "recordings" / f"{number // 1000:03}" / f"{number:06}.json"
        if place.exists():
            place.write_text(chat(number + 1_000_000))
        if stop.wait(0.005):
            return


def main() -> None:
    """Start a server, and measure."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--count", type=int, default=30_000)
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--port", type=int, default=8290)
    asked.add_argument("--only", choices=["quiet", "rewritten", "bulk"])
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--server", default="", help="postgres://… URL of a server on which a database may be created")
    told = asked.parse_args()
    are_met = []
    with tempfile.TemporaryDirectory() as folder, database(told.server, f"recviewer_load_{os.getpid()}"):
        root, data = Path(folder) / "tree", Path(folder) / "data"
        fill(root, told.count)
        with Server(root, data, told.port, workers=told.workers) as server:
            for name in [told.only] if told.only else ["quiet", "rewritten", "bulk"]:
                stop = threading.Event()
                beside = threading.Thread(target=rewrite, args=(root, stop))
                if name == "rewritten":
                    beside.start()
                elif name == "bulk":
                    server.get("/")
                    print("bulk action: status {}, {:.1f} s".format(*act_on_all(server)), flush=True)
                are_met.append(measure(name, server, data, told.count, told.seconds, told.people))
                stop.set()
                if name == "rewritten":
                    beside.join()
    sys.exit(0 if all(are_met) else 1)


if __name__ == "__main__":
    main()
