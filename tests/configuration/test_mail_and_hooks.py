import os
import subprocess
import sys

import pytest

from recviewer.configuration.mail_and_hooks import below, hook_places, mail_address, mail_server, mailer


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 587, "", "", False, True)),
        ("smtp://me:p%40ss@mail.example.com:2525", ("mail.example.com", 2525, "me", "p@ss", False, True)),
        ("smtps://mail.example.com", ("mail.example.com", 465, "", "", True, False)),
        ("smtp://127.0.0.1:25", ("127.0.0.1", 25, "", "", False, False)),
    ],
)
def test_mail_server(text, told):
    found = mail_server(text)

    assert (found.host, found.port, found.user, found.password, found.is_tls, found.is_starttls) == told


@pytest.mark.parametrize(
    "text", ["mail.example.com", "https://x", "smtp://", "smtp://x/y", "smtp://x:0", "smtp://x:99999"]
)
def test_no_mail_server(text):
    with pytest.raises(ValueError, match="smtp://"):
        mail_server(text)


@pytest.mark.parametrize("text", ["me", "me@", "me@x\ny", "Me <me@example.com>", "a@b,c@d"])
def test_no_address(text):
    with pytest.raises(ValueError, match="address"):
        mail_address(text)


PLACES = hook_places("https://chat.example.com/hooks, http://127.0.0.1:9/in/")


def test_places_end_with_a_slash():
    assert PLACES == ("https://chat.example.com/hooks/", "http://127.0.0.1:9/in/")


@pytest.mark.parametrize(
    "text", ["http://chat.example.com/", "https://a@b/", "https:///x", "ftp://x/", "https://x/?q", "x"]
)
def test_no_places(text):
    with pytest.raises(ValueError, match="beginnings"):
        hook_places(text)


@pytest.mark.parametrize(
    ("address", "rest"),
    [("https://chat.example.com/hooks/a1?x=2", "a1?x=2"), ("http://127.0.0.1:9/in/b", "b")],
)
def test_hook_below_a_place(address, rest):
    found = below(PLACES, address)

    assert found is not None
    assert found[1] == rest


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://chat.example.com/hooks/",
        "https://chat.example.com/hooksx/a",
        "https://chat.example.com.evil.example/hooks/a",
        "https://chat.example.com/hooks/../admin",
        "https://chat.example.com/hooks/%2e%2e/admin",
        "https://chat.example.com/hooks/a b",
        "https://chat.example.com/hooks/a\r\nHost: x",
        "https://chat.example.com/hooks/a#b",
        "https://169.254.169.254/hooks/a",
        "http://chat.example.com/hooks/a",
    ],
)
def test_hook_elsewhere(address):
    assert below(PLACES, address) is None


def test_a_mail_server_is_told_to_django():
    told = mailer(mail_server("smtps://me:s%40@mail.example.com"))

    assert told["BACKEND"].endswith("smtp.EmailBackend")
    assert told["OPTIONS"] == {
        "host": "mail.example.com",
        "port": 465,
        "username": "me",
        "password": "s@",
        "use_ssl": True,
        "use_tls": False,
        "timeout": 10,
    }


@pytest.mark.slow
def test_each_release_of_django_is_told_of_a_mail_server_in_its_own_words():
    """As a process of its own, for settings are read once: nothing warns, and what is named is what sends."""
    place = {"RECVIEWER_MAIL": "smtp://me:secret@mail.example.com", "RECVIEWER_MAIL_FROM": "r@example.com"}
    hosted = {
        "RECVIEWER_HOSTED": "1",
        "RECVIEWER_ALLOWED_HOSTS": "r.example",
        "RECVIEWER_PUBLIC_URL": "https://r.example",
    }
    code = (
        "import django; django.setup(); from django.core import mail; one = getattr(mail, 'mailers', None);"
        "one = one.default if one is not None else mail.get_connection();"
        "print(one.host, one.port, one.username, one.use_tls, one.use_ssl, one.timeout)"
    )
    told = {
        **os.environ,
        **place,
        **hosted,
        "DJANGO_SETTINGS_MODULE": "recviewer.settings",
        "RECVIEWER_SECRET_KEY": "abcdefghij" * 6,
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=told, capture_output=True, text=True, check=False
    )

    assert (done.stdout.strip(), done.stderr) == ("mail.example.com 587 me True False 10", "")
