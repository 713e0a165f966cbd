"""Open pages of hostile recordings in Chromium, and tell of any script that ran and any request that went out.

    python bench/faults/attack.py [--pages 300] [--seed 1] [--chromium /usr/bin/chromium]

Every text of a few recordings of every kind (of the demo) is replaced by hostile ones, field by field and in random numbers
of a seed: markup, addresses, templates, what ends a string, an attribute or a comment. They are indexed in a temporary
folder and served on the loopback; each recording is opened rendered, raw and in chunks, compared with the one before, with
its history and as a change of a range, the list searches for attacks, and what is folded is opened; so are the report as a
file, the plan, notes and tags with hostile words. Exit code 1 where something got through.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

MARK = "attacked"
ATTACKS = (
    "<script>window.{m}=1</script>",
    "</script><script>window.{m}=1</script>",
    '"><img src=//evil.invalid/{n} onerror=window.{m}=1>',
    "'><svg onload=window.{m}=1>",
    "javascript:window.{m}=1",
    "[x](javascript:window.{m}=1) ![y](http://evil.invalid/{n}.png)",
    "</textarea></title></style><iframe src=http://evil.invalid/{n}></iframe>",
    "--><link rel=stylesheet href=//evil.invalid/{n}.css><!--",
    '" autofocus onfocus=window.{m}=1 x="',
    '<div hx-get="/do/undo" hx-trigger="load" hx-on:click="window.{m}=1">x</div>',
    '<meta http-equiv=refresh content="0;url=http://evil.invalid/{n}"><base href=//evil.invalid/>',
    "<form action=http://evil.invalid/{n}><button>Approve</button></form>",
    "{{% debug %}}{{{{ settings.SECRET_KEY }}}}",
    "data:text/html,<script>parent.{m}=1</script>",
    "<math><mi xlink:href='javascript:window.{m}=1'>x</mi></math><a href=//evil.invalid/{n} ping=//evil.invalid/{n}>x</a>",
)
WATCH = f"""
window.{MARK} = 0;
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {{
  window.violations.push(`${{event.violatedDirective}} ${{event.blockedURI}}`);
}});
"""


def attack(chance: random.Random) -> str:
    """Return one hostile text."""
    return chance.choice(ATTACKS).format(m=MARK, n=chance.randrange(10**6))


def hostile(value: Any, chance: random.Random, share: float, where: str = "") -> Any:
    """Return a value in which a share of the texts, and some keys, are hostile; words that say what it is are left."""
    if isinstance(value, dict):
        made = {key: hostile(item, chance, share, key) for key, item in value.items()}
        return made | ({attack(chance): attack(chance)} if chance.random() < share / 4 else {})
    if isinstance(value, list):
        return [hostile(item, chance, share, where) for item in value]
    is_kept = where in ("__type__", "type", "object", "endpoint", "role") and chance.random() > share / 10
    if isinstance(value, str) and not is_kept and chance.random() < share:
        return attack(chance) if chance.random() < 0.5 else f"{value} {attack(chance)}"
    return value


def whole(root: Path) -> Iterator[Any]:
    """Yield the documents of a tree that are JSON and not large."""
    for file in sorted(root.rglob("*.json")):
        if file.stat().st_size < 60_000:
            with contextlib.suppress(ValueError):
                yield json.loads(file.read_bytes())


def write(root: Path, count: int, chance: random.Random) -> None:
    """Write so many hostile recordings, some under hostile names."""
    from recviewer import places

    models = list(whole(places.DEMO_SOURCE))
    for number in range(count):
        made = hostile(models[number % len(models)], chance, chance.choice((0.2, 0.6, 1.0)))
        name = f"{number:05d}.json" if number % 3 else f"{number:05d} {attack(chance).replace('/', '∕')[:150]}.json"
        place = root / "tests" / "recordings" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(made))


def commit(root: Path, chance: random.Random) -> None:
    """Commit the recordings under hostile words, then write every second one anew and delete some."""

    def git(*words: str) -> None:
        who = ("-c", f"user.name={attack(chance)}", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", str(root), *who, *words], check=True, stdout=subprocess.DEVNULL)

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", attack(chance))
    for number, file in enumerate(sorted(root.rglob("*.json"))):
        if number % 7 == 6:
            file.unlink()
        elif number % 2:
            file.write_text(json.dumps(hostile(json.loads(file.read_bytes()), chance, 0.2)))


def say(chance: random.Random) -> None:
    """Leave hostile notes and tags on some recordings."""
    from django.test import Client

    from recviewer.catalog.models import Recording

    client = Client(HTTP_HOST="127.0.0.1")
    for one in Recording.objects.order_by("path")[::3]:
        sent = {"key": quote(one.path, safe=""), "seen": one.blob, "next": "/"}
        client.post("/do/note", {**sent, "body": attack(chance)})
        client.post("/do/tag", {**sent, "name": attack(chance)[:40]})
        client.post("/do/decide", {**sent, "verdict": chance.choice(("reject", "delete")), "note": attack(chance)})


def served() -> int:
    """Serve the pages in a thread, and return the port."""
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    class Silent(WSGIRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), handler_class=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def addresses(chance: random.Random) -> Iterator[str]:
    """Yield the pages of every recording, then those about many."""
    from recviewer.catalog.models import Recording
    from recviewer.memory.ranges import report_of

    yield from (
        "/",
        "/queue/",
        "/plan/",
        "/tags/",
        "/trash/",
        "/activity/",
        "/changes/",
        "/changes/HEAD...",
        "/plan/HEAD...",
    )
    yield f"/changes/{quote(attack(chance), safe='')}"
    before, changed = "", {one.side.path for one in report_of("HEAD...").found.changes}
    for path in Recording.objects.order_by("path").values_list("path", flat=True):
        place = f"/r/{quote(path, safe='/')}"
        yield from (place, f"{place}?view=raw", f"{place}?view=chunks", f"/history/{quote(path, safe='/')}")
        pair = "/difference/?" + urlencode({"old": before or path, "new": path})
        yield from (pair, f"{pair}&mode=side", f"{pair}&view=raw")
        yield "/?" + urlencode({"q": attack(chance)})
        if path in changed:
            yield f"/changes/HEAD...?{urlencode({'change': path})}"
        before = path


def main() -> None:
    """Run, and print what got through."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recviewer-attack-") as folder:
        sys.exit(run(Path(folder), asked.pages, random.Random(asked.seed), asked.chromium))


