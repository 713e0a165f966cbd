import tracemalloc
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from recviewer.pages.site import bodies
from recviewer.pages.site.bodies import form_of

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def hosted(settings, root, db):
    settings.HOSTED = True
    at = settings.MIDDLEWARE.index("recviewer.pages.site.bodies.BodyLimits")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:at], *settings.DOORS, *settings.MIDDLEWARE[at:]]


def post(client, address, body, kind=FORM):
    return client.post(address, body, content_type=kind)


@given(
    st.lists(st.sampled_from([b"%", b"%4", b"%41", b"%c3%a9", b"%ff", b"+", b"&", b"=", b"a", b"%%25", b"\xc3\xa9"]))
)
@example([b"a=", b"%41" * 3])
def test_a_form_is_read_as_django_reads_it(pieces):
    body = b"".join(pieces)
    piece, bodies._PIECE = bodies._PIECE, 7
    try:
        assert dict(form_of(body).lists()) == dict(QueryDict(body, encoding="utf-8").lists())
    finally:
        bodies._PIECE = piece


def test_no_sign_is_cut_where_a_value_is_read_in_pieces():
    words = "é%&=+ " * 4_000

    assert form_of(urlencode({"note": words, "é": "x"}).encode()).dict() == {"note": words, "é": "x"}


@pytest.mark.parametrize("sign", ["%", "%41", "a%41", "%zz"])
def test_a_form_of_escaped_signs_takes_memory_of_its_length(sign):
    body = b"x=" + sign.encode() * (200_000 // len(sign))
    tracemalloc.start()
    try:
        form_of(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 25 * len(body)


def test_a_form_of_more_fields_than_any_is_refused(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    assert len(form_of(b"a&b&c")) == 3

    with pytest.raises(TooManyFieldsSent):
        form_of(b"a&b&c&d")


@pytest.mark.parametrize("address", ["/login/", "/do/decide", "/trash/discard"])
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x", "application/json", ""])
def test_strangers_send_little(hosted, address, kind):
    body = b"a" * (bodies.STRANGER_BYTES + 1)

    response = post(Client(), address, body, kind)

    assert response.status_code == 413
    assert "2 MB of who is not signed in" in response.content.decode()
    assert post(Client(), address, b"x=1", kind).status_code != 413


def test_who_is_signed_in_sends_more_and_nobody_more_than_that(hosted, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = bodies.STRANGER_BYTES + 1000
    client = Client()
    client.force_login(User.objects.create_user("vera"))

    assert post(client, "/do/decide", b"a" * (bodies.STRANGER_BYTES + 1)).status_code == 403
    for kind in (FORM, "multipart/form-data; boundary=x", "application/json"):
        assert post(client, "/do/decide", b"a" * (bodies.STRANGER_BYTES + 1001), kind).status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 400, "0x10"])
def test_a_length_that_is_none_is_refused(hosted, length):
    assert Client().post("/login/", CONTENT_LENGTH=length, content_type=FORM).status_code == 413


def test_a_laptop_takes_more_than_strangers_send(client, root, db, monkeypatch):
    monkeypatch.setattr(bodies, "STRANGER_BYTES", 10)

    assert post(client, "/do/decide", b"key=of-no-recording").status_code != 413


def test_another_charset_is_refused_as_django_refuses_it(client):
    assert post(client, "/do/decide", b"key=%e9", f"{FORM}; charset=latin-1").status_code == 400
