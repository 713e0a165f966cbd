"""Tokens for scripts and sessions of people: what each opens, and how each ends."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from recviewer.pages.models import ApiToken, Membership
from recviewer.pages.site import tokens
from recviewer.pages.site.sessions import called
from recviewer.review.models import Decision
from tests.settings_of import put_doors

PASSWORD = "fourteen grey herons"


@pytest.fixture
def hosted(settings, root, db):
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, False, False
    put_doors(settings)


@pytest.fixture
def ana(hosted):
    made = User.objects.create_user("ana", password=PASSWORD)
    Membership.objects.create(user=made, role="maintainer")
    return made


def with_token(user, scope="read", **more):
    token = tokens.make(user, name="ci", scope=scope, days=more.get("days", 30))
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})


def signed_in(name="ana", agent="Firefox"):
    client = Client(headers={"User-Agent": agent})
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
CUT = f"{MAC} Chrome/120.0.0.0 Safari/537.36".ljust(120)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"{MAC} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0", "Edge on macOS"),
        (f"{MAC} Chrome/120.0.0.0 Safari/537.36", "Chrome on macOS"),
        (f"{MAC} Version/17.4 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5", "curl/8.5"),
        (CUT, CUT),
    ],
)
def test_a_browser_has_a_name_and_one_that_was_cut_is_not_guessed(agent, name):
    assert called(agent) == name


def test_a_token_reads_what_its_owner_reads(ana, make_recording):
    recording = make_recording()

    answer = with_token(ana).get("/recordings.json")

    assert answer.status_code == 200
    assert recording.path in answer.content.decode()
    assert "sessionid" not in answer.cookies


def test_a_token_that_decides_does_so_in_its_owners_name(ana, make_recording):
    recording = make_recording()
    sent = {"key": recording.path, "seen": recording.blob, "verdict": "approve"}

    assert with_token(ana).post("/do/decide", sent).status_code == 403
    assert not Decision.objects.exists()
    assert with_token(ana, "decide").post("/do/decide", sent).status_code == 303
    assert Decision.objects.get().reviewer == "ana"


def test_no_token_is_more_than_its_owner(hosted, make_recording):
    vera = User.objects.create_user("vera")
    recording = make_recording()
    sent = {"key": recording.path, "seen": recording.blob, "verdict": "approve"}

    assert with_token(vera, "decide").post("/do/decide", sent).status_code == 403


@pytest.mark.parametrize("address", ["/account/", "/account/password", "/operations/"])
@pytest.mark.parametrize("scope", tokens.SCOPES)
def test_accounts_and_operations_are_shut_to_tokens(hosted, address, scope):
    sue = User.objects.create_superuser("sue")

    assert with_token(sue, scope).get(address).status_code == 403
    assert with_token(sue, scope).post("/do/trash", {"confirmed": "1"}).status_code == 403
    assert (
        with_token(sue, scope).post("/account/tokens", {"name": "x", "scope": "decide", "days": "9"}).status_code == 403
    )


def test_maintainers_alone_are_offered_tokens_that_import(ana):
    offer = 'value="import"'
    assert offer in signed_in().get("/account/").content.decode()

    Membership.objects.update(role="reviewer")
    assert offer not in signed_in().get("/account/").content.decode()


def test_a_token_that_imports_does_nothing_else(ana, make_recording):
    recording = make_recording()
    client = with_token(ana, "import")

    for address in ("/do/decide", "/do/trash", "/do/tag", "/activity/reviews", "/secrets/shown", "/do/undo"):
        answer = client.post(
            address, {"key": recording.path, "seen": recording.blob, "verdict": "approve", "name": "x"}
        )
        assert (answer.status_code, answer.json()) == (403, {"error": "A token to import does not do that."})
    assert client.get("/recordings.json").status_code == 200


def test_a_token_ends(ana):
    client = with_token(ana)
    assert client.get("/recordings.json").status_code == 200

    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.get("/recordings.json")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="recviewer"')

    ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
    User.objects.update(is_active=False)
    assert client.get("/recordings.json").status_code == 401


@pytest.mark.parametrize("given", ["Bearer rv_", "Bearer rv_wrong", "bearer rv_é", "Bearer rv_" + "x" * 5000])
def test_what_is_no_token_is_refused_even_beside_a_session(ana, given):
    assert signed_in().get("/recordings.json", headers={"Authorization": given}).status_code == 401


def test_a_token_is_shown_once_and_kept_as_a_hash(ana):
    client = signed_in()
    page = client.post("/account/tokens", {"name": "my <b>ci</b>", "scope": "decide", "days": "7"}).content.decode()
    token = re.search(r"rv_[\w-]{43}", page)[0]

    assert "my &lt;b&gt;ci" in page
    assert token not in client.get("/account/").content.decode()
    row = ApiToken.objects.get()
    assert token not in str(vars(row))
    assert "never" in client.get("/account/").content.decode()
    Client(headers={"Authorization": f"Bearer {token}"}).get("/recordings.json")
    assert ApiToken.objects.get().used_at is not None

    client.post("/account/tokens/revoke", {"token": row.pk})
    assert not ApiToken.objects.exists()


def test_nobody_revokes_the_token_of_another(ana):
    ben = User.objects.create_user("ben")
    with_token(ben)

    signed_in().post("/account/tokens/revoke", {"token": ApiToken.objects.get().pk})

    assert ApiToken.objects.count() == 1


WRONG = [
    {"name": "", "scope": "read", "days": "7"},
    {"name": "x" * 61, "scope": "read", "days": "7"},
    {"name": "x", "scope": "all", "days": "7"},
    {"name": "x", "scope": "read", "days": "0"},
    {"name": "x", "scope": "read", "days": "366"},
    {"name": "x", "scope": "read", "days": "9" * 30},
    {"name": "x\u202e", "scope": "read", "days": "7"},
    {},
]


@pytest.mark.parametrize("sent", WRONG)
def test_a_token_that_makes_no_sense_is_not_made(ana, sent):
    answer = signed_in().post("/account/tokens", sent)

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_sessions_are_listed_and_ended_one_by_one_or_all(ana):
    User.objects.create_user("ben", password=PASSWORD)
    here, there, other = signed_in(agent="Firefox"), signed_in(agent="curl <x>"), signed_in("ben", "Opera")
    page = here.get("/account/").content.decode()
    assert "Firefox" in page
    assert "curl &lt;x&gt;" in page
    assert "Opera" not in page
    assert there.session.session_key not in page

    name = re.search(r'name="session" value="(\w+)"', page)[1]
    here.post("/account/sign-out", {"session": name})
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200

    again = signed_in()
    assert here.post("/account/sign-out").url == "/login/"
    assert again.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 302
    assert other.get("/account/").status_code == 200
    assert Session.objects.count() >= 1


def test_the_session_of_another_is_not_ended(ana):
    User.objects.create_user("ben", password=PASSWORD)
    here, other = signed_in(), signed_in("ben")
    name = re.search(r'name="session" value="(\w+)"', signed_in("ben").get("/account/").content.decode())[1]

    here.post("/account/sign-out", {"session": name})

    assert other.get("/account/").status_code == 200


def test_a_new_password_ends_all_other_sessions(ana):
    here, there = signed_in(), signed_in()
    sent = {"old_password": PASSWORD, "new_password1": "seven odd umbrellas", "new_password2": "seven odd umbrellas"}

    assert here.post("/account/password", {**sent, "old_password": "wrong"}).status_code == 200
    assert here.post("/account/password", sent).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_a_laptop_has_no_accounts(client, root, db):
    assert client.get("/account/").status_code == 404
    assert client.get("/account/password").status_code == 404
    assert client.post("/account/sign-out").status_code == 404


def invited(*words):
    from io import StringIO

    from django.core.management import call_command

    out = StringIO()
    call_command("invite", *words, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def unprepared(monkeypatch):
    from recviewer.commands import start

    monkeypatch.setattr(start, "prepare", lambda **more: None)


def test_who_is_invited_chooses_a_password_once(hosted, unprepared, settings):
    settings.PUBLIC_URL = "https://recordings.example.com"
    address = invited("ana", "--role", "reviewer")
    assert address.startswith("https://recordings.example.com/invited/")
    assert not User.objects.get().has_usable_password()
    path, client = address.removeprefix("https://recordings.example.com"), Client()
    page = client.get(path, follow=True)
    where = page.request["PATH_INFO"]

    weak = client.post(where, {"new_password1": "short", "new_password2": "short"})
    assert "too short" in weak.content.decode()
    assert client.post(where, {"new_password1": PASSWORD, "new_password2": PASSWORD}).url == "/login/"

    assert signed_in().get("/account/").content.decode().count("reviewer") == 1
    assert "is not valid" in Client().get(path, follow=True).content.decode()


def test_an_account_that_is_there_keeps_its_role_and_gets_a_new_password(ana, unprepared):
    address = invited("ana")

    assert Membership.objects.get(user=ana).role == "maintainer"
    page = Client().get(address, follow=True).content.decode()
    assert "Choose a password" in page
    assert "You sign in with it as <b><bdi>ana</bdi></b>" in page
    assert 'value="ana" autocomplete="username"' in page
    assert signed_in().get("/account/").status_code == 200


@pytest.mark.parametrize("path", ["/invited/MQ/set-password/", "/invited/MQ/abc-def/", "/invited/x/y/"])
def test_an_invitation_that_nobody_made_does_not_hold(ana, path):
    assert "is not valid" in Client().get(path, follow=True).content.decode()


def test_a_name_that_makes_no_sense_is_refused(hosted, unprepared):
    from django.core.management.base import CommandError

    with pytest.raises(CommandError, match="valid username"):
        invited("a b\u202e")
    assert not User.objects.exists()
