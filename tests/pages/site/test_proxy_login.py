"""Signing in by a proxy's header: believed from its address, and from no other."""

import subprocess
import sys

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recviewer.configuration import trusted_proxies
from recviewer.pages.models import Membership
from recviewer.pages.site import tokens
from recviewer.review.models import Decision
from tests.settings_of import put_doors

PROXY, OTHER = "10.4.0.7", "10.5.0.7"


@pytest.fixture
def hosted(settings, root, db):
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, True, False
    settings.LOGIN_HEADER, settings.LOGIN_PROXIES = "X-Remote-User", trusted_proxies.listed("10.4.0.0/24, 2001:db8::1")
    put_doors(settings)


def by_proxy(name, *, address=PROXY, **headers):
    return Client(enforce_csrf_checks=True, REMOTE_ADDR=address, headers={"X-Remote-User": name, **headers})


def test_who_the_proxy_names_is_in_and_reads(hosted):
    page = by_proxy("ana").get("/")

    assert page.status_code == 200
    assert page.wsgi_request.user.username == "ana"
    assert not User.objects.get().has_usable_password()
    assert by_proxy("ana").get("/operations/").status_code == 403
    assert User.objects.count() == 1


@pytest.mark.parametrize("address", [OTHER, "127.0.0.1", "", "::1", "10.4.0.7:80", "unix:"])
def test_the_header_from_any_other_address_is_refused(hosted, address):
    User.objects.create_superuser("ana", password="fourteen grey herons")
    for path in ("/", "/healthz", "/login/"):
        answer = by_proxy("ana", address=address, **{"X-Forwarded-For": PROXY}).get(path)
        assert answer.status_code == 403
        assert answer.wsgi_request.user.is_anonymous
    assert by_proxy("", address=address).get("/").status_code == 403
    assert Client(REMOTE_ADDR=address).get("/").status_code == 302


@pytest.mark.parametrize("address", ["2001:db8::1", "::ffff:10.4.0.9"])
def test_addresses_are_those_of_either_family(hosted, address):
    assert by_proxy("ana", address=address).get("/").status_code == 200


@pytest.mark.parametrize("name", ["ana,root", "ana, root", "a b", "x" * 151, "ana\n", "<b>", "ana;"])
def test_what_is_no_name_is_refused(hosted, name):
    answer = Client(REMOTE_ADDR=PROXY, HTTP_X_REMOTE_USER=f"{name}").get("/")

    assert answer.status_code == (403 if name.strip() != "ana" else 200)
    assert set(User.objects.values_list("username", flat=True)) <= {"ana"}


def test_an_account_that_is_shut_stays_out(hosted):
    User.objects.create_user("ana", is_active=False)

    assert by_proxy("ana").get("/").status_code == 403


def test_nobody_signs_in_here(hosted):
    assert by_proxy(" ").get("/").status_code == 302


def test_acts_want_a_token_of_the_form_and_the_role_all_the_same(hosted, make_recording):
    recording = make_recording()
    sent = {"key": recording.path, "seen": recording.blob, "verdict": "approve"}
    client = by_proxy("ana")
    assert client.post("/do/decide", sent).status_code == 403  # no token
    client.get("/account/")
    sent["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
    assert client.post("/do/decide", sent)["X-Needs-Role"] == "reviewer"

    Membership.objects.create(user=User.objects.get(), role="reviewer")
    assert client.post("/do/decide", sent).status_code in (200, 303)
    assert Decision.objects.get().reviewer == "ana"


def test_a_session_of_somebody_else_does_not_count(hosted):
    root = User.objects.create_superuser("root", password="fourteen grey herons")
    client = by_proxy("ana")
    client.force_login(root)

    assert client.get("/operations/").status_code == 403
    assert client.get("/").wsgi_request.user.username == "ana"


def test_the_token_of_a_script_counts_for_its_owner(hosted):
    token = tokens.make(User.objects.create_user("ci"), name="ci", scope="read", days=1)

    answer = by_proxy("ana", Authorization=f"Bearer {token}").get("/recordings.json")
    assert answer.wsgi_request.user.username == "ci"
    assert by_proxy("ana", address=OTHER, Authorization=f"Bearer {token}").get("/recordings.json").status_code == 403


def test_pages_offer_no_sign_out_and_no_password(hosted):
    page = by_proxy("ana").get("/account/").content.decode()
    assert "by the proxy in front" in page
    assert "Sign out" not in page
    assert "/account/password" not in page
    assert "Tokens for scripts" in page

    ana = User.objects.create_user("ben")
    client = Client(REMOTE_ADDR=PROXY)
    client.force_login(ana)
    assert "Sign out everywhere" in client.get("/account/").content.decode()


def test_without_a_header_named_it_is_like_any_other(hosted, settings):
    settings.LOGIN_HEADER = ""

    assert by_proxy("ana").get("/").status_code == 302
    assert not User.objects.exists()


@pytest.mark.parametrize("text", ["", "X_Remote_User", "Cookie", "x-forwarded-for", "X Y", "-", "Authorization", "Ä"])
def test_headers_that_cannot_be_named(text):
    with pytest.raises(ValueError, match="it takes the name of a header"):
        trusted_proxies.header(text)


@pytest.mark.parametrize("text", ["", "proxy.example.com", "10.4.0.7,", "10.4.0.7/24", "0.0.0.0/0", "10.0.0.1,::/0"])
def test_addresses_that_cannot_be_named(text):
    with pytest.raises(ValueError, match="it takes"):
        trusted_proxies.listed(text)


@pytest.mark.slow
def test_a_header_without_addresses_stops_the_start(tmp_path):
    told = {
        "RECVIEWER_HOSTED": "1",
        "RECVIEWER_SECRET_KEY": "abcdefghij" * 6,
        "RECVIEWER_ALLOWED_HOSTS": "a.example",
        "RECVIEWER_DATA": str(tmp_path),
        "RECVIEWER_LOGIN_HEADER": "X-Remote-User",
    }
    done = subprocess.run(
        [sys.executable, "-c", "import recviewer.settings"], env=told, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "RECVIEWER_LOGIN_PROXIES" in done.stderr
