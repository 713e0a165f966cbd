"""Measure, in Chromium, the milliseconds from a key press to the first and the last change of the page.

    python bench/acts.py http://127.0.0.1:8000 RANGE [--rounds 5]

RANGE is a range with undecided changes, such as base-3...refs/pull/3/head. *seen* is the first frame after any change of
the page, *done* the first frame that shows the server's answer; if an action opens another page, this is the page's first
paint. *server* is the time from the request to the first byte of the answer. The actions give verdicts: serve with a
separate data folder.
"""

from __future__ import annotations

import argparse
import statistics

from playwright.sync_api import Page, sync_playwright

WATCH = """
addEventListener('keydown', (event) => { sessionStorage.t0 = performance.timeOrigin + event.timeStamp; }, true);
const now = () => performance.timeOrigin + performance.now();
window.__seen = [];
const seen = () => requestAnimationFrame(() => setTimeout(() => {
  __seen.push(now());
  if (!sessionStorage.first && sessionStorage.t0) sessionStorage.first = now();
}, 0));
addEventListener('focusin', seen);
new MutationObserver((changes) => {
  if (changes.some((one) => !one.target.closest?.('.top'))) seen(); // it shows how long ago the tree was indexed
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""
HERE = """(() => {
  const t = +sessionStorage.t0;
  const seen = __seen.filter((one) => one > t);
  return [seen[0] - t, seen.at(-1) - t];
})()"""
THERE = """(() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const page = performance.getEntriesByType('navigation')[0];
  const t = +sessionStorage.t0;
  const done = performance.timeOrigin + (paint ? paint.startTime : page.domContentLoadedEventEnd) - t;
  return [Math.min(+sessionStorage.first - t || done, done), done, page.responseStart - page.requestStart];
})()"""
SENT = """performance.getEntriesByType('resource')
  .filter((one) => ['fetch', 'xmlhttprequest'].includes(one.initiatorType))
  .map((one) => one.responseStart - one.requestStart).at(-1) ?? NaN"""
MOMENT = 500


class Watch:
    """Presses keys, and records how long each took. took: (seen, done, server) of each press, by the name of the action."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.took: dict[str, list[tuple[float, float, float]]] = {}

    def press(self, name: str, key: str, *, leads: bool = False) -> None:
        """Press a key. leads: whether it opens another page."""
        page = self.page
        page.evaluate("__seen = []; delete sessionStorage.first; performance.clearResourceTimings()")
        before = page.evaluate("performance.timeOrigin")
        page.keyboard.press(key)
        if leads:
            page.wait_for_function("(before) => performance.timeOrigin !== before", arg=before)
            page.wait_for_load_state("load")
            page.wait_for_timeout(MOMENT)
            first, done, server = page.evaluate(THERE)
        else:
            page.wait_for_timeout(2 * MOMENT)
            first, done = page.evaluate(HERE)
            server = page.evaluate(SENT)
        self.took.setdefault(name, []).append((first, done, server if server is not None else float("nan")))


def walk(watch: Watch, address: str, range_: str) -> None:
    """Do every action once."""
    page = watch.page

    def open_(path: str) -> None:
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(MOMENT)

    open_("/?state=undecided&kind=chat")
    watch.press("list: next row", "j")
    watch.press("list: select", "x")
    watch.press("list: approve the selected", "a", leads=True)
    watch.press("list: undo", "u", leads=True)
    page.locator("[data-search]").click()
    watch.press("list: type a letter", "w")
    open_("/")
    watch.press("list: next page", "]", leads=True)
    watch.press("list: open a recording", "Enter", leads=True)
    for key, name in (("a", "approve"), ("u", "undo"), ("d", "mark for deletion"), ("u", "undo")):
        watch.press(f"recording: {name}", key)
    watch.press("recording: raw JSON", "v")
    open_("/queue/?kind=chat&state=undecided")
    watch.press("queue: approve, the next is shown", "a", leads=True)
    page.wait_for_timeout(MOMENT)
    watch.press("queue: undo", "u", leads=True)
    open_(f"/changes/{range_}")
    watch.press("range: start", "n", leads=True)
    page.wait_for_timeout(2 * MOMENT)
    watch.press("range: approve an item, the next is shown", "a", leads=True)
    page.wait_for_timeout(2 * MOMENT)
    watch.press("range: undo", "u", leads=True)
    watch.press("range: skip", "s", leads=True)


def main() -> None:
    """Measure, and print a table of the medians and the slowest times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("range")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_init_script(WATCH)
        watch = Watch(context.new_page())
        for _ in range(given.rounds):
            walk(watch, given.address.rstrip("/"), given.range)
        browser.close()
    print("| act | seen | done | slowest done | server |\n|---|--:|--:|--:|--:|")
    for name, rows in watch.took.items():
        seen, done, server = (statistics.median(one) for one in zip(*rows, strict=True))
        print(f"| {name} | {seen:.0f} | {done:.0f} | {max(row[1] for row in rows):.0f} | {server:.0f} |")


if __name__ == "__main__":
    main()
