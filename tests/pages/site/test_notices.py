"""Notices on the account, and the address that turns them off."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recviewer.loop.delivering import off_url
from recviewer.loop.models import NoticeWish
from tests.settings_of import put_doors

PLACE = "https://chat.example.com/hooks/"


@pytest.fixture
def ana(settings, root, db):
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, False, False
    put_doors(settings)
    settings.MAIL_FROM, settings.NOTICE_HOOKS = "recviewer@example.com", (PLACE,)
    settings.PUBLIC_URL = ""
    made = Client()
    made.force_login(User.objects.create_user("ana", email="ana@example.com"))
    return made


def save(client, **sent):
    return client.post("/account/notices", {"way": "mail", "mentions": "on", "ranges": "on", "minutes": "60"} | sent)


def wish():
    return NoticeWish.objects.get(user__username="ana")


def test_nothing_is_sent_before_somebody_asks_for_it(ana):
    html = ana.get("/account/").content.decode()

    assert "by mail to ana@example.com" in html
    assert not NoticeWish.objects.exists()


def test_what_is_saved_is_shown(ana):
    assert save(ana, minutes="1440").status_code == 303

    assert (wish().way, wish().minutes, wish().secret) == ("mail", 1440, "")
    assert '<option value="mail" selected>' in ana.get("/account/").content.decode()


def test_hook_has_a_secret_of_its_own(ana):
    save(ana, way="hook", hook=f"{PLACE}a1")

    secret = wish().secret
    assert len(secret) > 30
    assert secret in ana.get("/account/").content.decode()
    save(ana, way="hook", hook=f"{PLACE}a2")
    assert wish().secret == secret


@pytest.mark.parametrize(
    "sent",
    [
        {"way": "hook", "hook": "http://169.254.169.254/latest"},
        {"way": "hook", "hook": ""},
        {"way": "hook", "hook": f"{PLACE}../x"},
        {"way": "pigeon"},
    ],
)
def test_what_cannot_be_is_not_saved(ana, sent):
    save(ana, **sent)

    assert not NoticeWish.objects.exists()


def test_mail_needs_an_address(ana):
    User.objects.update(email="")
    save(ana)

    assert not NoticeWish.objects.exists()
    assert "has no address for mail" in ana.get("/account/").content.decode()


def test_trouble_is_told(ana):
    save(ana)
    NoticeWish.objects.update(error="The mail server did not take it (timeout).", attempts=3)

    assert "did not take it (timeout). Tried 3 times" in ana.get("/account/").content.decode()


def test_instance_without_a_way_says_nothing_of_notices(ana, settings):
    settings.MAIL_FROM, settings.NOTICE_HOOKS = "", ()

    assert "Notices" not in ana.get("/account/").content.decode()
    assert save(ana).status_code == 404


@pytest.mark.parametrize(
    ("kind", "left"),
    [("mention", ("mail", False, True)), ("range", ("mail", True, False)), ("", ("", True, True))],
)
def test_off_by_a_click_without_a_login(ana, kind, left):
    save(ana)
    stranger, address = Client(enforce_csrf_checks=True), off_url(wish().user_id, kind)

    assert stranger.get(address).status_code == 200
    assert (wish().way, wish().mentions, wish().ranges) == ("mail", True, True)  # looking turns nothing off
    assert stranger.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (wish().way, wish().mentions, wish().ranges) == left


def test_address_that_was_made_up_turns_nothing_off(ana):
    save(ana)
    address = off_url(wish().user_id, "")

    assert Client().post(f"{address[:-2]}xx").status_code == 404
    assert Client().post("/notices/off/x").status_code == 404
    assert wish().way == "mail"


def test_address_tells_nobody_of_whom_it_is(ana):
    save(ana)
    html = Client().get(off_url(wish().user_id, "")).content.decode()

    assert "ana" not in html.replace("main", "").replace("Canary", "")
