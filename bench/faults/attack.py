"""Open pages of hostile recordings in Chromium, and report every attack that succeeds.

    python bench/faults/attack.py [--pages 3200] [--seed 1] [--slice N] [--chromium /usr/bin/chromium]

The texts in a few demo recordings of every kind are replaced by hostile ones, field by field, chosen at random from a
seed: markup, addresses, templates, and characters that end a string, an attribute or a comment. The recordings are indexed
in a temporary folder and served on the loopback interface. Each is opened rendered, raw and in chunks, in comparison with
the previous one, with its history, with its test and as a change of a range. The list searches for attacks, and folds are
opened. The script also opens the report as a file, the plan, notes and tags with hostile words, and every other page.

It reports every script that ran; every request, link or form that leads elsewhere; every violation of the content security
policy, dialog, window, download, console error, and attribute or element that could act; and every status from 500 on.
Pages are opened in slices of 400, each with a separate tree, seed and process; --slice N (from 1) opens only one of them.
The exit code is 1 if an attack succeeded.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

SLICE = 400
"""Pages of one tree, which take a minute or two."""

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
    """Return a value in which a share of the texts, and some keys, are hostile; words that determine its kind are kept."""
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
    """Write a number of hostile recordings, some under hostile names."""
    from recviewer.configuration import places

    models = list(whole(places.DEMO_SOURCE))
    for number in range(count):
        made = hostile(models[number % len(models)], chance, chance.choice((0.2, 0.6, 1.0)))
        name = f"{number:05d}.json" if number % 3 else f"{number:05d} {attack(chance).replace('/', '∕')[:150]}.json"
        place = root / "tests" / "recordings" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(made))


def commit(root: Path, chance: random.Random) -> None:
    """Commit the recordings with hostile messages, then rewrite every second one and delete some."""

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
    """Add hostile notes and tags to some recordings."""
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

    from django.core.wsgi import get_wsgi_application

    class Silent(WSGIRequestHandler):
        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def addresses(chance: random.Random) -> Iterator[str]:
    """Yield the pages about many recordings, then those of each recording."""
    from recviewer.catalog.models import Recording
    from recviewer.memory.ranges import report_of
    from recviewer.pages.text.test_addresses import url_of_test

    yield from (
        "/",
        "/queue/",
        "/bulk/",
        "/plan/",
        "/tags/",
        "/trash/",
        "/activity/",
        "/tests/",
        "/changes/",
    )
    yield from ("/changes/HEAD...", "/changes/HEAD...?by=test", "/plan/HEAD...", "/login/", "/hash/", "/searching/")
    yield from ("/recordings.json", "/tests.json", "/plan/.json", "/plan/delete.patch", "/plan/git-rm.txt")
    yield from ("/plan/record-again.txt", "/tags/.json", "/trash/.json", "/activity/.json", "/activity.jsonl")
    yield from ("/report/HEAD...", "/report/HEAD...?as=md", "/report/HEAD...?as=json", "/healthz", "/readyz", "/fresh")
    for door in ("changes", "report", "plan", "tests", "hash", "history", "r", "b", "difference", "activity"):
        yield f"/{door}/{quote(attack(chance), safe='')}"
    yield from (f"/activity/{at}{form}" for at in range(1, 5) for form in ("", ".json"))
    before, changed = "", {one.side.path for one in report_of("HEAD...").found.changes}
    for path, test, blob in Recording.objects.order_by("path").values_list("path", "test_id", "blob"):
        place, words = f"/r/{quote(path, safe='/')}", urlencode({"q": attack(chance)})
        yield from (place, f"{place}?view=raw", f"{place}?view=chunks", f"/history/{quote(path, safe='/')}")
        pair = "/difference/?" + urlencode({"old": before or path, "new": path})
        yield from (pair, f"{pair}&mode=side", f"{pair}&view=raw", f"/difference/{quote(path, safe='/')}")
        yield from (
            f"/?{words}",
            f"/tests/?{words}",
            f"/complete?{words}",
            f"/queue/?{words}",
            f"/hash/{blob[:12]}",
            f"/b/{blob}",
        )
        yield f"{place}?{urlencode({'in': '/?' + words})}"
        if test:
            yield from (url_of_test(test), f"/changes/HEAD...?{urlencode({'read': test})}")
        if path in changed:
            yield f"/changes/HEAD...?{urlencode({'change': path})}"
        before = path


FILES = re.compile(r"\.(json|jsonl|patch|txt)$|[?&]as=|^/(healthz|readyz|fresh|complete)\b")
"""URLs that are not pages: these are fetched, not opened."""

ACTORS = """() => [...document.querySelectorAll("*")].flatMap((element) => {
  const told = [...element.attributes].filter(({ name }) => /^(on|hx-on|ping$|srcdoc$)/i.test(name)).map(({ name }) => name);
  if (/^(iframe|frame|object|embed|base|applet|portal)$/i.test(element.localName)) told.push(element.localName);
  if (element.localName === "meta" && /refresh/i.test(element.httpEquiv)) told.push("a refresh");
  for (const name of
    ["href", "src", "action", "formaction", "xlink:href", "hx-get", "hx-post", "data", "poster", "srcset"]) {
    const leads = element.getAttribute(name);
    if (leads === null) continue;
    let there = null;
    try { there = new URL(leads, document.baseURI); } catch { told.push(`${name} to nowhere`); continue; }
    if (element.localName === "img" && /^data:image\\/(png|jpeg|gif|webp)[;,]/.test(leads)) continue;
    if (element.localName === "a" && /noopener noreferrer/.test(element.rel) && /^https?:$/.test(there.protocol)) continue;
    if (there.protocol !== location.protocol || there.host !== location.host) told.push(`${name} to ${leads}`);
  }
  return told.map((one) => `an element that could act: ${element.localName} with ${one}`);
})"""
"""Finds what could act or lead elsewhere, even if the policy may block it. Links in recorded prose may lead elsewhere."""


class Watched:
    """A page in Chromium, and everything it did that no page should do. A page opened from a file may have any links."""

    def __init__(self, page: Any, home: str) -> None:
        self.page, self.home, self.told, self._flying = page, home, [], 0
        page.add_init_script(WATCH)
        page.on("request", self._sent)
        for event in ("requestfinished", "requestfailed"):
            page.on(event, self._back)
        page.on("dialog", lambda dialog: (self.told.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda other: (self.told.append(f"a window of {other.url}"), other.close()))
        page.on("download", lambda one: self.told.append(f"a download of {one.url}"))
        page.on("pageerror", lambda error: self.told.append(f"a script failed: {error}"))
        page.on("console", self._said)

    def _sent(self, request: Any) -> None:
        self._flying += 1
        if not request.url.startswith((f"{self.home}/", "data:", "file:")):
            self.told.append(f"a request to {request.url}")

    def _back(self, _: Any) -> None:
        self._flying -= 1

    def _said(self, message: Any) -> None:
        """Record a console error or warning, except that the page itself has a status from 400 on."""
        is_status = message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not is_status:
            self.told.append(f"the console says: {message.text[:300]}")

    def look(self, address: str) -> list[str]:
        """Open a URL and all folds of the page, and return what was reported."""
        self.told, self._flying = [], 0
        try:
            answer = self.page.goto(address, wait_until="load")
        except Exception as error:  # one of Playwright's, which is imported late
            return [f"it did not open: {error}"]
        for _ in range(2):
            self.page.evaluate("() => document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
            self._settle()
        ran, violations = self.page.evaluate(f"() => [window.{MARK}, window.violations]")
        status = answer.status if answer else 0
        is_ours = self.page.url.startswith((f"{self.home}/", "file:"))
        acts = self.page.evaluate(ACTORS) if self.page.url.startswith("http") else []
        told = [f"a script ran ({ran})"] * bool(ran) + [f"against the policy: {one}" for one in violations] + acts
        told += [f"status {status}"] * (status >= 500) + [f"it led to {self.page.url}"] * (not is_ours)
        return self.told + told

    def _settle(self) -> None:
        """Wait until no request has been pending for two moments, at most five seconds."""
        until, quiet = time.monotonic() + 5, 0
        while quiet < 2 and time.monotonic() < until:
            self.page.wait_for_timeout(15)
            quiet = quiet + 1 if self._flying <= 0 else 0

    def fetch(self, address: str) -> list[str]:
        """Fetch a URL that is not a page, and return what is wrong: the status, or that a browser could render it."""
        answer = self.page.request.get(address)
        told = [f"status {answer.status}"] * (answer.status >= 500 and not address.endswith("/readyz"))
        kind, is_page = answer.headers.get("content-type", ""), "content-security-policy" not in answer.headers
        told += [f"sent as {kind} without a policy"] * ("html" in kind and is_page)
        return told + ["a browser may guess its kind"] * (answer.headers.get("x-content-type-options") != "nosniff")


def main() -> None:
    """Read the command line, attack, and print the attacks that succeeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slice", type=int, default=0)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    count = -(-asked.pages // SLICE)
    if asked.slice or count == 1:
        at = asked.slice or 1
        with tempfile.TemporaryDirectory(prefix="recviewer-attack-") as folder:
            pages = min(SLICE, asked.pages - SLICE * (at - 1))
            sys.exit(run(Path(folder), pages, random.Random(f"{asked.seed} {at}"), asked.chromium))
    failed = 0
    for at in range(1, count + 1):
        failed += subprocess.run([sys.executable, *sys.argv, "--slice", str(at)], check=False).returncode != 0
    print(f"{count} slices of at most {SLICE} pages; attacks succeeded in {failed} of them")
    sys.exit(1 if failed else 0)


