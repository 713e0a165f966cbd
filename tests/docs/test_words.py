"""One word for one idea, on pages and in documents: `docs/glossary.md` says which."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PAGES = [*TOP.glob("templates/**/*.html"), *TOP.glob("static/js/**/*.js")]
TEXTS = [*TOP.glob("docs/*.md"), TOP / "README.md", TOP / "CHANGELOG.md"]
WORDS = [*TOP.glob("recviewer/report/*.py"), *TOP.glob("recviewer/pages/**/*.py"), *TOP.glob("recviewer/changes/*.py")]
STRING = re.compile(r'(?<!")"(?!")(?:[^"\\\n]|\\.)*"')

BANNED = {
    "only churn, or the same meaning": r"\bmeans? the same\b|\bthe unchanged\b|\bunchanged…|[}\d] unchanged\b",
    "deleted": r"\bgone too\b|\bgone: ",
    "changes with a red finding": r"[}\d] red findings?\b",
}
"""What is not said, by the word that is."""


def told(path):
    """Return what of a file people read: all of a page or document, the strings of a module."""
    text = path.read_text("utf-8")
    return "\n".join(STRING.findall(text)) if path.suffix == ".py" else text


@pytest.mark.parametrize("word", BANNED)
def test_one_idea_has_one_word(word):
    said = {
        str(path.relative_to(TOP)): found.group()
        for path in (*PAGES, *TEXTS, *WORDS)
        if (found := re.search(BANNED[word], told(path)))
    }

    assert PAGES
    assert len(WORDS) > 50
    assert said == {}, f"say: {word}"


@pytest.mark.parametrize("word", ["churn", "same meaning", "deleted", "finding"])
def test_the_glossary_has_the_word(word):
    assert f"\n**{word}**" in (TOP / "docs" / "glossary.md").read_text("utf-8")
