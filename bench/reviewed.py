"""Review ranges completely with the keyboard, in Chromium, approving everything; print a Markdown table.

    python bench/reviewed.py ADDRESS BASE...HEAD [BASE...HEAD …]
    python bench/reviewed.py ADDRESS --by-call BASE...HEAD [BASE...HEAD …]

ADDRESS is a running recviewer that shows the repository and has no verdicts on these ranges; the script decides on all of
them. Stops: the number of pages of the queue. Keys: how many were pressed. Words: the words on these pages, without the
columns beside them and without folded text.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
MOST = 1_000


def main() -> None:
    """Print the table."""
    address, *specs = sys.argv[1:]
    by_call = "--by-call" in specs
    print("| range | stops | keys | words on the pages |\n|---|--:|--:|--:|")
    with sync_playwright() as playwright:
        there = CHROMIUM if Path(CHROMIUM).is_file() else None
        browser = playwright.chromium.launch(executable_path=there)
        for spec in (spec for spec in specs if not spec.startswith("--")):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{address}/changes/{spec}{'?by=change' if by_call else ''}")
            stops, words = reviewed(page)
            print(f"| `{spec}` | {stops:,} | {stops + 1:,} | {words:,} |", flush=True)
            page.close()
        browser.close()


def reviewed(page: Page) -> tuple[int, int]:
    """Approve everything in the queue of a landing page. Returns the numbers of its pages and of the words on them."""
    stops = words = 0
    _press(page, "n")
    while "end=" not in page.url:
        stops += 1
        words += len(re.findall(r"\w+", page.locator("main").inner_text()))
        if stops > MOST:
            raise SystemExit(f"the queue has not ended after {stops:,} stops: {page.url}")
        page.wait_for_timeout(700)  # a verdict directly after a page has loaded is refused
        _press(page, "a")
    return stops, words


def _press(page: Page, key: str) -> None:
    """Press a key that opens another page, and wait for that page."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state("load")


if __name__ == "__main__":
    main()
