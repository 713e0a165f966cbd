"""Take screenshots of pages in both themes and three widths, and report what a browser complains about.

    python tools/screenshots.py --root recordings --out screenshots [--page NAME=ADDRESS …] [--kind chat …]

Starts a server on a free port with a new data folder, indexes the root, visits the pages, and stops the server.
Without --page it visits every page, and one recording of each kind. Reports console errors, violations of the content
security policy, requests to other hosts, sizes of the HTML, overflowing pages, and axe's findings if
tests/vendor/axe.min.js is there.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent.parent
AXE = HERE / "tests" / "vendor" / "axe.min.js"
CHROMIUM = os.environ.get("RECVIEWER_CHROMIUM", "/usr/bin/chromium")
WIDTHS = (1440, 1100, 390)
HEIGHTS = {1440: 900, 1100: 800, 390: 844}
VIOLATIONS = (
    "document.addEventListener('securitypolicyviolation', e => "
    "console.error(`CSP ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))"
)


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(root: Path, data: Path) -> Iterator[str]:
    """Serve a root, and yield the URL."""
    port = free_port()
    environment = os.environ | {
        "RECVIEWER_RECORDINGS": str(root),
        "RECVIEWER_DATA": str(data),
        "RECVIEWER_DEBUG": "",
        "PYTHONPATH": str(HERE),
    }
    log = (data / "server.log").open("wb")
    command = [sys.executable, str(HERE / "manage.py"), "serve", str(root), "--port", str(port)]
    running = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=HERE)  # noqa: S603
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=2).close()  # noqa: S310
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                if running.poll() is not None:
                    raise SystemExit((data / "server.log").read_text()) from None
                time.sleep(0.1)
        yield address
    finally:
        running.terminate()
        running.wait(10)


def recordings(data: Path, kinds: list[str]) -> dict[str, str]:
    """Return the pages of one recording of each kind and outcome, and of the largest recording."""
    with sqlite3.connect(next(data.glob("*.sqlite3"))) as base:
        rows = base.execute(
            "SELECT kind, outcome, streaming, path, max(size) FROM catalog_recording "
            "WHERE size < 120000 GROUP BY kind, outcome, streaming"
        ).fetchall()
        largest = base.execute("SELECT path FROM catalog_recording ORDER BY size DESC LIMIT 1").fetchone()
    found = {}
    for kind, outcome, streaming, path, _ in rows:
        if not kinds or kind in kinds:
            found[f"{kind}-{outcome}{'-streamed' if streaming else ''}"] = f"/r/{quote(path)}"
    if largest and not kinds:
        found["largest"] = f"/r/{quote(largest[0])}"
        found["largest-raw"] = f"/r/{quote(largest[0])}?view=raw"
        found["largest-chunks"] = f"/r/{quote(largest[0])}?view=chunks"
        test = base.execute(
            "SELECT test_id FROM catalog_recording WHERE test_id IS NOT NULL AND length(test_id) < 500"
            " GROUP BY test_id ORDER BY count(*) DESC, test_id LIMIT 1"
        ).fetchone()
        if test:
            found["test"] = f"/tests/{quote(test[0])}"
        found["queue-item"] = f"/r/{quote(largest[0])}?in=%3Fkind%3Dchat"
    return found


def others(data: Path) -> dict[str, str]:
    """Return all pages that are not about one recording."""
    with sqlite3.connect(next(data.glob("*.sqlite3"))) as base:
        two = base.execute("SELECT path FROM catalog_recording WHERE kind = 'chat' ORDER BY size LIMIT 2").fetchall()
    pages = {
        "list": "/",
        "search": "/?q=the",
        "list-empty": "/?kind=chat&model=nobody",
        "bulk": "/bulk/?kind=chat",
        "queue-empty": "/queue/?q=nothingisnamedso",
        "plan": "/plan/",
        "tests": "/tests/",
        "tests-apart": "/tests/?sort=-apart",
        "tags": "/tags/",
        "activity": "/activity/",
        "trash": "/trash/",
    }
    if len(two) == 2:
        pages["difference"] = f"/difference/?old={quote(two[0][0])}&new={quote(two[1][0])}"
    return pages


def of_range(address: str, spec: str) -> dict[str, str]:
    """Return the pages of a range of commits, with one change of each class."""
    start = f"/changes/{quote(spec, safe='/.')}"
    pages = {"changes": "/changes/", "range": start, "range-changes": f"{start}?by=change"}
    with urllib.request.urlopen(f"{address}{start}.json") as answer:  # noqa: S310
        report: dict[str, Any] = json.load(answer)
    for change in report["changes"]:
        path = (change["new"] or change["old"])["path"]
        pages.setdefault(f"change-{change['class']}", f"{start}?change={quote(path, safe='')}")
        pages.setdefault(f"change-{change['class']}-raw", f"{start}?change={quote(path, safe='')}&view=raw")
        pages.setdefault(f"history-{change['class']}", f"/history/{quote(path)}")
    name = quote(spec, safe="")
    return pages | {
        "churn": f"/do/churn?range={name}",
        "range-end": f"{start}?end=1",
        "range-plan": f"/plan/{quote(spec)}",
    }


def visit(page: Page, address: str, name: str, path: str, told: list[str], origin: str) -> int:
    """Open a page and record what is wrong with it. Returns the size of its HTML."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(f"error {error}"))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((origin, "data:")) else complaints.append(f"foreign {request.url}")
        ),
    )
    answer = page.goto(address + path)
    page.wait_for_load_state("networkidle")
    size = len(answer.body()) if answer else 0
    if answer and answer.status != 200:
        complaints.append(f"status {answer.status}")
    if page.evaluate("() => document.documentElement.scrollWidth > innerWidth + 1"):
        complaints.append("overflows its width")
    told += [f"{name}: {complaint}" for complaint in complaints]
    return size


