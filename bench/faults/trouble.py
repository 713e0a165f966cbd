"""Make recviewer's environment fail while people work, and check that nothing is lost and all pages are clear.

    python bench/faults/trouble.py [--postgres] [--seconds 20] [--readers 10] [--deciders 3] [--count 1000] [--only FAULT]

The environment is a tree in git with a pull request, two web workers, `recviewer work` and a simulated code host, all on
this machine. The faults happen one after the other, each in the middle third of its time: web workers and the worker are
killed (`killed`), the database is not available (`database`: the server is stopped immediately and started again, or another
process locks SQLite), the data folder is full (`disk`), the recordings are missing (`tree`), the clock is a day ahead and
then right again (`clock`), the code host is down (`host`).

The script counts answers that are neither right nor an error page of recviewer's with a sentence; verdicts that were
confirmed but are not in the database at the end; and the seconds from the end of the fault to the last answer that was not
right. It also checks that the code host receives later decisions. The exit code is 1 if anything is lost or unclear.

`disk` has to mount a small file system, and `clock` needs a C compiler; the script says if one is missing.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlencode

HERE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(HERE), str(Path(__file__).parent)]

from beside import Server, chat, fill

from tests.hosts.stand_in import PROJECT, TOKEN, StandIn, _handler

FAULTS = ("killed", "database", "disk", "tree", "clock", "host")
DATA_MIB = 96
REQUEST = 7
CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long ahead(void) {
    char text[32] = "0";
    FILE *file = fopen(getenv("CLOCK_AHEAD"), "r");
    if (file) { if (!fgets(text, sizeof text, file)) text[0] = '0'; fclose(file); }
    return atol(text);
}
int clock_gettime(clockid_t which, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(which, at);
    if (which == CLOCK_REALTIME) at->tv_sec += ahead();
    return done;
}
time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"""


@dataclass
class Heard:
    """The answers that people got. answers: (second, what, status, seconds, whether right, whether clear)."""

    answers: list[tuple[float, str, int, float, bool, bool]] = field(default_factory=list)
    decided: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


class Person(threading.Thread):
    """A browser that sends a request every half second, whatever the answers are."""

    def __init__(self, number: int, place: Place, until: float, *, decides: bool) -> None:
        super().__init__()
        self.chance, self.place, self.until, self.decides = random.Random(number), place, until, decides
        self.head, self.token, self.heard = {"Content-Type": "application/x-www-form-urlencoded"}, "", Heard()

    def run(self) -> None:
        time.sleep(self.chance.random() / 2)
        while time.monotonic() < self.until:
            number = self.chance.randrange(self.place.count)
            key = f"recordings/{number // 1000:03}/{number:06}.json"
            if self.decides:
                self._decide(key)
            else:
                pages = ["/", f"/?q=question+{number}", f"/r/{key}", f"/changes/main...refs/pull/{REQUEST}/head"]
                self._ask("page", self.chance.choice(pages))
            time.sleep(0.5)

    def _decide(self, key: str) -> None:
        page = self._ask("page", f"/r/{key}")[1]
        blob = re.search(r'name="seen" value="([0-9a-f]{40})"', page)
        if blob is None:
            return
        word = f"{self.place.now} {self.ident} {len(self.heard.decided)} {self.chance.random()}"
        fields = {"csrfmiddlewaretoken": self.token, "key": quote(key, safe=""), "seen": blob[1], "next": f"/r/{key}"}
        status, _ = self._ask("decide", "/do/decide", urlencode(fields | {"verdict": "reject", "note": word}))
        if status == 303:
            self.heard.decided.append(word)

    def _ask(self, what: str, url: str, sent: str | None = None) -> tuple[int, str]:
        began, status, body = time.monotonic(), 0, ""
        try:
            line = HTTPConnection("127.0.0.1", self.place.port, timeout=30)
            line.request("POST" if sent else "GET", url, sent, self.head)
            answer = line.getresponse()
            status, body = answer.status, answer.read().decode("utf-8", "replace")
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                if cookie.startswith("csrftoken="):
                    self.head["Cookie"] = cookie.partition(";")[0]
        except (OSError, HTTPException):
            status = 0
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        self.token = found[1] if found else self.token
        is_right = status in (200, 302, 303, 409)
        is_clear = is_right or status == 0 or ("<h1" in body and "Traceback" not in body)
        self.heard.answers.append((began, what, status, time.monotonic() - began, is_right, is_clear))
        if not is_clear:
            self.heard.unclear.append(f"{url}: {status} {body[:80]!r}")
        return status, body


