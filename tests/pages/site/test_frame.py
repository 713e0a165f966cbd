import pytest
from django.test import RequestFactory
from django.test.utils import override_script_prefix
from whitenoise.storage import CompressedManifestStaticFilesStorage

from recviewer.pages.site import errors
from recviewer.pages.site.frame import short
from recviewer.pages.site.statics import DigestStorage
from recviewer.pages.text import media
from recviewer.review.refusals import Refused
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from recviewer.store import refusals


def test_every_answer_carries_the_policy(client, root, db):
    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_unknown_address_has_a_page(client, root, db):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "Nothing is here" in response.content.decode()


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (refusals.Vanished(b"a"), 410),
        (refusals.OutsideRoot(b"../a", "it leads out"), 403),
        (refusals.CannotRead(b"a", "no permission"), 422),
        (refusals.NoEntry("x"), 404),
        (Refused("no"), 409),
    ],
)
def test_refusals_have_their_status(refusal, status):
    assert errors.page_of(refusal).status == status


def test_bugs_are_no_refusals():
    assert errors.page_of(ValueError("x")) is None


def test_server_error_needs_nothing_that_may_have_failed(root, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "recviewer.pages.site.statics.DigestStorage"},
    }
    settings.STATIC_ROOT = root / "nothing collected"

    response = errors.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "<h1>Something broke</h1>" in response.text


def test_root_is_named_by_its_last_two_folders():
    assert short(("/", "home", "ada", "tests", "integration")) == "tests/integration"


@pytest.mark.parametrize("name", ["", "m", "m0.0", "m1", "m1.9", "x1.0", "m1.-1", "m99999999.0", "m1.0.0.0"])
def test_places_of_pictures_that_are_none_give_nothing(name):
    assert media.find([], [], name) is None


@pytest.mark.parametrize("address", ["/", "/recordings.json", "/activity/", "/changes/", "/nothing/here"])
def test_no_page_is_kept(client, db, root, address):
    assert client.get(address).headers["Cache-Control"] == "no-store"


def test_address_of_a_file_is_worked_out_once(root, settings, monkeypatch):
    settings.STATIC_ROOT = root / "collected"
    settings.STATIC_ROOT.mkdir()
    asked = []
    monkeypatch.setattr(
        CompressedManifestStaticFilesStorage, "url", lambda self, name, force=False: asked.append(name) or f"/at/{name}"
    )
    storage = DigestStorage()

    assert [storage.url(name) for name in ("a.js", "b.js", "a.js", "a.js")] == [
        "/at/a.js",
        "/at/b.js",
        "/at/a.js",
        "/at/a.js",
    ]
    assert asked == ["a.js", "b.js"]


@pytest.mark.parametrize("prefix", ["/", "/below/"])
def test_links_begin_with_what_stands_before_all_addresses(client, make_recording, prefix):
    make_recording("tests/recordings/a.json")

    with override_script_prefix(prefix):
        page = client.get("/r/tests/recordings/a.json").content.decode()

    assert f'<a href="{prefix}changes/"' in page
    assert f'name="next" value="{prefix}r/tests/recordings/a.json"' in page


def test_tags_are_in_the_bar_once_there_is_one(client, make_recording):
    recording = make_recording("tests/recordings/a.json")
    assert "/tags/" not in client.get("/").content.decode()

    tag([Seen(recording.path, recording.blob)], actor="ana", name="golden")

    assert '<a href="/tags/"' in client.get("/").content.decode()
