import pytest
from django.contrib.auth.models import User
from django.test import Client

from recviewer.pages.models import Membership
from recviewer.pages.site.desk import ticket_of
from recviewer.serving.url_prefix import TICKET
from tests.settings_of import put_doors

KEY = "a-key-of-the-page-at-the-top"
NAME = f"{TICKET}rockets"


@pytest.fixture
def hosted(settings, root, db):
    settings.HOSTED, settings.PUBLIC_READ, settings.DESK_KEY, settings.PREFIX = True, False, KEY, "/all/rockets"
    put_doors(settings)


@pytest.fixture
def ana(hosted):
    user = User.objects.create_user("ana", password="correct-horse-battery")
    Membership.objects.create(user=user, role="reviewer")
    return user


def asked(ticket, key=KEY):
    return Client().get("/desk", headers={"X-Desk-Key": key, "X-Desk-Ticket": ticket})


def test_who_signs_in_gets_a_ticket_for_the_page_above_and_loses_it_at_the_end(ana):
    client = Client()
    assert NAME not in client.get("/login/").cookies
    client.post("/login/", {"username": "ana", "password": "correct-horse-battery"})
    given = client.get("/").cookies.get(NAME) or client.cookies[NAME]

    assert given["path"] == "/all/"
    assert given["httponly"]
    assert given["samesite"] == "Lax"
    assert asked(given.value).json() == {"name": "ana", "role": "reviewer"}
    assert NAME not in client.get("/").cookies, "one that holds is not given anew"
    client.post("/logout/")
    assert not client.cookies[NAME].value


def test_a_ticket_signs_nobody_in(ana):
    client = Client()
    client.cookies[NAME] = ticket_of(ana)
    client.cookies["sessionid"] = ticket_of(ana)

    assert client.get("/").status_code == 302


@pytest.mark.parametrize("key", ["", "another-key-than-that-one", KEY + "x", "é"])
def test_only_who_has_the_key_is_told(ana, key):
    assert asked(ticket_of(ana), key).status_code == 404


def test_without_a_page_above_there_is_neither(ana, settings):
    settings.DESK_KEY = ""
    client = Client()
    client.force_login(ana)

    assert NAME not in client.get("/").cookies
    assert asked(ticket_of(ana), "").status_code == 404


def test_a_ticket_ends_with_the_password_and_with_the_account(ana, settings):
    ticket = ticket_of(ana)
    ana.is_active = False
    ana.save()
    assert asked(ticket).status_code == 403

    ana.is_active = True
    ana.set_password("another-horse-battery")
    ana.save()
    assert asked(ticket).status_code == 403

    settings.SESSION_COOKIE_AGE = -1
    assert asked(ticket_of(ana)).status_code == 403


@pytest.mark.parametrize("ticket", ["", "x", "x:y:z", "WzFd:1:x", "é" * 10])
def test_a_forged_ticket_is_nobodys(ana, ticket):
    response = asked(ticket)

    assert (response.status_code, response.json()) == (403, {})


def test_scripts_get_no_ticket(ana):
    from recviewer.pages.site import tokens

    token = tokens.make(ana, name="ci", scope="read", days=1)

    assert NAME not in Client().get("/recordings.json", headers={"Authorization": f"Bearer {token}"}).cookies