def run(folder: Path, pages: int, chance: random.Random, chromium: str) -> int:
    """Attack so many pages, and return the exit code."""
    os.environ |= {"RECVIEWER_RECORDINGS": str(folder / "tree"), "RECVIEWER_DATA": str(folder / "data")}
    os.environ |= {"RECVIEWER_DEBUG": "1", "DJANGO_SETTINGS_MODULE": "recviewer.settings"}
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright has a loop of its own
    write(folder / "tree", pages // 9 + 1, chance)
    commit(folder / "tree", chance)
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from recviewer.catalog import indexer
    from recviewer.commands.start import prepare

    prepare(static=False)
    indexer.refresh(processes=1)
    say(chance)
    home = f"http://127.0.0.1:{served()}"
    report = folder / "report.html"
    with urllib.request.urlopen(f"{home}/report/HEAD...?as=html") as answer:
        report.write_bytes(answer.read())
    found: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page()
        page.add_init_script(WATCH)
        page.on(
            "request",
            lambda one: (
                None if one.url.startswith((home, "data:", report.as_uri())) else found.append(f"request to {one.url}")
            ),
        )
        page.on("dialog", lambda dialog: (found.append(f"dialog {dialog.message}"), dialog.dismiss()))
        opened = 0
        for address in [report.as_uri(), *addresses(chance)][:pages]:
            answer = page.goto(address if address == report.as_uri() else home + address)
            page.evaluate("() => document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
            page.wait_for_load_state("networkidle")
            opened += 1
            ran, violations = page.evaluate(f"() => [window.{MARK}, window.violations]")
            status = answer.status if answer else 0
            told = [f"a script ran ({ran})"] * bool(ran) + violations + [f"status {status}"] * (status >= 500)
            found += [f"{address}: {one}" for one in told]
        browser.close()
    print(f"{opened} pages opened, {len(found)} got through")
    print("\n".join(found[:50]))
    return 1 if found else 0


if __name__ == "__main__":
    main()
