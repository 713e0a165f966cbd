import json
import os
from urllib.parse import quote

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.memory import lineages
from tests.conftest import exchange


@pytest.fixture
def story(repo):
    """A recording that was changed, and re-recorded under another name by a bot; indexed."""
    repo.put("tests/recordings/a.json", answered="Earth.")
    repo.commit("Record the planets")
    repo.put("tests/recordings/a.json", answered="Earth, of course.")
    repo.commit("Edit by hand")
    (repo.top / "tests/recordings/a.json").unlink()
    repo.put("tests/recordings/b.json", answered="The Earth.")
    repo.commit("Recordings from CI", author="acme-ci[bot]")
    indexer.refresh(processes=1)
    return repo


def page_of(client, path, query=""):
    return client.get(f"/history/{quote(path)}{query}")


def words_of(client, path, query=""):
    return [row.words for row in page_of(client, path, query).context["page"].rows]


def test_versions_are_told_newest_first(client, story):
    response = page_of(client, "tests/recordings/b.json")
    html = response.content.decode()

    assert words_of(client, "tests/recordings/b.json") == ["re-recorded, other words", "other words", "added"]
    assert "Recordings from CI" in html
    assert [row.is_bot for row in response.context["page"].rows] == [True, False, False]
    assert ">bot</span>" in html
    assert "certain: the same test, the same conversation" in html
    assert f'href="/b/{story.blob("tests/recordings/a.json", "HEAD~2")}?path=tests/recordings/a.json"' in html.replace(
        "%2F", "/"
    )
    assert f'href="/changes/{story.git("rev-parse", "HEAD~1")}..{story.git("rev-parse", "HEAD")}"' in html


def test_old_name_leads_to_todays_file(client, story):
    page = page_of(client, "tests/recordings/a.json").context["page"]

    assert page.today == "tests/recordings/b.json"
    assert client.get(page.today_url).url == "/r/tests/recordings/b.json"


def test_each_version_compares_with_the_one_before_and_with_any_other(client, story):
    response = page_of(client, "tests/recordings/b.json")
    rows = response.context["page"].rows

    one = client.get(rows[0].before_url).content.decode()
    any_two = client.get("/difference/", {"old": rows[2].value, "new": rows[0].value}).content.decode()

    assert "<ins>" in one
    assert "of course" in one
    assert "of course" not in any_two
    assert response.content.decode().count(" checked><span") == 2
    assert (rows[0].is_new, rows[1].is_old, rows[2].before_url) == (True, True, "")


def test_verdict_on_a_version_is_shown(client, story):
    recording = Recording.objects.get(path="tests/recordings/b.json")
    client.post("/do/decide", {"key": recording.path, "seen": recording.blob, "verdict": "approve", "next": "/"})

    rows = page_of(client, recording.path).context["page"].rows

    assert [row.verdict and row.verdict[2] for row in rows] == ["approved", None, None]


def test_file_that_is_not_committed_is_said_to_differ(client, story):
    story.put("tests/recordings/b.json", answered="Mars.")
    indexer.refresh(processes=1)

    page = page_of(client, "tests/recordings/b.json").context["page"]

    assert page.disk == Recording.objects.get().blob
    assert "<ins>Mars.</ins>" in client.get(page.disk_url).content.decode()


def test_recording_links_to_its_history(client, story):
    assert 'href="/history/tests/recordings/b.json"' in client.get("/r/tests/recordings/b.json").content.decode()


def test_recording_outside_of_git_has_no_history(client, make_recording, settings):
    settings.REPOSITORY = None
    recording = make_recording()

    assert "/history/" not in client.get(f"/r/{recording.path}").content.decode()
    response = page_of(client, recording.path)
    assert response.status_code == 404
    assert "not a git repository" in response.content.decode()


def test_older_commit_shows_what_was_known_then(client, story):
    assert words_of(client, "tests/recordings/a.json", "?at=HEAD~1") == ["other words", "added"]