def run(folder: Path, pages: int, chance: random.Random, chromium: str) -> int:
    """Attack a number of pages, and return the exit code."""
    os.environ |= {"RECVIEWER_RECORDINGS": str(folder / "tree"), "RECVIEWER_DATA": str(folder / "data")}
    os.environ["DJANGO_SETTINGS_MODULE"] = "recviewer.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright has a loop of its own
    write(folder / "tree", pages // 18 + 3, chance)
    commit(folder / "tree", chance)
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from recviewer.catalog import indexer
    from recviewer.commands.start import prepare

    logging.disable(logging.WARNING)  # missing pages are requested on purpose
    prepare(static=True)
    indexer.refresh(processes=1)
    say(chance)
    home = f"http://127.0.0.1:{served()}"
    report = folder / "report.html"
    with urllib.request.urlopen(f"{home}/report/HEAD...?as=html") as answer:
        report.write_bytes(answer.read())
    began, found, asked = time.monotonic(), [], [report.as_uri(), *addresses(chance)][:pages]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        watched = Watched(browser.new_page(), home)
        for address in asked:
            there = address if address.startswith("file:") else home + address
            told = watched.fetch(there) if FILES.search(address) else watched.look(there)
            found += [f"{address}: {one}" for one in told]
        browser.close()
    print(f"{len(asked)} pages in {time.monotonic() - began:.0f} s: {len(found)} attacks succeeded", flush=True)
    print("\n".join(found[:50]), end="\n" * bool(found), flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    main()