class Place:
    """The tree, the data folder, the database, the code host, and the processes that use them."""

    def __init__(self, folder: Path, told: argparse.Namespace) -> None:
        self.folder, self.count, self.port, self.now = folder, told.count, told.port, ""
        self.tree, self.data, self.is_postgres = folder / "tree", folder / "data", told.postgres
        self.host = StandIn("github")
        self.ahead = folder / "ahead"
        self.ahead.write_text("0")
        self.env = self._environment()
        self.server: Server | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.end = threading.Event()
        self.kills = 0

    def _environment(self) -> dict[str, str]:
        told = {
            "RECVIEWER_REPO": str(self.tree),
            "RECVIEWER_FETCH_FROM": str(self.folder / "origin.git"),
            "RECVIEWER_PUBLIC_URL": "https://recordings.example.com",
            "RECVIEWER_HOST": "github",
            "RECVIEWER_HOST_API": self.host.api,
            "RECVIEWER_HOST_PROJECT": PROJECT,
            "RECVIEWER_HOST_TOKEN": TOKEN,
            "RECVIEWER_HOST_SECONDS": "10",
            "RECVIEWER_RECORDINGS": str(self.tree),
            "RECVIEWER_DATA": str(self.data),
            "CLOCK_AHEAD": str(self.ahead),
        }
        if self.is_postgres:
            told["DATABASE_URL"] = f"postgres://postgres@{quote(str(self.folder), safe='')}/trouble"
        return told

    def git(self, *words: str, at: Path | None = None) -> str:
        who = {f"GIT_{one}_{what}": "a@b.example" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        done = subprocess.run(
            ["git", *words], cwd=at or self.tree, env=os.environ | who, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def make(self) -> None:
        """Write the tree, and a pull request that changes twenty recordings of it."""
        fill(self.tree, self.count)
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "recordings")
        self.git("clone", "-q", "--bare", str(self.tree), str(self.folder / "origin.git"), at=self.folder)
        self.git("checkout", "-q", "-b", "topic")
        for number in range(20):
            (self.tree / f"recordings/000/{number:06}.json").write_text(chat(number + 1_000_000))
        self.git("commit", "-q", "-a", "-m", "other answers")
        self.git("push", "-q", str(self.folder / "origin.git"), f"HEAD:refs/pull/{REQUEST}/head")
        self.host.put(REQUEST, self.git("rev-parse", "HEAD"))
        self.git("checkout", "-q", "main")

    def work(self) -> None:
        """Keep `recviewer work` running, as a supervisor would."""
        while not self.end.is_set():
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "recviewer", "work"],
                env=os.environ,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self.worker.wait()
            self.end.wait(1)

    def notes(self) -> set[str]:
        """Return the reasons of all verdicts in the database."""
        question = "select note from review_decision"
        if not self.is_postgres:
            with sqlite3.connect(self.data / "recviewer.sqlite3", timeout=30) as base:
                return {note for (note,) in base.execute(question)}
        import psycopg

        with psycopg.connect(host=str(self.folder), user="postgres", dbname="trouble") as line:
            return {note for (note,) in line.execute(question)}


@contextmanager
def killed(place: Place) -> Iterator[None]:
    """Kill a web worker and the worker every second."""
    stop, chance = threading.Event(), random.Random(1)

    def kill() -> None:
        while not stop.wait(1):
            assert place.server is not None
            for one in [chance.choice(place.server.workers()), *([place.worker.pid] if place.worker else [])]:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
                    place.kills += 1

    thread = threading.Thread(target=kill)
    thread.start()
    yield
    stop.set()
    thread.join()


