"""Run an hour of load: measure the memory of the web workers over time, and find failures and lost verdicts.

    python bench/faults/hour.py [--minutes 60] [--people 10] [--count 30000] [--real DIR] [--every 5] [--port 8292]
        [--server postgres://…/postgres]

A tree in git, with small recordings and a third of those of DIR, is served on the loopback interface by two workers. Each
person requests something every second, all kinds of pages; one in six also decides. Meanwhile 300 files are rewritten every
three minutes, and every five minutes everything is approved or tagged at once, or the last such action is undone. Every five
minutes a line sums up the requests since the last line, and the memory of each process. The exit code is 1 if an answer was
an error, a verdict is not in the database at the end, or a process used more than 200 MiB.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))

from beside import Server, act_on_all, chat, fill
from load import DECIDING, Person, notes_in
from processes import database

MOST_MIB, REWRITTEN, PAUSE = 200, 300, 180
ACT_SECONDS = 300
WHO = {f"GIT_{one}_{what}": "a@b.example" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Visitor(Person):
    """A browser that opens every kind of page."""

    real: tuple[str, ...] = ()

    def pages(self, key: str, number: int) -> list[str]:
        """Return the next URL: of a recording, of a real one, or of a page about all."""
        here, other = quote(self.chance.choice([key, self.chance.choice(self.real or (key,))])), number // 7
        one = [f"/r/{here}", f"/r/{here}?view=raw", f"/r/{here}?view=chunks", f"/r/{here}?in=/%3F", f"/r/{here}.json"]
        many = ["/", "/?verdict=none", f"/?q=answer+{number}", f"/?page={self.chance.randrange(1, 500)}", "/tests/"]
        many += [f"/tests/tests/test_many.py::test_one[{other}]", "/queue/", "/smells/", "/models/", "/activity/"]
        return one + many + ["/changes/", "/changes/main~1...main", f"/difference/?old={quote(key)}&new={here}"]


class Watch(threading.Thread):
    """Measures the memory of the web workers every second."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server, self.is_over, self.lock = server, threading.Event(), threading.Lock()
        self.now: dict[int, int] = {}
        self.most: dict[int, int] = {}

    def run(self) -> None:
        while not self.is_over.wait(1):
            seen = {one: self.server.mib(one)[0] for one in self.server.workers()}
            with self.lock:
                self.now = {one: mib for one, mib in seen.items() if mib}
                self.most = {one: max(mib, self.most.get(one, 0)) for one, mib in self.now.items()} | {
                    one: mib for one, mib in self.most.items() if one not in self.now
                }

    def told(self) -> tuple[dict[int, int], int]:
        """Return the MiB of each process now, and the maximum of any process since the last call."""
        with self.lock:
            now, most, self.most = self.now, max(self.most.values(), default=0), {}
        return now, most


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, env=os.environ | WHO, check=True, stdout=subprocess.DEVNULL)


def make(root: Path, count: int, real: Path | None) -> tuple[str, ...]:
    """Write the tree, with two commits, and return the keys of the real recordings."""
    fill(root, count)
    if real is not None:
        for file in sorted(real.rglob("*.json"))[::3]:
            place = root / "recordings" / "real" / file.relative_to(real)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "recordings")
    for number in range(100):
        (root / f"recordings/000/{number:06}.json").write_text(again(number, 0))
    git(root, "commit", "-q", "-a", "-m", "other answers")
    return tuple(str(file.relative_to(root)) for file in sorted((root / "recordings" / "real").rglob("*.json")))


def again(number: int, turn: int) -> str:
    """Return a recording of the same test with another question."""
    return chat(number).replace(f"Question {number}", f"Question {number}, asked again {turn}")


def rewriting(root: Path, count: int, stop: threading.Event) -> None:
    """Rewrite some recordings from time to time."""
    chance, turn = random.Random(3), 0
    while not stop.wait(PAUSE):
        turn += 1
        for number in chance.sample(range(count), min(count, REWRITTEN)):
            place = root / "recordings" / f"{number // 1000:03}" / f"{number:06}.json"
            place.write_text(again(number, turn))


