"""Make the README's pictures from the demo tree: `python tools/pictures.py`. Needs git, Chromium and the extra `test`.

The range in one of them is made by this script: a few recordings of the demo tree, recorded again with other words.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from screenshots import CHROMIUM, HERE, server

PICTURES = HERE / "docs" / "img"
SIZE = {"width": 1440, "height": 820}
AGENTS = "tests/integration/agents"

SAID = {
    "9389e327": {
        " 236 euros: **314": " 236 euros: **341",
        " The way back is not in": " I left out the way back,",
        " it yet; tell me when": " so tell me when",
    },
    "6b267458": {"14:30": "15:30"},
    "0b053a25": {
        " UTC, so they must be": " UTC and have to be",
        " converted with `astimezone": " moved with `astimezone",
    },
}
"""Deltas of recordings, by the beginning of their names: the old text and the new one."""


def main() -> None:
    """Write list-light.png, recording-light.png and change-light.png."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "travel" / "agents"  # the page shows both names
        shutil.copytree(HERE / "recordings", tree)
        recorded_anew(tree)
        data = Path(scratch) / "data"
        data.mkdir()
        with server(tree, data) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE, color_scheme="light")
            page.goto(f"{site}/")
            taken(page, "list")
            page.goto(f"{site}/?q=summarises_after_six")
            page.goto(site + str(page.get_attribute("a[href^='/r/']", "href")))
            taken(page, "recording")
            page.goto(f"{site}/changes/main...topic")
            page.get_by_role("link", name="planner_remembers").first.click()
            page.wait_for_url("**head=**")
            taken(page, "change")
            browser.close()


def taken(page: Page, name: str) -> None:
    """Write a picture of a page after everything on it has loaded."""
    page.wait_for_load_state("networkidle")
    place = PICTURES / f"{name}-light.png"
    page.screenshot(path=place)
    sys.stdout.write(f"{place.relative_to(HERE)}\n")


def recorded_anew(tree: Path) -> None:
    """Make the tree a repository in which the branch `topic` records some tests again, with new ids."""
    names = {f"GIT_{who}_{what}": "ana@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def git(*words: str) -> None:
        words_of_git = ["git", "-C", str(tree), *words]
        subprocess.run(words_of_git, check=True, capture_output=True, env=os.environ | names)  # noqa: S603

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "Record all tests")
    git("switch", "-q", "-c", "topic")
    for place in sorted((tree / AGENTS).rglob("*.json")):
        document = json.loads(place.read_text())
        for chunk in streamed(document):
            chunk["id"] = f"{chunk['id']}-again"
            for choice in chunk["choices"]:
                say_anew(choice["delta"], SAID.get(place.name[:8], {}))
        place.write_text(json.dumps(document, indent=2) + "\n")
    git("commit", "-q", "-a", "-m", "Record the agents anew")
    git("switch", "-q", "main")


def streamed(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the chunks of a streamed answer, or an empty list."""
    body = document.get("response", {}).get("body")
    return [chunk["__data__"] for chunk in body] if isinstance(body, list) else []


def say_anew(delta: dict[str, Any], said: dict[str, str]) -> None:
    """Replace the given texts, in the content or in the arguments of calls. said: new texts by old ones."""
    if delta.get("content") in said:
        delta["content"] = said[delta["content"]]
    for call in delta.get("tool_calls") or ():
        arguments = call["function"].get("arguments")
        call["function"]["arguments"] = said.get(arguments, arguments)


if __name__ == "__main__":
    main()
