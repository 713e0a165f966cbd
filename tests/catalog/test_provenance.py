import json
import os
import subprocess
from datetime import UTC, datetime

import pytest

from recviewer.catalog import facets, indexer, provenance
from recviewer.catalog.models import Commit, File, Recording
from recviewer.catalog.state import current_state

pytestmark = pytest.mark.django_db
WHO = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@b"}
WHEN = {"GIT_AUTHOR_DATE": "2026-01-02T03:04:05+02:00", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+02:00"}


@pytest.fixture
def git(root):
    """Return a function that runs git in the recordings root, which is a work tree."""

    def run(*words):
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull} | WHO | WHEN
        subprocess.run(["git", *words], cwd=root, env=environment, check=True, capture_output=True)

    run("init", "-q", "-b", "main")
    return run


@pytest.fixture
def commit(git):
    def run(message):
        git("add", "-A")
        git("commit", "-q", "-m", message)

    return run


def refresh():
    report = indexer.refresh(processes=1)
    return provenance.refresh(catalog_changed=report.did_anything)


def test_recording_knows_the_commit_that_last_touched_it(put, commit):
    put()
    commit("Record a planet\n\nmake record")

    assert refresh() == 1
    made = Recording.objects.get().commit
    assert (made.author, made.subject, made.body) == ("Ada", "Record a planet", "make record")
    assert made.at == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)


def test_nothing_is_asked_again_while_nothing_changes(put, commit, monkeypatch):
    put()
    commit("first")
    refresh()
    monkeypatch.setattr(provenance, "pasts", lambda *given, **how: pytest.fail("walked again"))

    assert provenance.refresh(catalog_changed=False) == 0


def test_new_commit_is_noticed(put, commit):
    put()
    commit("first")
    refresh()
    put(answered="Venus.")
    commit("second")

    refresh()

    assert Recording.objects.get().commit.subject == "second"


def test_uncommitted_recording_has_no_commit(put, commit):
    put()
    commit("first")
    put("tests/recordings/new.json")

    refresh()

    assert Recording.objects.get(path="tests/recordings/new.json").commit is None
    assert Recording.objects.get(path="tests/recordings/one.json").commit.subject == "first"


def test_rows_written_by_somebody_else_get_their_commits(put, commit):
    put()
    commit("first")
    refresh()
    put("tests/recordings/two.json")
    commit("second")
    refresh()
    File.objects.filter(path__endswith="two.json").delete()
    indexer.refresh(processes=1)

    provenance.refresh(catalog_changed=False)

    assert Recording.objects.get(path__endswith="two.json").commit.subject == "second"


def test_state_of_the_catalog_has_another_name_when_commits_came(put, commit):
    put()
    commit("first")
    indexer.refresh(processes=1)
    before = current_state()

    provenance.refresh(catalog_changed=False)

    assert current_state() != before


def named_by_its_request(put):
    """Write a recording under the name that the newest rule gives, and return that place."""
    place = put("tests/recordings/x.json")
    indexer.refresh(processes=1)
    expected = Recording.objects.get().replay_expected
    target = place.with_name(expected)
    place.rename(target)
    return target


def test_recording_edited_after_it_was_named_is_told_from_an_unknown_one(put, commit):
    place = named_by_its_request(put)
    commit("recorded")
    document = json.loads(place.read_bytes())
    document["request"]["body"]["messages"][0]["content"] = "Something else?"
    place.write_text(json.dumps(document))
    put("tests/recordings/" + "0" * 64 + ".json")
    commit("renamed by hand")

    refresh()

    states = dict(Recording.objects.values_list("path", "replay"))
    assert states == {f"tests/recordings/{place.name}": "edited", f"tests/recordings/{'0' * 64}.json": "unknown"}
    found = facets.columns("")
    assert dict(facets.counts(found, found.all, []).by_facet["replay"]) == {
        "edited": 1,
        "unknown": 1,
    }


def test_edited_stays_edited_when_everything_is_read_again(put, commit):
    place = named_by_its_request(put)
    commit("recorded")
    place.write_bytes(place.read_bytes().replace(b"Which planet?", b"Which moon?"))
    commit("edited")
    refresh()

    indexer.refresh(processes=1, full=True)
    provenance.refresh(catalog_changed=True)

    assert Recording.objects.get().replay == "edited"


def test_root_may_lie_below_the_top_of_the_work_tree(put, commit, settings):
    put("deep/tests/recordings/one.json")
    put("tests/recordings/one.json")
    commit("first")
    settings.RECORDINGS_ROOT = settings.RECORDINGS_ROOT / "deep"

    refresh()

    assert Recording.objects.get().commit.subject == "first"


def test_file_name_that_is_not_utf8_has_its_commit(put, commit):
    put(b"tests/recordings/\xff.json")
    commit("first")

    refresh()

    assert Recording.objects.get().commit.subject == "first"


def test_tree_without_git_has_nothing_to_know(put):
    put()

    assert refresh() == 0


def test_repository_without_commits_has_nothing_to_know(put, git):
    put()

    assert refresh() == 0
    assert Commit.objects.count() == 0
