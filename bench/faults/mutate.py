"""Read recordings that were damaged at random in every way recviewer reads them, and report everything that goes wrong.

    python bench/faults/mutate.py [DIR] [--count 10000] [--seed 1] [--seconds 5] [--processes 2] [--slice N]
    python bench/faults/mutate.py [DIR] [--seed 1] --write NUMBER FILE     # write the bytes of one

DIR holds recordings; without it, the demo and the cases of the tests. A number and a seed determine a damaged file: the
original recording and the damage (`mutations.py`). Each is read in both modes, summarised, exported, printed and
compared with the original. Then groups of 250 become the work tree of a repository and are indexed. For each recording, its
page and one or two others are requested, with some of their parts; for each group, the lists, tests and the range.

Reported are: exceptions, a status from 500 on, a page over 1 MB, a step that takes more processor time than `--seconds`,
a reader or format that fails, modes that disagree, and a recording that counts as identical although its document changed in
a place that is not harmless. The exit code is 1 if anything was reported.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent))
from mutations import changed_ways, mutant, sources

SLICE = 250
"""Damaged recordings of one tree."""

PAGE_BYTES = 1_000_000
HANG_SECONDS = 900
"""Seconds after which a slice is stopped."""

_PART = re.compile(r'(?:hx-get|href)="(\?[^"#]*(?:open|lines|from|line|row|gap)=[^"#]*)')


class Slow(Exception):
    """A step took too long."""


@contextlib.contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise Slow if the body of the with statement takes more processor time than this."""

    def late(*_: object) -> None:
        raise Slow

    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def read_in_every_way(data: bytes, was: bytes) -> Iterator[str]:
    """Read a damaged recording as commands do, without a page, and yield what is wrong. was: the original."""
    from recviewer.catalog.summary import summarize
    from recviewer.commands.exported import contract_of, found_in, line_of
    from recviewer.commands.terminal import conversation
    from recviewer.difference.compare import compare
    from recviewer.difference.model import Churn
    from recviewer.exchange import text
    from recviewer.exchange.fingerprint import fingerprint
    from recviewer.exchange.model import Kind
    from recviewer.formats.reading import read

    reading, exact, before = read(data), read(data, exact=True), read(was).exchange
    exchange = reading.exchange
    if fingerprint(exchange) != fingerprint(exact.exchange):
        yield "both modes read it, with two meanings"
    yield from (f"{one.where}: {one.what}" for one in exchange.problems if "reader failed" in one.what or not one.what)
    if len(list(reading.chunks())) != exchange.chunks:
        yield "its chunks are miscounted"
    for found in found_in(data, "a/recordings/b.json"):
        json.loads(line_of(contract_of(found)), parse_constant=lambda name: 1 / 0, parse_int=str)
    conversation(exchange, "b.json").encode()
    text.line_of(exchange)
    for part in summarize(data, "a/recordings/b.json").parts:
        for value in part:
            is_plain = value is None or type(value) in (str, int, bool)
            is_small = type(value) is not int or -(2**63) <= value < 2**63
            if not is_plain or not is_small or (type(value) is str and "\0" in value.encode().decode()):
                yield f"a row cannot hold {str(value)[:80]!r}"
    both = () if before.kind is exchange.kind is Kind.UNREADABLE else ((before, exchange), (exchange, before))
    for one, other in both:  # of two unreadable files a range compares the bytes
        churn = compare(one, other).churn
        if churn in (Churn.IDENTICAL, Churn.CHUNKING):
            yield from (f"called {churn.value}, but {way} changed" for way in changed_ways(was, data)[:1])


def addresses(path: str, chance: random.Random) -> list[str]:
    """Return the URLs for one recording: its page, and one or two others."""
    place = f"/r/{quote(path)}"
    others = [f"{place}?view=raw", f"{place}?view=chunks", f"{place}?seams=1", f"{place}.json", f"{place}?in=%2F%3F"]
    others += [
        f"/difference/{quote(path)}",
        f"/difference/{quote(path)}?mode=side",
        f"/difference/{quote(path)}?view=raw",
    ]
    others += [f"/changes/HEAD...?change={quote(path)}", f"/history/{quote(path)}", f"/?path={quote(path)}"]
    return [place, *chance.sample(others, 2)]


def about_all(tests: list[str]) -> Iterator[str]:
    """Yield the URLs for a whole tree. tests: some test ids."""
    from recviewer.pages.text.test_addresses import url_of_test

    yield from (
        "/",
        "/?page=2",
        "/?sort=size",
        "/?q=a",
        "/queue/",
        "/bulk/",
        "/tests/",
        "/recordings.json",
        "/tests.json",
    )
    yield from ("/changes/HEAD...", "/changes/HEAD...?by=test", "/report/HEAD...", "/report/HEAD...?as=md")
    yield from ("/report/HEAD...?as=json", "/plan/HEAD...", "/plan/", "/activity/")
    yield from map(url_of_test, tests)


def ask(address: str, seconds: float, *, parts: int = 0) -> Iterator[str]:
    """Request a page and some of its parts, and yield what is wrong."""
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1", raise_request_exception=True)
    with bounded(seconds):
        response = client.get(address, follow=True)
        markup = b"".join(response.streaming_content) if response.streaming else response.content
    if response.status_code >= 500:
        yield f"{address}: status {response.status_code}"
    is_page = "text/html" in response.headers.get("Content-Type", "")
    if is_page and len(markup) > PAGE_BYTES and "/report/" not in address:
        yield f"{address}: {len(markup):,} bytes"
    if is_page:
        found = list(dict.fromkeys(_PART.findall(markup.decode("utf-8", "replace"))))
        for one in found[:parts]:
            there = address.partition("?")[0] + one.replace("&amp;", "&")
            with bounded(seconds):
                part = client.get(there, headers={"HX-Request": "true"})
                size = len(b"".join(part.streaming_content) if part.streaming else part.content)
            if part.status_code >= 500 or size > PAGE_BYTES:
                yield f"{there}: status {part.status_code}, {size:,} bytes"


