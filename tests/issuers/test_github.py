"""Signing in with GitHub, against one of our own."""

import pytest

from recviewer.hosts.calls import HostDown
from recviewer.issuers import calling
from recviewer.issuers.allowed import AllowedPeople, allowed
from recviewer.issuers.github import API, SITE, GitHubLogin
from recviewer.issuers.model import NotBelieved, round_trip
from tests.issuers.stand_in_issuer import BACK, CLIENT, SECRET


def person(github, rules="name:ana", secret=SECRET):
    login, begun = GitHubLogin(github.url, CLIENT, secret, BACK, allowed(rules)), round_trip()
    return login.person(github.visit(login.address(begun))["code"], begun)


def test_who_signed_in_is_known_by_number(github):
    found = person(github)

    assert (found.subject, found.name, found.logins) == ("7", "Ana", {"ana"})
    assert github.wrong == []
    assert github.held == {"gho_token": []}


def test_no_more_is_asked_for_than_the_rules_need(github):
    found = person(github, "org:Acme,org:other,domain:acme.example")

    assert (found.groups, found.mails) == ({"acme"}, {"ana@acme.example"})
    assert github.held == {"gho_token": ["read:org", "user:email"]}
    assert github.wrong == []


def test_who_was_only_invited_is_no_member(github):
    github.orgs["acme"] = "pending"

    assert person(github, "org:acme").groups == set()


def test_addresses_that_were_not_verified_do_not_count(github):
    github.mails = [{"email": "ana@acme.example", "verified": False}, {"email": 7, "verified": True}, "x"]

    assert person(github, "domain:acme.example").mails == set()


@pytest.mark.parametrize(
    "user", [{}, [], {"id": "7", "login": "ana"}, {"id": 0, "login": "a"}, {"id": True, "login": "a"}, {"id": 7}]
    + [{"id": 7, "login": name} for name in ("", "a b", "-a", "аna", "<b>", 7, "a" * 100)],
)  # fmt: skip
def test_what_is_no_user_is_not_believed(github, user):
    github.user = user

    with pytest.raises(NotBelieved):
        person(github)


def test_a_wrong_secret_is_told_to_the_log(github):
    with pytest.raises(NotBelieved, match="incorrect_client_credentials"):
        person(github, secret="another")


@pytest.mark.slow
@pytest.mark.parametrize("place", ["/login/oauth/access_token", "/api/v3/user", "/api/v3/user/memberships/orgs/acme"])
@pytest.mark.parametrize("fault", [500, "gone", "html", "drip"])
def test_one_that_is_in_trouble_is_down(github, place, fault, monkeypatch):
    github.faults[place] = fault
    if fault == "drip":
        monkeypatch.setattr(calling, "SECONDS", 0.25)

    with pytest.raises(HostDown):
        person(github, "org:acme")


def test_where_it_is_asked():
    def login(site):
        return GitHubLogin(site, CLIENT, SECRET, BACK, AllowedPeople())

    assert login(SITE)._api == API
    assert login("https://git.example.com")._api == "https://git.example.com/api/v3"
    assert login(SITE).address(round_trip()).startswith("https://github.com/login/oauth/authorize?client_id=recviewer")