def acting(server: Server, stop: threading.Event, tell: Callable[[str], object]) -> None:
    """Decide on everything, tag everything and undo that, one after the other."""
    acts = [
        ("approve all", "/do/decide", (("verdict", "approve"),)),
        ("undo", "", ()),
        ("tag all", "/do/tag", (("name", "many"),)),
        ("approve all", "/do/decide", (("verdict", "approve"),)),
        ("undo", "", ()),
        ("untag all", "/do/untag", (("name", "many"),)),
    ]
    turn = 0
    while not stop.wait(ACT_SECONDS):
        name, url, fields = acts[turn % len(acts)]
        turn += 1
        server.get("/")
        if url:
            status, took = act_on_all(server, url, fields)
        else:
            events = json.loads(server.get("/activity/.json?action=decide")[2])["events"]
            large = [str(one["id"]) for one in events if one["count"] > 1000]
            if not large:
                continue
            status, took = server.post("/do/undo", [("event", large[0]), ("next", "/")])[:2]
        tell(f"{name}: status {status}, {took:.1f} s")


def main() -> None:
    """Read the command line, and run the load."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=60)
    asked.add_argument("--every", type=float, default=5)
    asked.add_argument("--people", type=int, default=10)
    asked.add_argument("--count", type=int, default=30_000)
    asked.add_argument("--real", type=Path)
    asked.add_argument("--port", type=int, default=8292)
    asked.add_argument("--server", default="", help="postgres://… URL of a server on which a database may be created")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(told.server, f"recviewer_hour_{os.getpid()}"):
        root, data = Path(folder) / "tree", Path(folder) / "data"
        Visitor.real = make(root, told.count, told.real)
        with Server(root, data, told.port, workers=2) as server:
            is_well = work(server, root, data, told)
    sys.exit(0 if is_well else 1)


def work(server: Server, root: Path, data: Path, told: argparse.Namespace) -> bool:
    """Simulate people at work, print a line every few minutes, and return whether everything went well."""
    began, stop = time.monotonic(), threading.Event()
    people = [
        Visitor(at, told.count, told.port, began + told.minutes * 60, decides=at % DECIDING == 0)
        for at in range(told.people)
    ]
    watch, acts = Watch(server), list[str]()
    beside = [
        threading.Thread(target=rewriting, args=(root, told.count, stop)),
        threading.Thread(target=acting, args=(server, stop, acts.append)),
    ]
    for one in (watch, *people, *beside):
        one.start()
    print("| minute | requests | p95 | errors | verdicts | each process now, MiB | most since, MiB | actions on all |")
    print("|--:|--:|--:|--:|--:|---|--:|---|", flush=True)
    done, shown, is_within = 0, [0] * len(people), True
    told_of = shown
    while any(one.is_alive() for one in people):
        until = max(min(began + (done + 1) * told.every * 60, began + told.minutes * 60 + 5), time.monotonic() + 5)
        while time.monotonic() < until and any(one.is_alive() for one in people):
            time.sleep(1)
        done += 1
        now, most = watch.told()
        is_within = is_within and most <= MOST_MIB
        took = sorted(cost for one, at in zip(people, shown, strict=True) for _, cost in one.took[at:])
        shown = [len(one.took) for one in people]
        for one, at in zip(people, told_of, strict=True):
            print(*[f"    {line}\n" for line in one.failed[at:]], sep="", end="")
        told_of = [len(one.failed) for one in people]
        held = ", ".join(f"{one}: {mib}" for one, mib in sorted(now.items()))
        failed, decided = sum(len(one.failed) for one in people), sum(len(one.decided) for one in people)
        p95 = took[len(took) * 95 // 100] if took else 0.0
        cells = f"{(time.monotonic() - began) / 60:.0f} | {len(took)} | {p95:.2f} s | {failed} | {decided} | {held}"
        print(f"| {cells} | {most} | {'; '.join(acts)} |", flush=True)
        acts.clear()
    stop.set()
    watch.is_over.set()
    for thread in beside:
        thread.join()
    wrong = [line for one in people for line in one.failed]
    decided_on = {word for one in people for word in one.decided}
    lost = decided_on - notes_in(data)
    print(f"{len(wrong)} failed, {len(lost)} of {len(decided_on)} verdicts lost", flush=True)
    return not wrong and not lost and is_within


if __name__ == "__main__":
    main()