def told(what: str, act: Callable[[], Iterator[str]], seconds: float) -> list[str]:
    """Return what an action yields, including that it raises an exception or takes too long."""
    try:
        return [f"{what}: {one}" for one in act()]
    except Slow:
        return [f"{what}: over {seconds} s"]
    except Exception as error:  # any exception is a result
        return [f"{what}: {type(error).__name__}: {str(error)[:200]}"]


def start(folder: Path) -> None:
    """Set up Django with a separate data folder."""
    os.environ |= {"RECVIEWER_RECORDINGS": str(folder / "tree"), "RECVIEWER_DATA": str(folder / "data")}
    os.environ["DJANGO_SETTINGS_MODULE"] = "recviewer.settings"
    import django

    django.setup()
    from django.conf import settings

    from recviewer.commands.start import prepare

    settings.REFRESH_IN_BACKGROUND = False
    logging.disable(logging.ERROR)
    prepare(static=True)


def run(folder: Path, numbers: range, asked: argparse.Namespace) -> int:
    """Test some damaged recordings, and return the exit code."""
    found: list[str] = []
    names = {number: f"tests/recordings/{number:06}.json" for number in numbers}
    files = sources(asked.tree)
    (folder / "tree" / "tests" / "recordings").mkdir(parents=True)
    made = {number: mutant(files, asked.seed, number) for number in numbers}
    for number, one in made.items():
        (folder / "tree" / names[number]).write_bytes(one.was)
    git = ("git", "-C", str(folder / "tree"), "-c", "user.name=a", "-c", "user.email=a@example.invalid")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "before")):
        subprocess.run([*git, *words], check=True)
    start(folder)
    longest, slowest = 0.0, ""
    for number, one in made.items():
        (folder / "at").write_text(f"{number}: reading")
        (folder / "tree" / names[number]).write_bytes(one.data)
        began = time.process_time()
        with bounded(asked.seconds):
            found += told(f"{number} ({one.what})", lambda one=one: read_in_every_way(one.data, one.was), asked.seconds)
        if (took := time.process_time() - began) > longest:
            longest, slowest = took, f"{number} ({one.what})"
    (folder / "at").write_text("indexing")
    from recviewer.catalog import indexer
    from recviewer.catalog.models import Recording

    indexer.refresh(processes=1)
    for path, problems in Recording.objects.values_list("path", "problems"):
        found += [f"{path}: {what}" for _, what in problems if "recviewer failed" in what]
    for number, one in made.items():
        chance = random.Random(f"{asked.seed} {number} pages")
        for address in addresses(names[number], chance):
            (folder / "at").write_text(f"{number}: {address}")
            act = lambda address=address: ask(address, asked.seconds, parts=1)  # noqa: E731
            found += told(f"{number} ({one.what}) {address}", act, asked.seconds)
    tests = (
        Recording.objects.exclude(test_id=None).values_list("test_id", flat=True).order_by("test_id").distinct()[:20]
    )
    for address in about_all(list(tests)):
        (folder / "at").write_text(address)
        act = lambda address=address: ask(address, 60)  # noqa: E731
        found += told(address, act, 60)
    print(
        f"{len(made)} from {numbers.start}: {len(found)} told; reading took {longest:.2f} s at most, {slowest}",
        flush=True,
    )
    print("\n".join(found), end="\n" * bool(found), flush=True)
    return 1 if found else 0


def watched(at: int, asked: argparse.Namespace) -> bool:
    """Test one slice in a separate process, and return whether nothing was found."""
    with tempfile.TemporaryDirectory(prefix="recviewer-mutate-") as folder:
        words = [sys.executable, __file__, *sys.argv[1:], "--slice", str(at), "--folder", folder]
        try:
            done = subprocess.run(words, check=False, timeout=HANG_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"slice {at} hung at {(Path(folder) / 'at').read_text()}", flush=True)
            return False
        if done.returncode not in (0, 1):
            print(f"slice {at} ended with {done.returncode} at {(Path(folder) / 'at').read_text()}", flush=True)
        return done.returncode == 0


def main() -> None:
    """Read the command line, run, and print the reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5.0, help="processor time allowed for one page or one reading")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--slice", type=int, default=0, help="test only one slice, counted from 1")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=2, metavar=("NUMBER", "FILE"))
    asked = parser.parse_args()
    if asked.write:
        one = mutant(sources(asked.tree), asked.seed, int(asked.write[0]))
        Path(asked.write[1]).write_bytes(one.data)
        print(one.what)
        return
    if asked.folder:
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        first = (asked.slice - 1) * SLICE
        sys.exit(run(asked.folder, range(first, min(first + SLICE, asked.count)), asked))
    slices = [asked.slice] if asked.slice else list(range(1, -(-asked.count // SLICE) + 1))
    with ThreadPoolExecutor(asked.processes) as pool:
        are_well = list(pool.map(lambda at: watched(at, asked), slices))
    print(
        f"{asked.count} damaged recordings in {len(slices)} slices, in {are_well.count(False)} of them something was told"
    )
    sys.exit(0 if all(are_well) else 1)


if __name__ == "__main__":
    main()
