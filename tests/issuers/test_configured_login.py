"""What the operator writes: rules, origins, issuers."""

import pytest

from recviewer.issuers import configured
from recviewer.issuers.allowed import AllowedPeople, allowed
from recviewer.issuers.calling import origin
from recviewer.issuers.model import Person

ANA = Person("s-1", "ana", frozenset({"s-1"}), frozenset({"ana@acme.example"}), frozenset({"ana@acme.example"}))
MEMBER = Person("7", "Ana", logins=frozenset({"ana"}), groups=frozenset({"acme"}))


@pytest.mark.parametrize(
    ("rules", "person", "is_in"),
    [
        ("domain:acme.example", ANA, True),
        ("domain:ACME.example", ANA, True),
        ("domain:example.com, domain:acme.example", ANA, True),
        ("domain:me.example", ANA, False),
        ("domain:x.acme.example", ANA, False),
        ("name:s-1", ANA, True),
        ("name:S-1", ANA, False),
        ("name:ana", ANA, False),  # what somebody calls themselves is no name to let in by
        ("name:Ana@acme.example", ANA, True),
        ("org:acme", ANA, False),
        ("everyone", ANA, True),
        ("org:ACME", MEMBER, True),
        ("org:acm", MEMBER, False),
        ("name:ANA", MEMBER, True),
        ("name:7", MEMBER, False),  # somebody may be called so
        ("domain:acme.example", MEMBER, False),
    ],
)
def test_who_may_come_in(rules, person, is_in):
    assert allowed(rules).lets_in(person) is is_in


def test_without_a_rule_nobody_comes_in():
    assert not AllowedPeople().lets_in(ANA)


@pytest.mark.parametrize(
    "rules",
    ["", ",", "acme", "org:", "org:a b", "domain:*", "domain:@x.y", "domain:com", "name:a,,name:b", "*", "Everyone"],
)
def test_rules_that_cannot_be_read(rules):
    with pytest.raises(ValueError, match="it takes org:NAME"):
        allowed(rules)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://Login.example.com/realms/a", "https://login.example.com"),
        ("https://login.example.com:443/", "https://login.example.com"),
        ("https://login.example.com:8443", "https://login.example.com:8443"),
        ("http://127.0.0.1:80/x", "http://127.0.0.1"),
        ("http://[::1]:9/x", "http://[::1]:9"),
    ],
)
def test_origins(address, found):
    assert origin(address) == found


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "login.example.com",
            "http://login.example.com",
            "https://",
            "https://a@b.example",
            "https://:x@b.example",
        ),
        *(
            "ftp://x.y",
            "https://x.y/#a",
            "https://x.y:99999",
            "https://x.y/a b",
            "https://[x/",
            "javascript:x",
            "https://x.y/\n",
        ),
    ],
)
def test_what_is_no_origin(address):
    with pytest.raises(ValueError, match="it takes an address"):
        origin(address)


def test_what_else_the_operator_writes():
    assert configured.site("https://git.example.com/") == "https://git.example.com"
    assert configured.others("https://a.example, https://b.example/") == {"https://a.example", "https://b.example"}
    assert configured.issuer("https://a.example/realms/x/") == "https://a.example/realms/x/"
    for read, text in (
        (configured.site, "https://git.example.com/api"),
        (configured.others, "https://a.example/x"),
        (configured.others, "https://a.example,"),
        (configured.issuer, "https://a.example?x=y"),
        (configured.client, "a b"),
        (configured.called, "x" * 41),
    ):
        with pytest.raises(ValueError, match="it takes"):
            read(text)


def test_secrets_are_not_printed():
    login = configured.ConfiguredLogin(
        "OIDC", "https://a.example", "c", AllowedPeople(), "viewer", "A", "", secret="hush"
    )

    assert "hush" not in repr(login)
