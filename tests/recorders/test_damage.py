"""Recordings that were damaged beyond what any recorder knows, and what stands before one and says nothing."""

from pathlib import Path

import pytest

from recviewer.exchange.model import Kind
from recviewer.recorders.reading import read_file

CASES = Path(__file__).parent / "cases"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12\n"
CASSETTE = (CASES / "vcrpy" / "test_planets.yaml").read_bytes()
GO = next((CASES / "go-vcr").glob("*.yaml")).read_bytes()
HTTPMOCK = next((CASES / "httpmock").glob("*.yaml")).read_bytes()
HTTPRR = next((CASES / "httprr").glob("*.httprr")).read_bytes()


def read(data, name):
    return [(one.reading.exchange.kind, one.reading.exchange.problems) for one in read_file(data, name)]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a/cassettes/a.yaml", POINTER, "a git-lfs pointer"),
        ("a/cassettes/a.yaml.gz", POINTER, "a git-lfs pointer"),
        ("SessionRecords/A/b.json", POINTER, "a git-lfs pointer"),
        ("recordings/a.json", POINTER, "a git-lfs pointer"),
        ("./a.httprr", POINTER, "a git-lfs pointer"),
        ("a/cassettes/a.yaml", b"<<<<<<< HEAD\n" + HTTPMOCK, "merge conflict markers"),
        ("a/cassettes/a.yaml", CASSETTE.decode().encode("utf-16"), "UTF-16 text"),
        ("a/cassettes/a.yaml", CASSETTE.replace(b"\n", b"\r"), "lines end in carriage returns alone"),
        ("a/testdata/A.httprr", HTTPRR.replace(b"\n", b"\r\n"), "lines end in CRLF"),
        ("a/testdata/A.httprr", b"# of ours\n", "no recorder writes files that begin like this one"),
    ],
)
def test_a_damaged_recording_is_shown_with_the_reason(name, data, why):
    [(kind, [problem])] = read(data, name)

    assert kind is Kind.UNREADABLE
    assert problem.what.startswith(why)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a/testdata/a.yaml", b"<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n"),
        ("a/testdata/a.yaml", "a: 1\n".encode("utf-16")),
        ("./a.json", POINTER),
        ("a/testdata/A.httprr", b""),
        ("fixtures/a.har", b"{}"),
        ("a.har", b'{"log": {"entries": []}}'),
    ],
)
def test_what_is_no_recording_is_none_when_it_is_damaged(name, data):
    assert read(data, name) == []


@pytest.mark.parametrize(
    "before", [b"\xef\xbb\xbf", b"\n \n", b"# Licensed\n" * 90, b"%YAML 1.1\n", b"\xef\xbb\xbf# a\r\n"]
)
def test_what_stands_before_a_cassette_says_nothing(before):
    assert read(before + GO, "testdata/A.yaml") == read(GO, "testdata/A.yaml")