def axe(page: Page) -> list[str]:
    """Return axe's findings."""
    if not AXE.is_file():
        return []
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found: dict[str, Any] = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", tags)
    return [
        f"axe {item['id']} ({item['impact']}) ×{len(item['nodes'])}: {item['nodes'][0]['html'][:140]}"
        for item in found["violations"]
    ]


def main() -> None:
    """Read the command line, and take the screenshots."""
    reads = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reads.add_argument("--root", type=Path, default=HERE / "recordings")
    reads.add_argument("--out", type=Path, required=True)
    reads.add_argument("--page", action="append", default=[], help="NAME=ADDRESS, such as list=/?q=tool")
    reads.add_argument("--kind", action="append", default=[])
    reads.add_argument("--range", help="BASE...HEAD of the repository that the root lies in: its pages, and no others")
    reads.add_argument("--width", type=int, action="append", default=[])
    reads.add_argument("--theme", action="append", default=[], choices=["light", "dark"])
    reads.add_argument("--full", action="store_true", help="the whole page, not only the first screen")
    reads.add_argument("--data", type=Path, help="keep the data folder here")
    options = reads.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    told: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        data = options.data or Path(temporary)
        data.mkdir(parents=True, exist_ok=True)
        with server(options.root.resolve(), data) as address, sync_playwright() as playwright:
            pages = dict(item.split("=", 1) for item in options.page)
            if options.range:
                pages |= of_range(address, options.range)
            if not pages:
                pages = ({} if options.kind else others(data)) | recordings(data, options.kind)
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            for theme in options.theme or ["light", "dark"]:
                for width in options.width or WIDTHS:
                    size = {"width": width, "height": HEIGHTS.get(width, 900)}
                    context = browser.new_context(viewport=size, color_scheme=theme, has_touch=width < 720)
                    context.add_init_script(VIOLATIONS)
                    for name, path in pages.items():
                        page = context.new_page()
                        shown = f"{name}-{theme}-{width}"
                        bytes_ = visit(page, address, shown, path, told, address)
                        page.screenshot(path=options.out / f"{shown}.png", full_page=options.full)
                        told += [f"{shown}: {finding}" for finding in axe(page)]
                        if (theme == "light" and width == 1440) or len(options.width) == 1:
                            print(f"{bytes_:>9,} bytes  {name}  {path[:120]}")  # noqa: T201
                        page.close()
                    context.close()
            browser.close()
    print("\n".join(sorted(set(told))) or "nothing to complain about")  # noqa: T201


if __name__ == "__main__":
    main()
