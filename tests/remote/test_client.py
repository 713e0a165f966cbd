"""What a server elsewhere could do to who asks it, and what never leaves for it."""

import json
import ssl
import subprocess
import time

import pytest

from recviewer.remote import client, command
from recviewer.remote.client import RemoteProblem, RemoteRefusal, Server

TOKEN = "rv_" + "x" * 43


def answering(status, body=b"", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    "address",
    [
        "http://recordings.example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://[2001:db8::1]/",
        "http://10.0.0.1:8000",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://ana:secret@recordings.example.com/",
        "http://127.0.0.1@recordings.example.com/",
        "https://recordings.example.com/?q=1",
        "https://recordings.example.com/#a",
        "https://recordings.example.com/\r\nX: y",
        "https://recordings.example.com:port/",
        "https:///",
        "https://[::1/",
        "recordings.example.com",
        "",
    ],
)
def test_no_token_goes_over_an_open_network(address):
    with pytest.raises(RemoteProblem):
        Server(address, TOKEN)


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://recordings.example.com", "https://recordings.example.com/"),
        ("https://recordings.example.com/sub/path//", "https://recordings.example.com/sub/path/"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
        ("http://localhost/", "http://localhost/"),
    ],
)
def test_an_address_is_asked_below_its_path(address, base):
    assert Server(address).base == base


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(stand_in, status):
    other, asked_there = stand_in(answering(200, b"{}"))
    here, asked = stand_in(answering(status, Location=f"{other}/recordings.json"))

    for act in (lambda: Server(here, TOKEN).get("a"), lambda: Server(here, TOKEN).post("a", b"x", "text/plain")):
        with pytest.raises(RemoteProblem, match="leads elsewhere"):
            act()

    assert asked_there == []
    assert [headers["Authorization"] for _, headers, _ in asked] == [f"Bearer {TOKEN}"] * 2


def test_no_proxy_sees_what_goes_over_plain_http(stand_in, monkeypatch):
    proxy, asked_there = stand_in(answering(200, b"{}"))
    here, asked = stand_in(answering(200, b"{}"))
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("all_proxy", proxy)

    Server(here, TOKEN).get("a")

    assert (len(asked), asked_there) == (1, [])


def test_a_certificate_that_nobody_vouches_for_is_none(stand_in, tmp_path):
    key, made = tmp_path / "key.pem", tmp_path / "cert.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    words += [
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        str(key),
        "-out",
        str(made),
    ]
    subprocess.run(words, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    here, asked = stand_in(answering(200, b"{}"), context)
    address = here.replace("http:", "https:")

    with pytest.raises(RemoteProblem, match="certificate does not hold"):
        Server(address, TOKEN).get("a")
    assert asked == []


def test_a_list_that_goes_on_elsewhere_is_not_followed(stand_in, capfd, monkeypatch):
    other, asked_there = stand_in(answering(200, b"{}"))
    page = {"recordings": [{"path": "a"}], "total": 2, "next": f"{other}/recordings.json"}
    here, _ = stand_in(answering(200, json.dumps(page).encode()))
    monkeypatch.setenv("RECVIEWER_TOKEN", TOKEN)

    assert command.run(["--server", here, "export"]) == 2
    assert "goes on elsewhere" in capfd.readouterr().err
    assert asked_there == []


PAGES = [
    [
        {"total": 2, "recordings": [{"path": "a"}], "next": "?page=2"},
        {"total": 3, "recordings": [{"path": "b"}], "next": None},
    ],
    [
        {"total": 2, "recordings": [{"path": "a"}], "next": "?page=2"},
        {"total": 2, "recordings": [{"path": "a"}], "next": None},
    ],
    [{"total": 2, "recordings": [{"path": "a"}], "next": None}],
    [{"total": 2, "recordings": [], "next": "?page=2"}],
    [{"total": "2", "recordings": [], "next": None}],
    [{"total": 0, "recordings": {}, "next": None}],
    [[]],
]


@pytest.mark.parametrize("pages", PAGES)
def test_a_list_that_is_not_whole_is_no_success(stand_in, pages, capfd):
    left = [json.dumps(page).encode() for page in pages]
    here, _ = stand_in(lambda handler: answering(200, left.pop(0))(handler))

    assert command.run(["--server", here, "export"]) == 2
    assert capfd.readouterr().err.endswith(("again.\n", "right?\n"))


def test_what_a_server_says_steers_no_terminal(stand_in, capfd):
    evil = "\x1b]0;owned\x07 \u202e\x9b31m\nnext"
    here, _ = stand_in(answering(409, json.dumps({"error": evil}).encode()))
    assert command.run(["--server", here, "export"]) == 1
    led, _ = stand_in(answering(302, Location="/\x1b[31m\x07\x9b".encode("latin-1").decode("latin-1")))
    assert command.run(["--server", led, "export"]) == 2
    rows = {"total": 1, "recordings": [{"path": evil, "a\x1b": evil}], "next": None, "hints": [evil]}
    listed, _ = stand_in(answering(200, json.dumps(rows).encode()))
    assert command.run(["--server", listed, "export"]) == 0
    said, _ = stand_in(answering(200, json.dumps({"said": [evil], "left_out": [{"line": evil, "why": evil}]}).encode()))
    words = ["--server", said, "decide", "approve", "a", "--seen", "0" * 40]
    assert command.run(words) == 0

    told = capfd.readouterr()
    assert not {*"\x1b\x07\x9b\u202e"} & set(told.out + told.err)
    assert "<U+001B>" in told.out
    assert "<U+001B>" in told.err


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, b"", RemoteProblem, "wants a token"),
        (401, b'{"error": "The token does not hold."}', RemoteProblem, "does not hold"),
        (404, b"<html>", RemoteProblem, "no such page"),
        (409, b'{"error": "It changed."}', RemoteRefusal, "It changed."),
        (500, b"<html>", RemoteProblem, "status 500"),
        (502, b"[" * 100_000, RemoteProblem, "status 502"),
        (400, b'{"error": 7}', RemoteProblem, "status 400"),
    ],
)
def test_each_failure_is_a_sentence(stand_in, status, body, kind, said):
    here, _ = stand_in(answering(status, body))

    with pytest.raises(RemoteProblem, match=said) as caught:
        Server(here, TOKEN).get("a")

    assert type(caught.value) is kind
    assert TOKEN not in str(caught.value)


