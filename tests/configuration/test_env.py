import os
import subprocess
import sys
from pathlib import Path

import pytest

from recviewer.configuration import env

NAME = "RECVIEWER_X"
SPEAKING = ("recviewer.hosts", "recviewer.issuers")


@pytest.mark.parametrize(("raw", "value"), [(None, "d"), ("", "d"), ("  ", "d"), (" a b ", "a b")])
def test_text_is_trimmed_and_falls_back(monkeypatch, raw, value):
    if raw is not None:
        monkeypatch.setenv(NAME, raw)

    assert env.text(NAME, "d") == value


@pytest.mark.parametrize(
    ("raw", "value"), [("1", True), ("Yes", True), (" on ", True), ("0", False), ("FALSE", False), ("", False)]
)
def test_flag_understands_the_usual_words(monkeypatch, raw, value):
    monkeypatch.setenv(NAME, raw)

    assert env.flag(NAME, default=not value) is value


@pytest.mark.parametrize("default", [True, False])
def test_flag_that_is_unset_is_its_default(default):
    assert env.flag(NAME, default=default) is default


@pytest.mark.parametrize("raw", ["2", "maybe", "-"])
def test_flag_that_makes_no_sense_stops_the_start(monkeypatch, raw):
    monkeypatch.setenv(NAME, raw)

    with pytest.raises(env.BadEnvironment, match="it takes 1 or 0"):
        env.flag(NAME)


def test_number_is_read_and_falls_back(monkeypatch):
    assert env.number(NAME, 5) == 5

    monkeypatch.setenv(NAME, " 12 ")

    assert env.number(NAME, 5) == 12


@pytest.mark.parametrize("raw", ["-1", "1.5", "much", "0", "²", "1_0"])
def test_number_that_makes_no_sense_stops_the_start(monkeypatch, raw):
    monkeypatch.setenv(NAME, raw)

    with pytest.raises(SystemExit, match=f"{NAME}='{raw}' cannot be used: it takes a whole number from 1 on"):
        env.number(NAME, 5, least=1)


@pytest.mark.parametrize(("raw", "value"), [("", "WARM"), ("COLD", "COLD"), (" cold ", "COLD")])
def test_choice_is_read_and_falls_back(monkeypatch, raw, value):
    monkeypatch.setenv(NAME, raw)

    assert env.choice(NAME, "WARM", among=("COLD", "WARM")) == value


def test_choice_that_is_none_stops_the_start(monkeypatch):
    monkeypatch.setenv(NAME, "FOO")

    with pytest.raises(SystemExit, match=f"{NAME}='FOO' cannot be used: it takes one of COLD, WARM"):
        env.choice(NAME, "WARM", among=("COLD", "WARM"))


def test_path_is_absolute_and_knows_the_home_directory(monkeypatch):
    assert env.path(NAME) is None

    monkeypatch.setenv(NAME, "~/x/../y")

    assert env.path(NAME) == Path(os.path.expanduser("~/y"))


def test_path_in_a_home_that_nobody_knows_stops_the_start(monkeypatch):
    monkeypatch.setenv(NAME, "~no-such-person-here/x")

    with pytest.raises(env.BadEnvironment, match="nobody knows that home directory"):
        env.path(NAME)


def test_words_are_split_at_commas(monkeypatch):
    monkeypatch.setenv(NAME, " a, b ,,c ")

    assert env.words(NAME) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("", ""),
        ("https://rec.example.com", "https://rec.example.com"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://[::1]:8000/a/b/", "http://[::1]:8000/a/b"),
    ],
)
def test_url_is_that_of_a_site_without_its_last_slash(monkeypatch, raw, value):
    monkeypatch.setenv(NAME, raw)

    assert env.url(NAME) == value


@pytest.mark.parametrize(
    "raw",
    [
        "rec.example.com",
        "ftp://rec.example.com",
        "javascript:alert(1)",
        "https://",
        "https://ada@rec.example.com",
        "https://rec.example.com?x=1",
        "https://rec.example.com/#x",
        "https://rec.example.com/a b",
        "https://rec.example.com/)](http://e.vil",
        "https://rec.example.com:99999",
        "https://[::1",
    ],
)
def test_url_that_makes_no_sense_stops_the_start(monkeypatch, raw):
    monkeypatch.setenv(NAME, raw)

    with pytest.raises(env.BadEnvironment, match="it takes an address such as"):
        env.url(NAME)


def test_what_a_reader_refuses_stops_the_start_without_the_value(monkeypatch):
    def read(raw):
        raise ValueError("it takes something else")

    assert env.checked(NAME, read) is None

    monkeypatch.setenv(NAME, "secret")

    with pytest.raises(env.BadEnvironment, match="it takes something else") as refused:
        env.checked(NAME, read)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["short", "x" * 201, "with a space in it", "ünïcödé-secret-here"])
def test_what_is_no_secret(text):
    with pytest.raises(ValueError, match="16 to 200"):
        env.secret(text)


@pytest.mark.slow
def test_a_start_without_a_host_and_a_login_imports_nothing_that_speaks_with_them(tmp_path):
    asked = "import sys, django; django.setup(); print([x for x in sys.modules if x.startswith(PARTS)])".replace(
        "PARTS", repr(SPEAKING)
    )
    variables = {key: value for key, value in os.environ.items() if not key.startswith("RECVIEWER_")}
    variables |= {"DJANGO_SETTINGS_MODULE": "recviewer.settings", "RECVIEWER_DATA": str(tmp_path)}

    said = subprocess.run([sys.executable, "-c", asked], env=variables, capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"