@contextmanager
def database(place: Place) -> Iterator[None]:
    """Stop the database server for a third of the fault's time; SQLite is locked by another process instead."""
    if place.is_postgres:
        control(place, "-m", "immediate", "stop")
        yield
        control(place, "-w", "-l", str(place.folder / "log"), "-o", options(place), "start")
        return
    base = sqlite3.connect(place.data / "recviewer.sqlite3", timeout=30, isolation_level=None)
    base.execute("begin exclusive")
    yield
    base.execute("rollback")
    base.close()


@contextmanager
def disk(place: Place) -> Iterator[None]:
    """Fill the data folder to the last byte."""
    if not place.is_postgres:
        with sqlite3.connect(place.data / "recviewer.sqlite3", timeout=30) as base:
            base.execute("pragma wal_checkpoint(truncate)")  # so that the next verdict needs space
    ballast = place.data / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"x" * 65_536):
            pass
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        while file.write(b"x"):
            pass
    yield
    ballast.unlink()


@contextmanager
def tree(place: Place) -> Iterator[None]:
    """Move the recordings away, as if a mount were missing, and move them back."""
    place.tree.rename(place.folder / "away")
    yield
    (place.folder / "away").rename(place.tree)


@contextmanager
def clock(place: Place) -> Iterator[None]:
    """Set the clock of all processes a day ahead, and back."""
    place.ahead.write_text("86400")
    yield
    place.ahead.write_text("0")


@contextmanager
def host(place: Place) -> Iterator[None]:
    """Shut the code host down, and start it again on the same port."""
    port = place.host._server.server_port
    place.host.close()
    yield
    place.host._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(place.host))
    place.host._server.daemon_threads = True
    threading.Thread(target=place.host._server.serve_forever, args=(0.02,), daemon=True).start()


def options(place: Place) -> str:
    return f"-c listen_addresses= -c unix_socket_directories={place.folder}"


