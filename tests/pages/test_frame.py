import pytest
from django.test import RequestFactory

from recviewer.pages.site import errors
from recviewer.pages.site.frame import short
from recviewer.pages.text import media
from recviewer.review.refusals import Refused
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
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
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