@pytest.mark.slow
def test_an_answer_that_never_ends_does(stand_in, monkeypatch):
    def trickle(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(50):
            handler.wfile.write(b"x")
            time.sleep(0.02)

    here, _ = stand_in(trickle)
    with pytest.raises(RemoteProblem, match=r"within 0\.1 seconds"):
        Server(here, seconds=0.1).get("a")
    silent, _ = stand_in(lambda handler: time.sleep(0.2))
    with pytest.raises(RemoteProblem, match=r"no whole answer|within 0\.1 seconds"):
        Server(silent, seconds=0.1).get("a")
    monkeypatch.setattr(client, "REPLY_BYTES", 10)
    long, _ = stand_in(answering(200, b"x" * 100))
    with pytest.raises(RemoteProblem, match="longer than 10 bytes"):
        Server(long).get("a")


def test_headers_that_never_end_do(stand_in):
    def trickle(handler):
        for _ in range(20):
            handler.wfile.write(b"H")
            time.sleep(0.02)

    here, _ = stand_in(trickle)
    with pytest.raises(RemoteProblem, match=r"within 0\.1 seconds"):
        Server(here, seconds=0.1).get("a")


def test_an_answer_that_breaks_off_is_none(stand_in):
    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"{}")

    here, _ = stand_in(cut)
    with pytest.raises(RemoteProblem, match="Look there"):
        Server(here).post("a", b"", "text/plain")


def test_a_server_that_is_not_there_is_told():
    with pytest.raises(RemoteProblem, match="refused"):
        Server("http://127.0.0.1:9/").get("a")


def test_a_token_comes_from_a_file_or_the_environment(stand_in, tmp_path, monkeypatch, capfd):
    here, asked = stand_in(answering(200, b'{"total": 0, "recordings": [], "next": null}'))
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("RECVIEWER_TOKEN", "rv_" + "y" * 43)

    assert command.run(["--server", here, "--token-file", str(file), "export"]) == 0
    assert command.run(["--server", here, "export"]) == 0
    assert [headers["Authorization"][7:11] for _, headers, _ in asked] == ["rv_x", "rv_y"]

    for wrong in ("", "hunter2", f"{TOKEN}\nX: y", "rv_é" + "x" * 40):
        file.write_text(wrong)
        assert command.run(["--server", here, "--token-file", str(file), "export"]) == 2
    assert command.run(["--server", here, "--token-file", str(tmp_path / "none"), "export"]) == 2
    assert len(asked) == 2
    told = capfd.readouterr().err
    assert "hunter2" not in told
    assert TOKEN not in told


@pytest.mark.parametrize(
    "words",
    [
        ["decide", "approve", "a", "--seen", "HEAD"],
        ["decide", "approve", "a", "b", "--seen", "0" * 40],
        ["reviews", "import", "/nowhere/at/all"],
    ],
)
def test_what_makes_no_sense_is_not_sent(stand_in, words, capfd):
    here, asked = stand_in(answering(200, b"{}"))

    assert command.run(["--server", here, *words]) == 2
    assert asked == []
    assert capfd.readouterr().err.endswith(".\n")


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"recviewer_reviews": 1}\n{"type": "dec', b""])
def test_a_file_is_not_lost_where_the_answer_is_none(stand_in, tmp_path, body):
    file = tmp_path / "reviews.jsonl"
    file.write_text("mine")
    here, _ = stand_in(answering(200, body))

    assert command.run(["--server", here, "reviews", "export", str(file)]) == 2
    assert [place.read_text() for place in tmp_path.iterdir()] == ["mine"]
