"""How many recordings there were through the commits."""

import pytest

from recviewer.catalog import provenance
from recviewer.pages.recordings import growth


@pytest.fixture
def grown(make_recording, commit, root):
    """Three commits: two recordings, one more beside a file that is none, one gone and one changed."""
    growth._kept.clear()
    make_recording("a/recordings/1.json")
    make_recording("a/recordings/2.json")
    shas = [commit("Begin")]
    make_recording("a/recordings/3.json")
    (root / "a/readme.json").write_text("{}")
    shas.append(commit("One <b>more</b>"))
    (root / "a/recordings/1.json").unlink()
    make_recording("a/recordings/2.json", asked="And now?")
    shas.append(commit("Less"))
    (root / "a/readme.json").write_text("[]")
    commit("Nothing of ours")
    provenance.refresh(catalog_changed=True)
    return shas


def test_each_commit_says_what_it_did_and_what_there_was_after_it(client, grown):
    page = client.get("/growth/").context["page"]

    assert [(one.subject, one.added, one.removed, one.changed, one.total) for one in page.rows] == [
        ("Less", 0, 1, 1, 2),
        ("One <b>more</b>", 1, 0, 0, 3),
        ("Begin", 2, 0, 0, 2),
    ]
    assert (page.files, page.count, page.is_whole) == (2, 3, True)


def test_bars_stand_for_all_files_and_lead_to_what_changed_them(client, grown):
    bars = client.get("/growth/").context["page"].bars

    assert [bar.height for bar in bars] == [27, 40, 27]
    assert [bar.url for bar in bars] == [
        "",
        f"/changes/{grown[0]}..{grown[1]}",
        f"/changes/{grown[1]}..{grown[2]}",
    ]
    assert client.get(bars[1].url).status_code == 200
    assert "3 files, +1 −0, One" in bars[1].title


def test_several_commits_share_a_bar_where_there_are_many(client, grown, monkeypatch):
    monkeypatch.setattr(growth, "BARS", 2)
    bars = client.get("/growth/").context["page"].bars

    assert [bar.url for bar in bars] == ["", f"/changes/{grown[1]}..{grown[2]}"]
    assert "+3 −0, 2 commits" in bars[0].title


def test_long_history_is_looked_through_in_part_and_counted_from_now(client, grown, monkeypatch):
    monkeypatch.setattr(growth, "COMMITS", 2)
    page = client.get("/growth/").context["page"]

    assert [(one.subject, one.total) for one in page.rows] == [("Less", 2), ("One <b>more</b>", 3)] or not page.is_whole
    assert not page.is_whole
    assert "goes further back than what is shown" in client.get("/growth/").content.decode()


def test_table_goes_on_on_further_pages(client, grown, monkeypatch):
    monkeypatch.setattr(growth, "PER_PAGE", 2)

    assert [one.subject for one in client.get("/growth/?page=2").context["page"].rows] == ["Begin"]
    assert 'rel="next"' in client.get("/growth/").content.decode()


def test_overview_asks_for_the_drawing_alone(client, grown):
    assert 'hx-get="/growth/"' in client.get("/").content.decode()
    html = client.get("/growth/", headers={"HX-Request": "true"}).content.decode()

    assert html.count("<rect") == 3
    assert "<html" not in html
    assert "<b>more" not in html


def test_without_a_repository_there_is_nothing_to_draw(client, make_recording, settings):
    settings.REPOSITORY = None
    make_recording()

    assert "hx-get" not in client.get("/").content.decode().partition("overview-cuts")[2].partition("</dl>")[0]
    assert client.get("/growth/").status_code == 200
    assert client.get("/growth/", headers={"HX-Request": "true"}).status_code == 204


def test_one_commit_is_told_and_not_drawn(client, make_recording, commit):
    growth._kept.clear()
    make_recording("a/recordings/1.json")
    commit("Begin")

    page = client.get("/growth/").context["page"]

    assert ([one.subject for one in page.rows], page.bars) == (["Begin"], ())
    assert client.get("/growth/", headers={"HX-Request": "true"}).status_code == 204
