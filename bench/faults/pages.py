"""Request every page of recordings with too much of one thing, and report pages that exceed a limit.

    python bench/faults/pages.py DIR [--only WORD] [--pages WORD] [--seconds 10] [--bytes 1000000] [--all]

DIR: a folder written by `huge.py`. --pages: only pages whose name in the table begins with this, such as `pair`. The
catalog is in a temporary folder. The pages of each recording are requested in a separate process with a time limit, so that
one that hangs is a line of the table. Processor time is that of this process, as in a web worker; wall time includes the
processes that it starts. Parts of a page that are fetched when they are opened are requested too, and their parts in turn.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

PARTS, DEPTH = 8, 2
"""How many parts of a page are requested, and to what depth."""

HOME = "recordings"
"""The folder of the files in the tree: that of a recorder, so that unreadable files are listed too."""


def start(root: Path, data: Path) -> None:
    """Set up Django with a separate data folder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recviewer.settings")
    os.environ["RECVIEWER_RECORDINGS"], os.environ["RECVIEWER_DATA"] = str(root), str(data)
    import django

    django.setup()
    from django.conf import settings

    from recviewer.commands.start import prepare

    settings.REFRESH_IN_BACKGROUND = False
    prepare(static=True)


def addresses(name: str) -> Iterator[tuple[str, str]]:
    """Yield the pages of a recording: a word for the table, and the URL."""
    key = f"{HOME}/{name}.json"
    page = f"/r/{quote(key)}"
    two = {"old": key, "new": f"{HOME}/{name}.other.json"}
    yield "page", page
    yield "raw", f"{page}?view=raw"
    yield "chunks", f"{page}?view=chunks"
    yield "last chunks", f"{page}?view=chunks&from=90000"
    yield "seams", f"{page}?seams=1"
    yield "pair", f"/difference/?{urlencode(two)}"
    yield "pair, side", f"/difference/?{urlencode(two | {'mode': 'side'})}"
    yield "pair, whole", f"/difference/?{urlencode(two | {'all': '1'})}"
    yield "pair, raw", f"/difference/?{urlencode(two | {'view': 'raw'})}"
    yield "queue", f"{page}?{urlencode({'in': '/queue/'})}"
    yield "row", f"/?{urlencode({'path': key})}"
    yield "json", f"{page}.json"
    yield "download", f"{page}?download"


_PART = re.compile(r'(?:hx-get|href)="(\?[^"#]*(?:open|lines|from|line|row|gap)=[^"#]*)')


def ask(url: str, *, part: bool = False) -> tuple[dict[str, Any], str]:
    """Request a URL, and return its costs and its markup."""
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)
    began, clock = time.process_time(), time.monotonic()
    response = client.get(url, headers={"HX-Request": "true"} if part else {}, follow=True)
    markup = b"".join(response.streaming_content) if response.streaming else response.content
    cost = {"status": response.status_code, "bytes": len(markup), "seconds": time.process_time() - began}
    cost |= {"wall": time.monotonic() - clock}
    return cost | {"mib": own_mib()}, markup.decode("utf-8", "replace")


def own_mib() -> int:
    """Return the peak memory of this process, in MiB, without mapped files, which belong to the system."""
    mapped = re.search(r"RssFile:\s+(\d+)", Path("/proc/self/status").read_text())
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - int(mapped[1] if mapped else 0)) // 1024


def look(name: str, pages: str, tell: Any) -> None:
    """Request all pages of a recording, in this process. pages: only those whose names begin with this."""
    if "index".startswith(pages):
        tell({"what": "index", "url": "", "begun": True})
        tell({"what": "index", "url": ""} | read_apart(name))
    for what, url in addresses(name):
        if not what.startswith(pages):
            continue
        tell({"what": what, "url": url, "begun": True})
        cost, markup = ask(url)
        tell({"what": what, "url": url} | cost)
        opened: list[str] = []
        follow(url, markup, tell, what, set(), 0, opened)
        if opened:
            joined = url + ("&" if "?" in url else "?") + "&".join(f"open={quote(one)}" for one in opened)
            tell({"what": f"{what}: all parts open", "url": joined} | ask(joined)[0])


