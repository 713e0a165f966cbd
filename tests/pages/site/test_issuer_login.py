"""Signing in by an issuer, whole: there and back by a browser, against an issuer of our own."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.db.models import F
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from recviewer.issuers import calling, oidc
from recviewer.issuers.allowed import allowed
from recviewer.issuers.configured import ConfiguredLogin
from recviewer.pages.models import Identity, Knock, Membership
from recviewer.pages.site import issuer_login, login_attempts
from recviewer.review.models import Decision
from tests.issuers.stand_in_issuer import CLIENT, SECRET, StandInIssuer
from tests.settings_of import put_doors

PASSWORD = "fourteen grey herons"
HOME = "/?kind=chat"


@pytest.fixture
def hosted(settings, root, db):
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, False, False
    put_doors(settings)


@pytest.fixture
def kind(request):
    return getattr(request, "param", "github")


@pytest.fixture
def issuer(kind, hosted, settings, monkeypatch):
    made = StandInIssuer(kind)
    monkeypatch.setattr(calling, "SECONDS", 5)
    calling.forget()
    oidc.forget()
    rules = allowed("domain:acme.example" if kind == "oidc" else "org:acme")
    settings.LOGIN = ConfiguredLogin(
        kind.upper(), made.url, CLIENT, rules, "viewer", "Acme", "https://recordings.example.com", secret=SECRET
    )
    yield made
    made.close()
    calling.forget()


only_oidc = pytest.mark.parametrize("kind", ["oidc"], indirect=True)
both = pytest.mark.parametrize("kind", ["oidc", "github"], indirect=True)


def change(settings, **more):
    import dataclasses

    settings.LOGIN = dataclasses.replace(settings.LOGIN, **more)


def there(issuer, client, then=HOME):
    """Go to the issuer and sign in; return what the browser comes back with."""
    answer = client.get("/login/with", {"next": then})
    assert answer.status_code == 302, answer.content
    return issuer.visit(answer.url)


def sign_in(issuer, client=None, then=HOME):
    client = client or Client()
    return client, client.get("/login/back", there(issuer, client, then))


@both
def test_somebody_new_comes_in_and_reads(issuer, make_recording):
    client, answer = sign_in(issuer)

    assert (answer.status_code, answer.url) == (302, HOME)
    page = client.get("/")
    assert page.wsgi_request.user.username.casefold() == "ana"
    assert client.get("/operations/").status_code == 403
    user = User.objects.get()
    assert not user.has_usable_password()
    assert not user.is_staff
    assert not user.email
    assert not Membership.objects.exists()
    assert "recviewer_way" not in {name for name, one in client.cookies.items() if one.value}
    assert issuer.wrong == []
    assert not Knock.objects.filter(count__gt=0).exists()


@both
def test_the_same_person_has_the_same_account_whatever_they_are_called_now(issuer):
    sign_in(issuer)
    issuer.claims["preferred_username"] = issuer.info["preferred_username"] = issuer.user["login"] = "anna"

    client, _ = sign_in(issuer)

    assert client.get("/").wsgi_request.user == User.objects.get()
    assert Identity.objects.get().name == "anna"


@both
def test_another_person_of_the_same_name_is_not_let_in(issuer):
    sign_in(issuer)
    issuer.claims["sub"] = issuer.info["sub"] = "s-2"
    issuer.user["id"] = 8

    client, answer = sign_in(issuer)

    assert answer.status_code == 403
    assert "There is an account named" in answer.content.decode()
    assert client.get("/").status_code == 302
    assert User.objects.count() == 1


@both
@pytest.mark.parametrize("name", ["ana", "ANA"])
def test_an_account_that_stands_is_never_taken_over_by_name_or_address(issuer, name):
    ana = User.objects.create_superuser(name, "ana@acme.example", PASSWORD)

    client, answer = sign_in(issuer)

    assert answer.status_code == 403
    assert client.get("/").status_code == 302
    assert not Identity.objects.filter(user=ana).exists()


def test_an_address_of_another_account_ties_nothing(issuer):
    boss = User.objects.create_superuser("boss", "ana@acme.example", PASSWORD)

    client, _ = sign_in(issuer)

    assert client.get("/").wsgi_request.user != boss
    assert not client.get("/").wsgi_request.user.is_superuser


def stranger(issuer):
    issuer.claims["email"] = issuer.info["email"] = "ana@other.example"
    issuer.orgs = {"other": "active"}


@both
def test_whom_no_rule_names_is_not_let_in_and_leaves_nothing(issuer):
    stranger(issuer)

    client, answer = sign_in(issuer)

    assert answer.status_code == 403
    assert "may not come in here" in answer.content.decode()
    assert client.get("/").status_code == 302
    assert not User.objects.exists()
    assert not Identity.objects.exists()


@both
def test_who_left_the_organisation_does_not_come_in_again(issuer):
    sign_in(issuer)
    stranger(issuer)

    assert sign_in(issuer)[1].status_code == 403


def test_an_account_that_is_shut_stays_out(issuer):
    sign_in(issuer)
    User.objects.update(is_active=False)

    client, answer = sign_in(issuer)

    assert answer.status_code == 403
    assert "is deactivated" in answer.content.decode()
    assert client.get("/").status_code == 302


def test_the_role_of_new_accounts_can_be_more_and_stays_what_a_superuser_gave(issuer, settings, make_recording):
    change(settings, role="reviewer")
    recording = make_recording()
    sent = {"key": recording.path, "seen": recording.blob, "verdict": "approve"}
    client, _ = sign_in(issuer)
    assert client.post("/do/decide", sent).status_code == 303
    assert Decision.objects.get().reviewer == User.objects.get().username

    Membership.objects.update(role="viewer")
    client, _ = sign_in(issuer)
    assert client.post("/do/decide", sent).status_code == 403


@only_oidc
@pytest.mark.parametrize(
    "spoil",
    [
        {"nonce": "x"},
        {"aud": "other"},
        {"exp": 1_000_000_000},
        {"iss": "https://elsewhere.example"},
        {"sub": "s-2"},
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(issuer, spoil):
    issuer.claims.update(spoil)

    client, answer = sign_in(issuer)

    assert answer.status_code == 403
    assert "does not show who you are" in answer.content.decode()
    assert client.get("/").status_code == 302
    assert not User.objects.exists()


@both
@pytest.mark.parametrize("fault", [500, "gone", "slow", "html"])
def test_an_issuer_that_is_down_is_said_to_be_and_nobody_is_to_blame(issuer, fault, kind, monkeypatch):
    if fault == "slow":
        monkeypatch.setattr(calling, "SECONDS", 0.25)
    issuer.faults["/token" if kind == "oidc" else "/login/oauth/access_token"] = fault

    client, answer = sign_in(issuer)

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Acme does not answer" in answer.content.decode()
    assert SECRET not in answer.content.decode()
    assert not Knock.objects.filter(count__gt=0).exists()
    issuer.faults.clear()
    calling.forget()
    monkeypatch.setattr(calling, "SECONDS", 5)
    assert sign_in(issuer, client)[1].status_code == 302


@only_oidc
def test_one_that_is_down_at_the_start_is_said_to_be(issuer):
    issuer.faults["/.well-known/openid-configuration"] = 500

    answer = Client().get("/login/with")

    assert answer.status_code == 503
    assert issuer_login.COOKIE not in answer.cookies


def test_who_did_not_begin_here_does_not_come_back(issuer):
    mine = there(issuer, Client())
    calls = len(issuer.calls)

    other = Client()
    assert other.get("/login/back", mine).status_code == 400  # an address that somebody was sent
    there(issuer, other)
    answer = other.get("/login/back", mine)  # under the way that they began themselves

    assert answer.status_code == 400
    assert "did not begin to sign in here" in answer.content.decode()
    assert other.get("/").status_code == 302
    assert sum(method == "POST" for method, _ in issuer.calls[calls:]) == 0


def test_a_way_is_gone_once(issuer):
    client = Client()
    back = there(issuer, client)
    assert client.get("/login/back", back).status_code == 302
    client.post("/logout/")

    assert client.get("/login/back", back).status_code == 400


def test_a_way_ends_after_ten_minutes(issuer, monkeypatch):
    client = Client()
    back = there(issuer, client)
    real = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + 601)

    assert client.get("/login/back", back).status_code == 400


def test_a_cookie_that_was_made_up_is_none(issuer):
    client = Client()
    back = there(issuer, client)
    client.cookies[issuer_login.COOKIE].set(issuer_login.COOKIE, "x", "x")

    assert client.get("/login/back", back).status_code == 400


def test_the_cookie_is_for_the_way_back_alone(issuer, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = Client().get("/login/with").cookies[issuer_login.COOKIE]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["secure"]) == (
        "/login/back",
        True,
        "Lax",
        True,
    )


@pytest.mark.parametrize("told", [{"error": "access_denied"}, {"error": "<b>x"}, {"code": ""}])
def test_who_says_no_there_is_told_so(issuer, told):
    client = Client()
    back = there(issuer, client) | {"code": ""} | told

    answer = client.get("/login/back", back)

    assert answer.status_code == 403
    assert "without saying who you are" in answer.content.decode()
    assert "<b>x" not in answer.content.decode()


@only_oidc
def test_who_comes_back_from_another_issuer_is_lost(issuer):
    client = Client()
    back = there(issuer, client) | {"iss": "https://elsewhere.example"}
    assert client.get("/login/back", back).status_code == 400
    back = there(issuer, client) | {"iss": issuer.url}
    assert client.get("/login/back", back).status_code == 302


@pytest.mark.parametrize(
    "then",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:x",
        "/do/decide",
        "/login/",
        "",
    ],
)
def test_the_way_ends_on_a_page_of_ours(issuer, then):
    assert sign_in(issuer, then=then)[1].url == "/"


def test_who_is_signed_in_needs_no_way(issuer):
    client, _ = sign_in(issuer)

    assert client.get("/login/with", {"next": HOME}).url == HOME


@pytest.mark.slow
@both
def test_made_up_codes_wait_like_wrong_passwords(issuer):
    client = Client()

    def tried():
        back = there(issuer, client)
        return client.get("/login/back", back | {"code": "made-up"})

    answers = [tried().status_code for _ in range(20)]
    late = tried()

    assert answers == [403] * 20
    assert (late.status_code, late["Retry-After"]) == (429, "2")
    calls = len(issuer.calls)
    assert tried().status_code == 429
    assert [method for method, _ in issuer.calls[calls:]].count("POST") == 0
    Knock.objects.update(last=F("last") - timedelta(seconds=3))
    assert sign_in(issuer, client)[1].status_code == 302


def test_a_name_is_not_shut_out_by_those_tries(issuer):
    User.objects.create_user("ben", password=PASSWORD)
    client = Client()
    for _ in range(8):
        client.get("/login/back", there(issuer, client) | {"code": "made-up"})

    assert client.post("/login/", {"username": "ben", "password": PASSWORD}).status_code == 302
    assert login_attempts.COOKIE in client.cookies


# Accounts that stand.


def with_password(name="ben"):
    client = Client()
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def go_on(issuer, client, address="/account/with"):
    """Press the button, and follow the address of the page that answers."""
    page = client.post(address)
    assert page.status_code == 200, page.content
    found = page.context["address"]
    assert found.replace("&", "&amp;") in page.content.decode()
    assert urlsplit(found).netloc == urlsplit(issuer.url).netloc
    assert "form-action 'self'" in page["Content-Security-Policy"]
    return client.get("/login/back", issuer.visit(found))


@both
def test_an_account_is_tied_by_its_owner_and_signs_in_by_both(issuer):
    ben = User.objects.create_user("ben", password=PASSWORD)
    answer = go_on(issuer, with_password())
    assert (answer.status_code, answer.url) == (302, "/account/")

    client, _ = sign_in(issuer)

    assert client.get("/").wsgi_request.user == ben
    assert with_password().get("/").wsgi_request.user == ben
    page = client.get("/account/").content.decode()
    assert "Signs in with Acme" in page
    assert "Disconnect" in page
    assert client.post("/account/with/remove", {"identity": Identity.objects.get().pk}).status_code == 303
    assert not Identity.objects.exists()


def test_a_tied_account_needs_no_rule_for_it_has_a_password(issuer):
    User.objects.create_user("ben", password=PASSWORD)
    stranger(issuer)
    go_on(issuer, with_password())

    assert sign_in(issuer)[1].status_code == 302


def test_an_account_without_a_password_ties_nobody_whom_no_rule_names(issuer):
    client, _ = sign_in(issuer)
    stranger(issuer)
    issuer.claims["sub"] = issuer.info["sub"] = "s-2"
    issuer.user["id"] = 8

    answer = go_on(issuer, client)

    assert answer.status_code == 403
    assert Identity.objects.count() == 1


def test_nobody_ties_who_has_an_account_already(issuer):
    sign_in(issuer)
    User.objects.create_user("ben", password=PASSWORD)

    answer = go_on(issuer, with_password())

    assert answer.status_code == 403
    assert "another account here already" in answer.content.decode()
    assert Identity.objects.get().user.username != "ben"


def test_what_was_begun_under_one_account_ties_no_other(issuer):
    for name in ("ben", "cat"):
        User.objects.create_user(name, password=PASSWORD)
    client = with_password()
    back = issuer.visit(client.post("/account/with").context["address"])
    client.post("/logout/")
    assert client.post("/login/", {"username": "cat", "password": PASSWORD}).status_code == 302

    assert client.get("/login/back", back).status_code == 403
    assert not Identity.objects.exists()


def test_an_address_ties_nothing_a_form_of_ours_does(issuer):
    User.objects.create_user("ben", password=PASSWORD)
    client = with_password()

    assert client.get("/account/with").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/account/with").status_code == 403
    assert not Identity.objects.exists()


def test_the_last_way_in_is_not_untied(issuer):
    client, _ = sign_in(issuer)

    client.post("/account/with/remove", {"identity": Identity.objects.get().pk})

    assert Identity.objects.exists()
    assert "has no password" in client.get("/account/").content.decode()
    assert "/account/password" not in client.get("/account/").content.decode()


def test_nobody_unties_another(issuer):
    sign_in(issuer)
    User.objects.create_user("ben", password=PASSWORD)
    with_password().post("/account/with/remove", {"identity": Identity.objects.get().pk})

    assert Identity.objects.exists()


# Invitations.


@pytest.fixture
def invited(issuer):
    """An account that a superuser made, with its role, and the page that its invitation leads to."""
    made = User(username="ana")
    made.set_password(None)
    made.save()
    Membership.objects.create(user=made, role="maintainer")
    name = urlsafe_base64_encode(force_bytes(made.pk))
    return made, f"/invited/{name}/", default_token_generator.make_token(made)


@both
def test_an_invitation_is_taken_up_at_the_issuer(issuer, invited):
    user, place, token = invited
    stranger(issuer)  # who was invited needs no rule
    client = Client()
    page = client.get(f"{place}{token}/", follow=True).content.decode()
    assert "Sign in with Acme" in page

    answer = go_on(issuer, client, f"{place}with")

    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/").wsgi_request.user == user
    assert "maintainer" in client.get("/account/").content.decode()
    assert sign_in(issuer)[0].get("/").wsgi_request.user == user
    other = Client()
    assert "is not valid" in other.get(f"{place}{token}/", follow=True).content.decode()


def test_without_its_address_an_invitation_is_none(issuer, invited):
    _, place, token = invited
    assert Client().post(f"{place}with").status_code == 403
    assert Client().post("/invited/zzzz/with").status_code == 403

    one, two = Client(), Client()
    for client in (one, two):
        client.get(f"{place}{token}/", follow=True)
    back = issuer.visit(two.post(f"{place}with").context["address"])
    go_on(issuer, one, f"{place}with")

    assert two.get("/login/back", back).status_code == 403  # it was used meanwhile
    assert two.get("/").status_code == 302


# Pages.


def test_the_door_offers_it_and_leads_back(issuer):
    page = Client().get("/login/", {"next": HOME}).content.decode()

    assert "Sign in with Acme" in page
    assert 'href="/login/with?next=%2F%3Fkind%3Dchat"' in page
    assert "INVALID" not in page


def test_what_was_sent_signed_out_is_offered_after_signing_in_in_another_tab(issuer, make_recording):
    recording = make_recording()
    sent = {"key": recording.path, "seen": recording.blob, "verdict": "approve"}
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    token = client.cookies["csrftoken"].value
    told = urlencode(sent | {"csrfmiddlewaretoken": token})
    page = client.post("/do/decide", told, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 401
    assert "in another tab" in page.content.decode()
    old = {"held": page.context["held"], "csrfmiddlewaretoken": client.cookies["csrftoken"].value}

    still = client.post("/login/", old, headers={"Sec-Fetch-Site": "same-origin"})
    assert (still.status_code, still.context["held"]) == (200, old["held"])
    assert 'role="alert"' in still.content.decode()
    sign_in(issuer, client)
    offered = client.post("/login/", old, headers={"Sec-Fetch-Site": "same-origin"})

    assert recording.path in offered.content.decode()
    assert "held.html" in [one.name for one in offered.templates]
    assert client.post("/login/", old, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert not Decision.objects.exists()


def test_nothing_of_it_is_there_unless_it_is_configured(issuer, settings):
    settings.LOGIN = None
    User.objects.create_user("ben", password=PASSWORD)
    client = with_password()

    assert [client.get(one).status_code for one in ("/login/with", "/login/back")] == [404] * 2
    assert [client.post(one).status_code for one in ("/account/with", "/account/with/remove")] == [404] * 2
    assert "Acme" not in client.get("/account/").content.decode() + Client().get("/login/").content.decode()


def test_the_proxy_names_its_own(issuer, settings):
    from recviewer.configuration import trusted_proxies

    settings.LOGIN_HEADER, settings.LOGIN_PROXIES = "X-Remote-User", trusted_proxies.listed("127.0.0.1")
    client = Client(headers={"X-Remote-User": "ana"})

    assert "Acme" not in client.get("/account/").content.decode()
    assert client.post("/account/with").status_code == 404


def test_where_browsers_come_back_to_is_what_is_configured(issuer, settings):
    change(settings, public="https://recordings.example.com/sub")
    asked = parse_qs(urlsplit(Client().get("/login/with", headers={"Host": "testserver"}).url).query)

    assert asked["redirect_uri"] == ["https://recordings.example.com/sub/login/back"]
