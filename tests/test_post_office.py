import pytest

from recviewer.post_office import below, hook_places, mail_address, mail_server


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