@pytest.mark.slow
def test_path_of_another_branch_alone_is_found_there(client, story):
    story.git("checkout", "-q", "-b", "side")
    story.put("tests/recordings/c.json", asked="And the moon?", test="tests/t.py::test_moon")
    story.commit("On the side")
    story.git("checkout", "-q", "main")
    story.git("update-ref", "refs/pull/7/head", "side")

    page = page_of(client, "tests/recordings/c.json").context["page"]

    assert (page.start, len(page.rows)) == ("refs/heads/side", 1)
    assert [name for name, _ in page.elsewhere] == ["refs/pull/7/head"]
    assert words_of(client, "tests/recordings/c.json", "?at=refs/pull/7/head") == ["added"]


@pytest.mark.parametrize("at", ["nowhere", "--all", "a..b", "HEAD:tests", "x" * 3000])
def test_what_is_no_commit_is_told_and_not_found(client, story, at):
    assert client.get("/history/tests/recordings/b.json", {"at": at}).status_code == 404


@pytest.mark.parametrize("path", ["nowhere.json", "../x.json", "/etc/passwd", "tests", "a\nb", "\\xff", "."])
def test_path_without_history_is_not_found(client, story, path):
    response = page_of(client, path)

    assert response.status_code == 404
    assert "No history is known" in response.content.decode()


def test_repository_without_commits_is_told(client, repo):
    assert page_of(client, "a.json").status_code == 404


@pytest.mark.slow
def test_root_below_the_top_is_named_from_the_root(client, repo_at, root, settings, db):
    settings.RECORDINGS_ROOT = root / "sub"
    settings.RECORDINGS_ROOT.mkdir()
    settings.REPOSITORY = None
    repo = repo_at(root)
    repo.git("init", "-q", "-b", "main")
    repo.put("sub/recordings/a.json", answered="Earth.")
    repo.put("other/recordings/x.json", asked="Outside?", test="t.py::test_x")
    repo.commit("first")
    repo.git("mv", "sub/recordings/a.json", "sub/recordings/b.json")
    repo.commit("second")
    indexer.refresh(processes=1)

    assert words_of(client, "recordings/b.json") == ["renamed, the same bytes", "added"]
    assert words_of(client, "recordings/a.json") == words_of(client, "sub/recordings/a.json")
    assert page_of(client, "sub/recordings/a.json").context["page"].today == "recordings/b.json"
    assert words_of(client, "other/recordings/x.json") == ["added"]


def test_bare_mirror_beside_the_root_has_the_history(client, story, settings, tmp_path):
    story.git("clone", "-q", "--mirror", str(story.top), str(tmp_path / "mirror.git"))
    settings.REPOSITORY = tmp_path / "mirror.git"

    assert len(words_of(client, "tests/recordings/b.json")) == 3


@pytest.mark.parametrize("name", [b"line\nbreak.json", b"\xff\xfe.json", b"-x.json", b"[a]*?.json", b" a%20&=b.json"])
def test_odd_names_have_a_page(client, repo, name):
    os.makedirs(repo.top / "recordings")
    with open(os.path.join(os.fsencode(repo.top), b"recordings", name), "wb") as file:
        file.write(json.dumps(exchange()).encode())
    repo.commit("odd")
    indexer.refresh(processes=1)
    recording = Recording.objects.get()

    assert words_of(client, recording.path) == ["added"]
    Recording.objects.all().delete()
    assert words_of(client, recording.path) == ["added"]


def test_what_people_and_recordings_wrote_is_only_shown(client, repo):
    nasty = "<script>alert(1)</script> \u202e"
    repo.put("recordings/a.json", asked=nasty, answered=nasty)
    repo.commit(nasty, author=nasty)
    indexer.refresh(processes=1)

    html = page_of(client, "recordings/a.json").content.decode()

    assert "<script>alert" not in html
    assert "U+202E" in html