def read_apart(name: str) -> dict[str, Any]:
    """Run `read` in a separate process, as the index does with large files."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, json.dumps(read(name)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    os.waitpid(child, 0)
    found: dict[str, Any] = json.loads(text) if text else {"status": "stopped", "bytes": 0, "seconds": 0.0}
    return found | {"mib": 0, "wall": 0.0}


def read(name: str) -> dict[str, Any]:
    """Read a recording as the index does, and return the costs."""
    from django.conf import settings

    from recviewer.catalog.summary import summarize

    data = (settings.RECORDINGS_ROOT / HOME / f"{name}.json").read_bytes()
    began = time.process_time()
    summarize(data, name)
    return {"status": 200, "bytes": 0, "seconds": time.process_time() - began, "mib": own_mib()}


def follow(url: str, markup: str, tell: Any, what: str, seen: set[str], depth: int, opened: list[str]) -> None:
    """Request the parts that a page refers to."""
    found = list(dict.fromkeys(html.unescape(one) for one in _PART.findall(markup)))
    shapes = {re.sub(r"\d+", "0", one): one for one in found if "in=" not in one}
    for query in list({shape: one for shape, one in shapes.items() if shape not in seen}.values())[:PARTS]:
        seen.add(re.sub(r"\d+", "0", query))
        opened += re.findall(r"open=([^&]*)", query)[-1:] if not depth else []
        there = url.partition("?")[0] + query
        tell({"what": f"{what}: part", "url": there, "begun": True})
        cost, inner = ask(there, part=True)
        tell({"what": f"{what}: part", "url": there} | cost)
        if depth + 1 < DEPTH:
            follow(there, inner, tell, what, seen, depth + 1, opened)


def apart(name: str, pages: str, seconds: int) -> Iterator[dict[str, Any]]:
    """Run `look` in a separate process, and yield its results; the last one says where it was stopped."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        out = os.fdopen(writing, "w", buffering=1)
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
        try:
            look(name, pages, lambda row: out.write(json.dumps(row) + "\n"))
        finally:
            out.flush()
            os._exit(0)
    os.close(writing)
    begun: dict[str, Any] = {}
    with os.fdopen(reading) as told:
        for line in told:
            row = json.loads(line)
            begun = row if row.get("begun") else {}
            if not begun:
                yield row
    _, status = os.waitpid(child, 0)
    if status or begun:
        yield begun | {"status": f"stopped, {status}", "bytes": 0, "seconds": float(seconds), "mib": 0}


def main() -> None:
    """Print a table of the pages that exceed a limit; with --all, of all pages."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("tree", type=Path)
    asked.add_argument("--only", default="")
    asked.add_argument("--pages", default="")
    asked.add_argument("--seconds", type=float, default=1.0)
    asked.add_argument("--bytes", type=int, default=1_000_000)
    asked.add_argument("--mib", type=int, default=200)
    asked.add_argument("--stop", type=int, default=180, help="seconds of processor time for one recording")
    asked.add_argument("--all", action="store_true")
    told = asked.parse_args()
    names = sorted(path.name for path in told.tree.glob("*.json") if not path.name.endswith(".other.json"))
    names = [name.removesuffix(".json") for name in names if told.only in name]
    with tempfile.TemporaryDirectory(dir=told.tree.parent) as folder:
        root = Path(folder) / "tree"
        (root / HOME).mkdir(parents=True)
        for file in (f"{name}{ending}.json" for name in names for ending in ("", ".other")):
            (root / HOME / file).hardlink_to(told.tree / file)
        start(root, Path(folder) / "data")
        index()
        over = 0
        for name in names:
            worst = {"bytes": 0, "seconds": 0.0, "wall": 0.0, "mib": 0, "pages": 0}
            for row in apart(name, told.pages, told.stop):
                if row["what"] == "index":
                    row["seconds"], row["wall"] = 0.0, row["seconds"]
                worst = {key: max(worst[key], row.get(key, 0)) for key in worst} | {"pages": worst["pages"] + 1}
                is_long = row["bytes"] > told.bytes and row["what"] not in ("json", "download")
                is_over = is_long or row["seconds"] > told.seconds or row["status"] != 200 or row["mib"] > told.mib
                over += is_over
                if is_over or told.all:
                    print(
                        f"{name:28} {row['what']:24} {row['status']} {row['bytes']:>12,} B {row['seconds']:7.2f} s "
                        f"{row.get('wall', 0.0):7.2f} s wall "
                        f"{row['mib']:>6,} MiB {row['url'][:90]}",
                        flush=True,
                    )
            print(
                f"{name:28} {worst['pages']} pages, at most {worst['bytes']:,} B, {worst['seconds']:.2f} s, "
                f"{worst['wall']:.2f} s wall, "
                f"{worst['mib']:,} MiB",
                flush=True,
            )
        print(f"{over} exceed a limit")


def index() -> None:
    """Fill the catalog in a separate process, so that this one, and those that it starts, stay small."""
    child = os.fork()
    if child == 0:
        from recviewer.catalog import indexer

        began = time.process_time()
        report = indexer.refresh(processes=1)
        print(f"index: {report.added} files, {time.process_time() - began:.1f} s", flush=True)
        os._exit(0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    main()
