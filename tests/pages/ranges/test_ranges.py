import json
import subprocess

import pytest

from recviewer.changes import fetches
from recviewer.changes.fetches import FetchState
from recviewer.git.remotes import checked
from recviewer.memory import glances
from recviewer.memory.glances import Glance
from recviewer.memory.ranges import report_of, repository
from recviewer.pages.ranges import range_name
from recviewer.pages.ranges.index import RangeRow
from recviewer.pages.text.classes import CLASSES


@pytest.fixture
def git(root, settings, db, chat, tmp_path, monkeypatch):
    """Return a function that calls git in the recordings root, which is a repository with one commit."""
    settings.REPOSITORY = settings.FETCH_FROM = None
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))

    def call(*words):
        names = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        done = subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True, env=names)
        return done.stdout.strip()

    call("init", "-q", "-b", "main")
    call("commit", "-q", "--allow-empty", "-m", "start")
    return call


@pytest.fixture
def remote(git, root, settings, tmp_path):
    """The repository is fetched from a remote that has one more pull request."""
    place = tmp_path / "remote.git"
    git("clone", "-q", "--mirror", ".", str(place))
    git("commit", "-q", "--allow-empty", "-m", "topic")
    git("push", "-q", str(place), "HEAD:refs/pull/77/head")
    git("reset", "-q", "--hard", "HEAD~1")
    settings.FETCH_FROM = checked(str(place))
    return place


def page_of(client, url="/changes/"):
    return client.get(url).context["page"]


def test_newcomer_is_led_to_the_work_at_hand(client, git):
    git("checkout", "-q", "-b", "topic")
    git("commit", "-q", "--allow-empty", "-m", "more")

    page = page_of(client)

    assert [(ready.words, ready.url) for ready in page.ready] == [
        ("Uncommitted work", "/changes/HEAD..."),
        ("This branch", "/changes/main...topic"),
    ]
    assert client.get(page.ready[0].url).status_code == 200
    assert set(page.names) == {"main", "topic"}


@pytest.mark.slow
def test_page_says_which_of_several_merge_bases_was_taken(client, git):
    git("checkout", "-q", "-b", "topic")
    git("commit", "-q", "--allow-empty", "-m", "mine")
    git("checkout", "-q", "main")
    git("commit", "-q", "--allow-empty", "-m", "theirs")
    git("merge", "-q", "-m", "into main", "topic")
    git("checkout", "-q", "topic")
    git("merge", "-q", "-m", "into topic", "main^1")

    html = client.get("/changes/main...topic").content.decode()

    assert f"2 merge bases: compared from {git('merge-base', 'main', 'topic')[:9]}" in html
    assert "merge bases" not in client.get("/changes/main..topic").content.decode()


@pytest.mark.parametrize(
    ("typed", "spec"),
    [
        ({"base": "main", "head": "topic"}, "main...topic"),
        ({"base": "main", "head": "topic", "dots": "2"}, "main..topic"),
        ({"base": "main..topic"}, "main..topic"),
        ({"head": "topic"}, "main...topic"),
        ({"base": "topic"}, "topic..."),
        ({"head": "#12"}, "main...refs/pull/12/head"),
        ({"base": "12"}, "main...refs/pull/12/head"),
        ({"head": "https://github.com/a/b/pull/12/files"}, "main...refs/pull/12/head"),
        ({"range": "main...refs/pull/12/head"}, "main...refs/pull/12/head"),
    ],
)
def test_typed_sides_lead_to_their_range(client, git, typed, spec):
    git("branch", "topic")
    git("update-ref", "refs/pull/12/head", "HEAD")

    assert client.get("/changes/", typed)["Location"] == f"/changes/{spec}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ['we"ird', "semi;colon", "ünïcode", "a%2Fb", "hash#tag", "x'y", "a&b", "$(id)"])
def test_branches_with_odd_names_are_reached_from_the_list(client, git, name):
    git("branch", name)
    git("commit", "-q", "--allow-empty", "-m", "more")
    git("branch", "-f", name, "HEAD")
    git("reset", "-q", "--hard", "HEAD~1")

    (row,) = page_of(client).branches

    assert row.entry.spec == f"main...{name}"
    assert client.get(row.url).status_code == 200


def test_mirror_takes_one_name_as_the_head(client, git, settings, tmp_path):
    git("branch", "topic")
    git("clone", "-q", "--mirror", ".", str(tmp_path / "m.git"))
    settings.REPOSITORY = tmp_path / "m.git"

    assert client.get("/changes/", {"base": "topic"})["Location"] == "/changes/main...topic"
    assert page_of(client).ready == ()


def test_empty_repository_has_a_page(client, git, root, settings, tmp_path):
    git("init", "-q", "-b", "main", str(tmp_path / "empty"))
    settings.REPOSITORY = tmp_path / "empty"

    assert client.get("/changes/").status_code == 200
    assert "no such commit here" in client.get("/changes/HEAD").content.decode()


@pytest.mark.slow
def test_requests_are_searched_and_paged(client, git, monkeypatch):
    from recviewer.pages.ranges import index

    monkeypatch.setattr(index, "PAGE", 2)
    for number in range(1, 6):
        git("update-ref", f"refs/pull/{number}/head", "HEAD")

    first = page_of(client, "/changes/?all=1")
    second = page_of(client, first.next_url)

    assert [row.entry.label for row in first.requests + second.requests] == ["#5", "#4", "#3", "#2"]
    assert second.previous_url == "/changes/?all=1"
    assert [row.entry.label for row in page_of(client, "/changes/?q=%233&all=1").requests] == ["#3"]
    assert "No pull request has all of these words" in client.get("/changes/?q=nothing").content.decode()


