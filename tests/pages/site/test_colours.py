"""Colours stand in one place, and the static report, which has styles of its own, has the same."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
TOKENS = (TOP / "static" / "css" / "tokens.css").read_text()
SHEETS = sorted(one for one in (TOP / "static" / "css").glob("*.css") if one.name != "tokens.css")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_colour_has_a_name(sheet):
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)|\b(?:rgb|hsl|oklch|light-dark)\(", sheet.read_text()) == []


def test_the_static_report_has_the_colours_of_the_pages():
    named = {name: both for name, *both in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\);", TOKENS)}
    light, dark = (
        (TOP / "recviewer" / "report" / "report.css").read_text().split("@media (prefers-color-scheme: dark)", 1)
    )

    for place, half in enumerate((light, dark.partition("}\n}")[0])):
        told = dict(re.findall(r"--([\w-]+): (#\w+);", half))
        assert len(told) > 10
        assert told == {name: named[name][place] for name in told}


def test_every_name_of_a_colour_is_one():
    defined = set(re.findall(r"--([\w-]+):", "".join([TOKENS, *(sheet.read_text() for sheet in SHEETS)])))
    used = set(re.findall(r"var\(--([\w-]+)\)", "".join(sheet.read_text() for sheet in SHEETS)))

    assert used <= defined
