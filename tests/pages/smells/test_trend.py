"""How rules went through the commits, as pages and scripts are told."""

import re
from xml.etree import ElementTree

import orjson
import pytest

from recviewer.catalog import indexer, tree_findings, trends
from recviewer.formats.version import reader_version
from tests.trees import FOLDER, bytes_of, chat, name_of

pytestmark = pytest.mark.django_db

CUT = chat("Cut?", finish="length")


@pytest.fixture
def looked_at(root):
    place = root / FOLDER / name_of(CUT)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(bytes_of(CUT))
    indexer.refresh(processes=1)
    tree_findings.look()


def kept(*counts, sources=None):
    """Leave what was counted as the process does."""
    sources = f"{reader_version()}.{tree_findings.rules_version()}" if sources is None else sources
    points = [
        {
            "sha": f"{place}" * 40,
            "parent": f"{place - 1}" * 40 if place > 1 else "",
            "at": f"2026-01-0{place}T00:00:00+00:00",
            "subject": "<b>",
            "counts": {"broke-off": count} if count else {},
        }
        for place, count in enumerate(counts, 1)
    ]
    told = {"state": f"h.{sources}", "rules": ["broke-off"], "points": points, "is_whole": True, "known": {}}
    trends._place().write_bytes(orjson.dumps(told))


@pytest.mark.slow
def test_a_rule_is_drawn_through_the_commits(client, looked_at):
    kept(4, 0, 1)

    html = client.get("/smells/broke-off").content.decode()
    drawing = ElementTree.fromstring(re.search(r'<svg viewBox="0 0 800 40".*?</svg>', html, re.DOTALL)[0])
    bars = [bar for bar in drawing.iter("rect") if bar.get("class") == "smells-bar"]
    assert [bar.get("height") for bar in bars] == ["40", "0", "10"]
    assert f'href="/changes/{"1" * 40}..{"2" * 40}"' in html
    assert "&lt;b&gt;" in html
    assert "1 Jan 2026: 4" in html
    assert "3 Jan 2026: 1" in html
    assert "From 4 to 1 through 3 commits" in client.get("/smells/").content.decode()
    told = client.get("/smells/broke-off.json").json()["trend"]
    assert [one["recordings"] for one in told] == [4, 0, 1]


@pytest.mark.slow
@pytest.mark.parametrize("counts", [(), (3,), (0, 0)])
def test_nothing_is_drawn_where_there_is_nothing_to_compare(client, looked_at, counts):
    kept(*counts)

    assert "smells-trend" not in client.get("/smells/broke-off").content.decode()


@pytest.mark.slow
def test_what_other_rules_counted_is_not_shown(client, looked_at):
    kept(4, 1, sources="of.before")

    assert "smells-trend" not in client.get("/smells/broke-off").content.decode()
    assert client.get("/smells/broke-off.json").json()["trend"] == []


@pytest.mark.slow
def test_rules_about_many_recordings_have_none(client, looked_at):
    kept(4, 1)

    assert client.get("/smells/twin.json").json()["trend"] == []


def test_a_process_counts_where_there_is_a_repository(root):
    assert trends.wanted_state() == "", "there is none"
    trends.count("h.s")
    assert orjson.loads(trends._place().read_bytes())["points"] == []