def test_long_history_offers_to_look_further_back(client, story, monkeypatch):
    monkeypatch.setattr(lineages.trace, "__kwdefaults__", {"commits": 2, "seconds": 5.0})

    page = page_of(client, "tests/recordings/b.json").context["page"]

    assert len(page.rows) == 2
    assert [row.words for row in client.get(page.further_url).context["page"].rows] == ["added"]


@pytest.mark.slow
def test_path_that_was_touched_long_ago_is_reached_look_by_look(client, story, monkeypatch):
    story.put("tests/recordings/gone.json", asked="What was there?", test="t.py::test_gone")
    story.commit("add")
    (story.top / "tests/recordings/gone.json").unlink()
    story.commit("gone")
    for number in range(3):
        (story.top / "README").write_text(str(number))
        story.commit("other")
    monkeypatch.setattr(lineages, "COMMITS", 2)

    response = page_of(client, "tests/recordings/gone.json")

    assert response.status_code == 404
    further = client.get(response.context["page"].further_url)
    assert [row.words for row in further.context["page"].rows] == ["deleted", "added"]


def test_second_look_reads_nothing(client, story, monkeypatch):
    page_of(client, "tests/recordings/b.json")
    monkeypatch.setattr(lineages, "trace", None)

    assert page_of(client, "tests/recordings/b.json").status_code == 200


def test_scripts_get_the_same(client, story):
    found = page_of(client, "tests/recordings/b.json.json").json()

    assert [one["what"] for one in found["versions"]] == ["remade", "modified", "added"]
    assert found["versions"][0]["before"]["path"] == "tests/recordings/a.json"
    assert found["versions"][0]["class"] == "text"
    assert found["versions"][0]["paired_by"] == "test"


@pytest.mark.slow
def test_a_hosted_instance_tells_no_history_of_a_file_that_is_no_recording(client, repo, settings):
    """Nor whether there was one: who may see recordings need not see the rest of a repository."""
    for path, data in (("deploy/settings.py", b"PASSWORD = 1"), ("deploy/conf.json", b'{"name": "x"}')):
        (repo.top / path).parent.mkdir(exist_ok=True)
        (repo.top / path).write_bytes(data)
    repo.put("elsewhere/held.json")
    (repo.top / "tests/recordings").mkdir(parents=True)
    (repo.top / "tests/recordings/broken.json").write_bytes(b'{"request": {"meth')
    repo.commit("Rotate the password of prod")
    repo.git("rm", "-rq", ".")
    repo.put("tests/recordings/a.json")
    repo.commit("Record")

    def told(path, query=""):
        response = page_of(client, path, query)
        return response.status_code, response.content.decode().replace(path, "").replace(quote(path, safe=""), "")

    shown = ("elsewhere/held.json", "tests/recordings/broken.json", "tests/recordings/a.json")
    for path in (*shown, "deploy/settings.py", "deploy/conf.json"):
        assert told(path)[0] == 200
    settings.HOSTED, settings.PUBLIC_READ, settings.BEHIND_PROXY = True, True, False
    for path in shown:
        assert told(path)[0] == 200
    for query in ("", "?at=HEAD~1", "?at=HEAD"):
        never = told("deploy/never.py", query)
        assert never[0] == 404
        assert "touched" not in never[1]
        assert told("deploy/settings.py", query) == never
        assert told("deploy/conf.json", query) == never
    assert "Rotate" not in told("deploy/conf.json.json")[1]
    assert "is or was at this path" in told("deploy")[1]


def test_a_single_version_offers_nothing_to_compare_it_with(client, repo):
    question = "Which planet? " * 40
    repo.put("tests/recordings/a.json", asked=question)
    repo.commit("Record the planets")
    indexer.refresh(processes=1)

    html = page_of(client, "tests/recordings/a.json").text

    assert "Compare the two selected" not in html
    assert 'type="radio"' not in html
    assert "…</h1>" in html


def test_several_versions_are_compared(client, story):
    html = page_of(client, "tests/recordings/b.json").text

    assert "Compare the two selected" in html
    assert html.count('type="radio"') == 6
