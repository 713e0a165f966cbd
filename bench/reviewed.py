"""Reviews ranges to the end with the keyboard, in Chromium, as somebody does who approves all: a row of Markdown for each.

    python bench/reviewed.py ADDRESS BASE...HEAD [BASE...HEAD …]
    python bench/reviewed.py ADDRESS --by-call BASE...HEAD [BASE...HEAD …]

ADDRESS: of a recviewer that shows the repository and in which nobody has decided on these ranges: it decides on all of them.
Stops: pages of the queue. Keys: pressed until all is decided. Words: those that stand on these pages, without the columns
beside them and without what is folded.
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
    """Approve all that the queue of a landing page leads to; return its stops, and the words on them."""
    stops = words = 0
    _press(page, "n")
    while "end=" not in page.url:
        stops += 1
        words += len(re.findall(r"\w+", page.locator("main").inner_text()))
        if stops > MOST:
            raise SystemExit(f"no end after {stops:,} stops: {page.url}")
        page.wait_for_timeout(700)  # a verdict in the moment after a page came is refused
        _press(page, "a")
    return stops, words


def _press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state("load")


if __name__ == "__main__":
    main()