def test_requests_without_recordings_are_left_out_until_they_are_asked_for(client, git):
    git("update-ref", "refs/pull/1/head", "HEAD")
    page_of(client)
    range_name.COUNTS.wait(repository())

    page = page_of(client)
    html = client.get("/changes/").content.decode()

    assert (page.requests, page.found, page.total, page.without) == ((), 0, 1, 1)
    assert "1 more touches no recording." in html
    assert [row.entry.label for row in page_of(client, page.other_url).requests] == ["#1"]


@pytest.mark.slow
def test_the_page_of_a_request_has_its_number_and_the_title_of_the_list(client, git, root):
    git("checkout", "-q", "-b", "topic")
    for number, subject in enumerate(("Record the moon", "Merge branch main")):
        place = root / f"tests/recordings/{number}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("{}")
        git("add", "-A")
        git("commit", "-q", "-m", subject)
    git("update-ref", "refs/pull/7/head", "HEAD")
    git("checkout", "-q", "main")

    html = client.get("/changes/main...refs/pull/7/head").content.decode()

    assert "<title>#7 Record the moon" in html
    assert '<span class="quiet">#7</span> Record the moon</p>' in html


@pytest.mark.slow
def test_the_list_tells_of_a_request_what_changed_and_whether_it_needs_anybody(client, git, root, chat):
    git("checkout", "-q", "-b", "topic")
    place = root / "tests/recordings/new.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(chat(answered="Quite new.")))
    git("add", "-A")
    git("commit", "-q", "-m", "Record")
    git("update-ref", "refs/pull/7/head", "HEAD")
    git("checkout", "-q", "main")
    page_of(client)
    range_name.COUNTS.wait(repository())
    assert page_of(client).requests[0].glance is None

    glances.look(["main...refs/pull/7/head"])

    html = client.get("/changes/").content.decode()
    assert "</span>1 new</span>" in html
    assert "<b>1 needs you</b>" in html
    (change,) = report_of("main...refs/pull/7/head").found.changes
    seen = {
        "range": "main...refs/pull/7/head",
        "change": change.side.path,
        "key": change.side.path,
        "verdict": "approve",
    }
    sent = client.post("/do/change", seen | {"seen": change.side.blob})
    assert sent.status_code == 303
    html = client.get("/changes/").content.decode()
    assert "nothing needs you" in html
    assert "1 of 1 decided" in html


def test_a_line_has_every_class_that_a_change_is_of_so_that_they_add_up():
    counted = tuple((churn, place + 1) for place, churn in enumerate(CLASSES))
    changes = sum(count for _, count in counted)
    row = RangeRow(None, "/changes/main...x", Glance(counted, changes, changes, 0, 0))

    assert sum(count for _, count in row.classes) == changes
    assert [count for _, count in row.classes] == sorted((count for _, count in counted), reverse=True)


def test_nothing_can_be_fetched_unless_the_operator_says_where(client, git):
    html = client.get("/changes/main...refs/pull/77/head").content.decode()

    assert client.post("/do/fetch").status_code == 404
    assert "/do/fetch" not in html
    assert "fetch origin refs/pull/77/head:refs/pull/77/head" in html


@pytest.mark.slow
def test_fetch_brings_what_is_new_and_says_so(client, remote):
    response = client.post("/do/fetch")

    assert (response.status_code, response["Location"]) == (303, "/changes/")
    page = page_of(client, "/changes/?all=1")
    assert page.fetch.sentence == "1 pull request is new."
    assert [(row.entry.label, row.entry.title) for row in page.requests] == [("#77", "topic")]
    assert client.get(page.requests[0].url).status_code == 200


@pytest.mark.slow
def test_missing_request_is_offered_and_then_shown(client, remote):
    response = client.get("/changes/main...refs/pull/77/head")
    page = response.context["page"]

    sent = client.post("/do/fetch", {"ref": page.wanted, "next": page.retry})

    assert (response.status_code, page.wanted) == (404, "refs/pull/77/head")
    assert (sent.status_code, sent["Location"]) == (303, "/changes/main...refs/pull/77/head")
    shown = client.get(sent["Location"])
    assert shown.status_code == 200
    assert "refs/pull/77/head is here now." in shown.content.decode()


def test_request_that_the_remote_does_not_have_is_said_where_it_was_asked_for(client, remote):
    sent = client.post("/do/fetch", {"ref": "refs/pull/78/head", "next": "/changes/main...refs/pull/78/head"})

    html = client.get(sent["Location"]).content.decode()

    assert f"Nothing was fetched. {remote} has no refs/pull/78/head" in html


def test_fetch_needs_the_token_of_a_form(remote):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post("/do/fetch").status_code == 403


def test_fetch_that_still_runs_is_watched(client, remote, monkeypatch):
    monkeypatch.setattr(fetches, "state", lambda *given: FetchState("Receiving objects: 12%", 0, "", ""))

    html = client.get("/changes/").content.decode()
    part = client.get("/do/fetch", headers={"HX-Request": "true"})

    assert "Receiving objects: 12%" in html
    assert "every 1s" in html
    assert "HX-Refresh" not in part
    monkeypatch.setattr(fetches, "state", lambda *given: FetchState("", 1, "Nothing is new.", ""))
    assert client.get("/do/fetch", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert client.get("/do/fetch")["Location"] == "/changes/"


def test_address_with_a_password_is_shown_without_it(client, git, settings):
    settings.FETCH_FROM = checked("https://ada:s3cret@127.0.0.1:1/x.git")

    client.post("/do/fetch")
    html = client.get("/changes/").content.decode()

    assert "127.0.0.1:1/x.git" in html
    assert "s3cret" not in html
