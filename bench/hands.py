"""Count the keys, screens and seconds that four jobs take in Chromium, by a script that does not have to read.

    python bench/hands.py http://127.0.0.1:8000 [--jobs 1,2,3,4] [--dead FILE]

The server shows a tree and the repository of its pull requests. The jobs give verdicts and move files to the trash:
serve a copy, with a separate data folder. A key press, a click and a paste count as one key each. A screen is a page that
was loaded, or one that a script put into the history. The time ends with the job's last page.
--dead: a file with one path per line, to be deleted if no page names these recordings.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, TimeoutError, sync_playwright

FAILED = (
    "FAILED tests/integration/responses/test_file_search.py::test_response_file_search_filter_by_category"
    "[client_with_models-txt=openai/gpt-4o] - AssertionError"
)
REVIEW, SUITE = "base-3...refs/pull/3/head", "base-6...refs/pull/6/head"
READY = """() => { const verdict = document.querySelector('.bar-acts button[name=verdict]');
return !verdict || !verdict.disabled; }"""


class Hand:
    """Presses keys, and counts them."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.keys = self.screens = 0
        self.begun = 0.0
        page.on("framenavigated", lambda frame: self._saw(frame == page.main_frame))

    def _saw(self, is_page: bool) -> None:
        self.screens += is_page

    def begin(self, path: str) -> None:
        """Open the page on which the job begins, and start counting."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        self.keys = self.screens = 0
        self.begun = time.monotonic()

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def paste(self, text: str) -> None:
        self.keys += 1
        self.page.keyboard.insert_text(text)

    def click(self, what: Locator) -> None:
        self.keys += 1
        what.first.click()
        self.page.wait_for_load_state("load")

    def goes_on(self, before: str, *, within: int = 8_000) -> bool:
        """Wait until the page has another URL; return False if it keeps this one."""
        try:
            self.page.wait_for_function("before => location.href !== before", arg=before, timeout=within)
        except TimeoutError:
            return False
        self.page.wait_for_load_state("load")
        return True

    def told(self, job: str, note: str) -> str:
        spent = time.monotonic() - self.begun
        return f"| {job} | {self.keys} | {self.screens} | {spent:.1f} | {note} |"


def find(hand: Hand) -> str:
    """Go from the line that pytest prints to the first recording of the failed test."""
    hand.begin("/")
    page = hand.page
    hand.press("/")
    hand.paste(FAILED)
    page.wait_for_timeout(300)  # the list is updated while somebody types; after a paste nobody waits for more
    hand.press("Enter")
    page.wait_for_url(lambda url: "/tests/" in url or "test=" in url)
    page.wait_for_load_state("load")
    hand.click(page.locator("main a[href*='/r/']"))
    page.wait_for_url("**/r/**")
    return hand.told("find a failing test's recording", "pytest's line pasted")


def queue(hand: Hand, *, rejects: bool) -> tuple[int, int]:
    """Decide on the rest of a range, item by item: re-record items with a red finding, approve the others.

    Returns the numbers of decided and of rejected items.
    """
    page, done, rejected = hand.page, 0, 0
    while done < 400:
        before = page.url
        page.wait_for_function(READY)
        page.wait_for_timeout(40)
        if not page.locator(".bar-acts button[value=approve]").count():
            break
        about = page.locator(".bar-sentence").inner_text() + page.locator("main").inner_text()[:1500]
        if rejects and ("red finding" in about or "thinking leaked" in about):
            hand.press("r")
            if rejected:
                hand.press("ArrowUp")
            if not page.locator("#bar-note").input_value():
                hand.paste("Thinking leaked into the answer")
            hand.press("Control+Enter")
            rejected += 1
        else:
            hand.press("a")
        done += 1
        if not hand.goes_on(before):
            break
    return done, rejected


def review(hand: Hand) -> str:
    """Decide on everything in a pull request, starting from the list of pull requests."""
    hand.begin("/changes/")
    hand.click(hand.page.get_by_text("#3", exact=True))
    hand.page.wait_for_selector(".changes-sentence")
    before = hand.page.url
    hand.press("n")
    hand.goes_on(before)
    done, rejected = queue(hand, rejects=True)
    return hand.told("review pull request 3", f"{done} items, {rejected} to re-record")


def approve(hand: Hand) -> str:
    """Approve a re-recorded suite, starting from its range."""
    hand.begin(f"/changes/{SUITE}")
    before = hand.page.url
    hand.press("n")
    hand.goes_on(before)
    done, _ = queue(hand, rejects=False)
    return hand.told("approve a re-recorded suite", f"{done} items")


def delete(hand: Hand, dead: frozenset[str]) -> str:
    """Move recordings that nothing requests any more to the trash."""
    page = hand.page
    answer = page.goto(f"{hand.address}/smells/stacked-generations")
    if answer is None or answer.status != 200:
        hand.begin("/?replay=older")
        before = page.url
        hand.press("q")
        hand.goes_on(before)
        marked = 0
        for _ in range(1_000):
            before = page.url
            page.wait_for_function(READY)
            if not page.locator(".bar-acts button[value=delete]").count():
                break
            is_dead = any(path in before for path in dead)
            hand.press("d" if is_dead else "s")
            marked += is_dead
            if not hand.goes_on(before, within=3_000):
                break
        note = f"no page names them: {marked} marked in the queue of those that an older rule names"
    else:
        hand.begin("/smells/stacked-generations")
        surplus = page.get_by_role("link", name="no longer needed")
        hand.click(surplus if surplus.count() else page.get_by_role("button", name="no longer needed"))
        hand.click(page.get_by_role("button", name="Mark for deletion"))
        page.wait_for_timeout(500)
        note = "named by their rule"
    hand.click(page.locator("nav a", has_text="Plan"))
    hand.click(page.get_by_role("button", name="to the trash").or_(page.get_by_role("link", name="to the trash")))
    count = page.locator("main h1").first.inner_text()
    hand.click(page.locator("main form button.button"))
    page.wait_for_load_state("networkidle")
    return hand.told("delete what is dead", f"{note}; {count}")


def main() -> None:
    """Do the requested jobs, and print a table with a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--jobs", default="1,2,3,4")
    parser.add_argument("--dead", type=Path)
    given = parser.parse_args()
    dead = frozenset(given.dead.read_text().split("\n")) - {""} if given.dead else frozenset[str]()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        print("| job | keys | screens | seconds | |\n|---|--:|--:|--:|---|")
        for number in given.jobs.split(","):
            hand = Hand(
                browser.new_context(viewport={"width": 1440, "height": 900}).new_page(), given.address.rstrip("/")
            )
            if number == "4":
                print(delete(hand, dead), flush=True)
            else:
                print({"1": find, "2": review, "3": approve}[number](hand), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