def control(place: Place, *words: str) -> None:
    """Call pg_ctl as the user that the server has to run as."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*who, str(programs[-1]), "-D", str(place.folder / "pg"), *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


@contextmanager
def postgres(place: Place) -> Iterator[None]:
    """Run a database server in the folder, with all its settings for durability."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    (place.folder / "pg").mkdir()
    place.folder.chmod(0o777)
    who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if who:
        shutil.chown(place.folder / "pg", "postgres")
    made = [
        *who,
        str(programs[-1]),
        "-D",
        str(place.folder / "pg"),
        "-U",
        "postgres",
        "--auth=trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd="/")
    control(place, "-w", "-l", str(place.folder / "log"), "-o", options(place), "start")
    created = ["createdb", "-h", str(place.folder), "-U", "postgres", "trouble"]
    subprocess.run([str(programs[-1].with_name(created[0])), *created[1:]], check=True)
    try:
        yield
    finally:
        control(place, "-m", "immediate", "stop")


def measure(name: str, place: Place, told: argparse.Namespace) -> bool:
    """Simulate people at work with a fault in the middle, and print the results. Returns whether all is well."""
    place.now = name
    began = time.monotonic()
    people = [
        Person(at, place, began + told.seconds, decides=at < told.deciders)
        for at in range(told.deciders + told.readers)
    ]
    for one in people:
        one.start()
    time.sleep(told.seconds / 3)
    with globals()[name](place):
        time.sleep(told.seconds / 3)
    over = time.monotonic()
    for one in people:
        one.join()
    answers = [one for person in people for one in person.heard.answers]
    decided = {word for person in people for word in person.heard.decided}
    unclear = [line for person in people for line in person.heard.unclear]
    lost = decided - place.notes()
    back = max(
        [at + cost - over for at, _, _, cost, is_right, _ in answers if not is_right and at >= over], default=0.0
    )
    refused = sum(not one[4] and one[2] != 0 for one in answers)
    cut = sum(one[2] == 0 for one in answers)
    is_told = knows(place)
    took = sorted(one[3] for one in answers if one[4])
    p95 = took[len(took) * 95 // 100] if took else 0.0
    verdicts, told_host = f"{len(lost)} of {len(decided):,}", "yes" if is_told else "NO"
    slowest = max((one[3] for one in answers), default=0.0)
    cells = (
        f"{name}, {place.kills} kills" if name == "killed" else name,
        f"{len(answers):,}",
        f"{refused:,}",
        f"{cut:,}",
        len(unclear),
        verdicts,
        f"{back:.1f} s",
        f"{p95:.2f} s",
        f"{slowest:.1f} s",
    )
    print(f"| {' | '.join(map(str, cells))} | {told_host} |", *unclear[:3], sep="\n    ", flush=True)
    return not lost and not unclear and is_told


def knows(place: Place) -> bool:
    """Tell whether the code host receives a new verdict on the pull request within a minute and a half."""
    assert place.server is not None
    before = len(place.host.statuses) + sum(method != "GET" for method, _ in place.host.calls)
    shown = place.server.get(f"/changes/main...refs/pull/{REQUEST}/head?change=recordings/000/000000.json")[2]
    fields = [
        (name, re.sub("&quot;", '"', value))
        for name, value in re.findall(r'name="(range|item)" value="([^"]*)"', shown)
    ][:2]
    verdict = "approve" if place.now in FAULTS[::2] else "reject"
    place.server.post("/do/change", [*fields, ("verdict", verdict), ("note", f"said after {place.now}"), ("next", "/")])
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if len(place.host.statuses) + sum(method != "GET" for method, _ in place.host.calls) > before:
            return True
        time.sleep(0.5)
    return False


def main() -> None:
    """Read the command line, set everything up, and run the faults."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--postgres", action="store_true")
    asked.add_argument("--count", type=int, default=1_000)
    asked.add_argument("--seconds", type=int, default=20)
    asked.add_argument("--readers", type=int, default=10)
    asked.add_argument("--deciders", type=int, default=3)
    asked.add_argument("--port", type=int, default=8291)
    asked.add_argument("--only", choices=FAULTS)
    told = asked.parse_args()
    if "TROUBLE_APART" not in os.environ and shutil.which("unshare") and os.geteuid() == 0:
        os.environ["TROUBLE_APART"] = "1"  # our mounts are not visible to others, and end with this process
        os.execvp("unshare", ["unshare", "-m", sys.executable, __file__, *sys.argv[1:]])
    with tempfile.TemporaryDirectory(prefix="recviewer-trouble-") as folder, ExitStack() as stack:
        place = Place(Path(folder), told)
        faults = [one for one in FAULTS if told.only in (None, one)]
        place.data.mkdir()
        if "TROUBLE_APART" in os.environ:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DATA_MIB}m", "tmpfs", place.data], check=True)
            stack.callback(subprocess.run, ["umount", "-l", place.data], check=False)
        else:
            faults = [one for one in faults if one != "disk"]
            print("no file system can be mounted here: the full disk is skipped")
        if shutil.which("cc"):
            (place.folder / "clock.c").write_text(CLOCK)
            made = ["cc", "-O1", "-shared", "-fPIC", "-o", place.folder / "clock.so", place.folder / "clock.c", "-ldl"]
            subprocess.run(made, check=True)
            place.env["LD_PRELOAD"] = str(place.folder / "clock.so")
        else:
            faults = [one for one in faults if one != "clock"]
            print("there is no C compiler here: the clock is skipped")
        place.make()
        if told.postgres:
            stack.enter_context(postgres(place))
        os.environ.update({name: value for name, value in place.env.items() if name != "LD_PRELOAD"})
        os.environ["LD_PRELOAD"] = place.env.get("LD_PRELOAD", "")
        place.server = stack.enter_context(Server(place.tree, place.data, told.port, workers=2))
        worker = threading.Thread(target=place.work)
        worker.start()
        try:
            while not place.host.statuses:
                time.sleep(0.2)
            heads = "answers", "said no", "cut off", "unclear", "verdicts lost", "well again after", "p95", "slowest"
            print(f"| fault | {' | '.join(heads)} | host knows |\n|---|{'--:|' * len(heads)}---|", flush=True)
            are_well = [measure(one, place, told) for one in faults]
        finally:
            place.end.set()
            if place.worker:
                place.worker.terminate()
            worker.join()
    if place.host.wrong:
        print("the code host got requests that are not documented:", place.host.wrong[:3])
    sys.exit(0 if all(are_well) and not place.host.wrong else 1)


if __name__ == "__main__":
    main()
