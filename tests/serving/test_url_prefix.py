"""The path below which an instance lies: which there may be, and that it is taken off whether or not a proxy did."""

import pytest
from django.urls import get_resolver

from recviewer.serving import url_prefix
from tests.settings_of import settings_of


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://example.com", ""),
        ("https://example.com/", ""),
        ("https://example.com/recviewer", "/recviewer"),
        ("https://example.com/recordings/ogx/", "/recordings/ogx"),
        ("http://127.0.0.1:8000/~team/a.b", "/~team/a.b"),
    ],
)
def test_prefix_is_the_path_of_the_site(address, found):
    assert url_prefix.of_site(address) == found


@pytest.mark.parametrize("path", ["a//b", "..", "a/../b", "a/.", "%61", "a%2Fb", "ü", "a b"])
def test_path_that_browsers_read_otherwise_is_refused(path):
    with pytest.raises(ValueError, match="letters, digits"):
        url_prefix.of_site(f"https://example.com/{path}")


@pytest.mark.parametrize("path", ["tests", "r/ogx", "static", "admin/recviewer"])
def test_path_that_begins_as_a_page_does_is_refused(path):
    with pytest.raises(ValueError, match="begins as pages here do"):
        url_prefix.of_site(f"https://example.com/{path}/")


def test_beginnings_of_addresses_are_those_of_the_table():
    def beginnings(resolver, before=""):
        for one in resolver.url_patterns:
            whole = before + str(one.pattern)
            yield from beginnings(one, whole) if hasattr(one, "url_patterns") else [whole.partition("/")[0]]

    there = set(beginnings(get_resolver())) - {""}

    assert there | {"admin", "static"} == url_prefix.OWN  # the administration has addresses where there are accounts
    assert not [one for one in there if "<" in one], "any prefix could begin as this one does"


def answered(path, query="", at="/recordings/ogx"):
    """Return what a request became: (script name, path), or its answer."""
    told = []

    def application(environ, start):
        told.append((environ["SCRIPT_NAME"], environ["PATH_INFO"]))
        return [b""]

    environ = {"PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": ""}
    list(
        url_prefix.below(application, at)(
            environ, lambda status, headers: told.append((status, dict(headers)["Location"]))
        )
    )
    return told.pop()


@pytest.mark.parametrize("path", ["/", "/r/a.json", "/healthz", "/r/recordings/ogx/a.json"])
def test_prefix_is_taken_off_whether_or_not_the_proxy_did(path):
    assert answered(path) == ("/recordings/ogx", path)
    assert answered(f"/recordings/ogx{path}") == ("/recordings/ogx", path)


def test_what_only_begins_alike_is_another_path():
    assert answered("/recordings/ogx2/") == ("/recordings/ogx", "/recordings/ogx2/")
    assert answered("/recordings") == ("/recordings/ogx", "/recordings")


def test_prefix_without_its_slash_leads_to_the_one_with():
    assert answered("/recordings/ogx") == ("302 Found", "/recordings/ogx/")
    assert answered("/recordings/ogx", "q=a%20b") == ("302 Found", "/recordings/ogx/?q=a%20b")


def test_site_of_its_own_is_asked_as_ever():
    def application(environ, start):
        return [b""]

    assert url_prefix.below(application, "") is application


def test_settings_keep_cookies_and_files_below():
    alone, below = settings_of(), settings_of(RECVIEWER_PUBLIC_URL="https://example.com/a/b/")

    assert (alone["PREFIX"], alone["FORCE_SCRIPT_NAME"], alone["STATIC_URL"]) == ("", None, "/static/")
    assert (alone["SESSION_COOKIE_NAME"], alone["SESSION_COOKIE_PATH"]) == ("sessionid", "/")
    assert (below["PREFIX"], below["FORCE_SCRIPT_NAME"], below["STATIC_URL"]) == ("/a/b", "/a/b", "/a/b/static/")
    assert (below["SESSION_COOKIE_NAME"], below["CSRF_COOKIE_NAME"]) == ("sessionid-a-b", "csrftoken-a-b")
    assert below["SESSION_COOKIE_PATH"] == below["CSRF_COOKIE_PATH"] == "/a/b/"


def test_a_path_that_cannot_be_stops_the_start():
    with pytest.raises(SystemExit, match=r"RECVIEWER_PUBLIC_URL.*begins as pages here do"):
        settings_of(RECVIEWER_PUBLIC_URL="https://example.com/tests")
