"""What the operator writes: rules, origins, issuers."""

import os
import subprocess
import sys

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


@pytest.mark.slow
@pytest.mark.processes
def test_settings_that_do_not_fit_stop_the_start(tmp_path):
    said = {
        "RECVIEWER_HOSTED": "1",
        "RECVIEWER_SECRET_KEY": "abcdefghij" * 6,
        "RECVIEWER_ALLOWED_HOSTS": "a.example",
        "RECVIEWER_PUBLIC_URL": "https://a.example",
        "RECVIEWER_DATA": str(tmp_path),
        "RECVIEWER_LOGIN": "oidc",
        "RECVIEWER_LOGIN_ISSUER": "https://login.example.com",
        "RECVIEWER_LOGIN_CLIENT": "c",
        "RECVIEWER_LOGIN_SECRET": "a-secret-of-the-client",
        "RECVIEWER_LOGIN_ALLOW": "everyone",
    }

    def start(code="import recviewer.settings", **more):
        told = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")} | said | more
        return subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True, check=False)

    done = start("from recviewer import settings; print(settings.LOGIN, settings.LOGIN.called)")
    assert done.returncode == 0, done.stderr
    assert "a-secret" not in done.stdout
    assert done.stdout.endswith(" login.example.com\n")
    assert start("from recviewer import settings; assert settings.LOGIN is None", RECVIEWER_LOGIN="").returncode == 0
    for name, value in (
        ("RECVIEWER_LOGIN", "saml"),
        ("RECVIEWER_PUBLIC_URL", ""),
        ("RECVIEWER_LOGIN_ISSUER", ""),
        ("RECVIEWER_LOGIN_ISSUER", "http://login.example.com"),
        ("RECVIEWER_LOGIN_CLIENT", ""),
        ("RECVIEWER_LOGIN_SECRET", ""),
        ("RECVIEWER_LOGIN_ALLOW", ""),
        ("RECVIEWER_LOGIN_ALLOW", "*"),
        ("RECVIEWER_LOGIN_ROLE", "superuser"),
        ("RECVIEWER_LOGIN_ORIGINS", "https://a.example/x"),
    ):
        done = start(**{name: value})
        assert (done.returncode, name in done.stderr) == (1, True), (name, done.stderr)
        assert "Traceback" not in done.stderr
        assert "a-secret" not in done.stderr
    github = {"RECVIEWER_LOGIN": "github", "RECVIEWER_LOGIN_ISSUER": ""}
    assert "everybody on GitHub" in start(**github).stderr
    lacking = "import sys; sys.modules['jwt'] = None; import recviewer.settings"
    assert "recviewer[login]" in start(lacking).stderr
    assert start(lacking, **github, RECVIEWER_LOGIN_ALLOW="org:acme").returncode == 0


def test_secrets_are_not_printed():
    login = configured.ConfiguredLogin(
        "OIDC", "https://a.example", "c", AllowedPeople(), "viewer", "A", "", secret="hush"
    )

    assert "hush" not in repr(login)
