from urllib.parse import quote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.test import Client, RequestFactory
from django.urls import get_resolver

from recviewer.changes import fetches
from recviewer.git import repository
from recviewer.git.remotes import checked
from recviewer.memory import ranges


def _views(resolver, way=""):
    for one in resolver.url_patterns:
        if hasattr(one, "url_patterns"):
            yield from _views(one, way + str(one.pattern))
        else:
            yield way + str(one.pattern), one.callback


VIEWS = [one for one in _views(get_resolver()) if not one[0].startswith(("admin", "static"))]


@pytest.mark.parametrize(("way", "view"), VIEWS, ids=[way or "/" for way, _ in VIEWS])
def test_methods_that_no_page_has_are_refused(way, view, db):
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO"):
        request = RequestFactory().generic(method, "/")
        request.user = AnonymousUser()
        request.session = SessionStore()
        request._dont_enforce_csrf_checks = True

        assert view(request).status_code == 405, method


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "FOO"])
def test_they_are_refused_without_a_token_too(db, method):
    client = Client(enforce_csrf_checks=True)

    assert [client.generic(method, url).status_code for url in ("/", "/queue/", "/do/decide", "/nowhere")] == [405] * 4


BAD = ["HEAD^{/((x{1,100}){1,100}){1,100}}", ":/start", "HEAD:x.json", "HEAD^{/start}", "x" * 5000]


@pytest.fixture
def no_git(repo, monkeypatch):
    """A repository with a commit; whoever hands a search, a path or something endless to git fails."""
    repo.git("commit", "-q", "--allow-empty", "-m", "start")
    run = repository.run

    def watched(words, **more):
        assert not any(bad in str(word) for word in words for bad in BAD)
        return run(words, **more)

    monkeypatch.setattr(repository, "run", watched)


DOORS = [
    ("/changes/{}", "...HEAD"),
    ("/changes/HEAD...{}", ""),
    ("/report/{}", "...HEAD"),
    ("/plan/{}", "...HEAD"),
    ("/changes/", "base"),
    ("/changes/", "head"),
    ("/changes/", "range"),
    ("/history/recordings/a.json", "at"),
    ("/do/churn", "range"),
    ("/do/pair", "range"),
]


@pytest.mark.slow
@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_name_of_a_commit_is_a_sentence_at_every_door(client, no_git, bad):
    for door, more in DOORS:
        query = {} if "{}" in door else {more: bad}
        if more == "range":
            query = {"range": f"{bad}...HEAD"}
        response = client.get(door.format(quote(bad, safe="/")) + (more if "{}" in door else ""), query)

        assert 400 <= response.status_code < 500, (door, more)
        assert "is not a revision that can be asked for" in response.content.decode(), (door, more)


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_name_of_a_commit_is_not_fetched(client, no_git, settings, tmp_path, bad):
    settings.FETCH_FROM = checked(str(tmp_path))
    client.post("/do/fetch", {"ref": bad})

    state = fetches.state(ranges.repository(), settings.FETCH_FROM, settings.DATA_DIR)
    assert "nothing was fetched" in state.error
