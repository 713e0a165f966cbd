"""Which recorder a file is from, and what its claims are."""

import json
from pathlib import Path

import pytest

from recviewer.recorders import registry
from recviewer.recorders.kinds.bare_reply import RECORDER as BARE_REPLY
from recviewer.recorders.kinds.ogx import RECORDER as OGX
from recviewer.store.claims import BARE, Claims
from recviewer.store.scan import scan

CASES = Path(__file__).parent / "cases"
BOTH = Claims(
    {b"recordings": (b".json",), b"cassettes": (b".yaml", b".yml", BARE)}, (b".json", b".yaml", b".yml", BARE)
)


def test_ogx_claims_what_was_always_a_recording():
    assert (OGX.homes, OGX.endings) == ({b"recordings"}, (b".json",))
    assert registry.claims().holds(b"a/recordings/b.json")


@pytest.mark.parametrize(
    ("raw", "is_one", "is_loose"),
    [
        (b"recordings/a.json", True, True),
        (b"cassettes/a.yml", True, True),
        (b"recordings/a.yaml", False, True),
        (b"a/recordings/cassettes/a.json", True, True),
        (b"cassettes/a.json", False, True),
        (b"recordings/node_modules/a.json", False, False),
        (b"a.json", False, True),
        (b"recordings/a.txt", False, False),
    ],
)
def test_an_ending_counts_in_its_own_home(raw, is_one, is_loose):
    assert BOTH.holds(raw) is is_one
    assert BOTH.holds_loose(raw) is is_loose


def test_a_cassette_may_have_no_ending():
    holds = registry.claims().holds

    assert holds(b"a/cassettes/test_planets")
    assert holds(b"vcr_cassettes/b/test_planets")
    assert not any(
        map(holds, (b"cassettes/a.txt", b"cassettes/.keep", b"testdata/a", b"recordings/a", b"a", b"cassettes/"))
    )
    planets = (Path(__file__).parent / "cases" / "vcrpy" / "test_planets.yaml").read_bytes()
    found = registry.recorder_of("a/cassettes/test_planets", planets)
    assert found is not None
    assert found.name == "vcrpy"
    assert registry.recorder_of("a/cassettes/LICENSE", b"Do as you please.") is None


def test_the_walk_and_the_rule_for_paths_agree(tmp_path):
    names = [
        "recordings/a.json",
        "recordings/bare",
        "cassettes/b.yml",
        "cassettes/bare",
        "recordings/cassettes/c.yaml",
        "cassettes/d.json",
        "e.json",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    found = scan(tmp_path, BOTH)

    assert [one.raw for one in found.stamps] == sorted(name.encode() for name in names if BOTH.holds(name.encode()))
    assert not found.is_loose


def test_bytes_tell_whose_a_file_is_where_several_claim_its_place(list_recorder):
    assert list_recorder.name == "json_list"
    assert registry.recorder_of("a.json", b'{"request": {}}') is OGX
    assert registry.recorder_of("a.json", b" \n[]") is list_recorder
    assert registry.recorder_of("a.json", b"\x00 neither") is OGX


def test_a_recorder_that_fails_to_recognize_takes_nothing(list_recorder, monkeypatch):
    monkeypatch.setattr(type(list_recorder), "recognizes", lambda self, data: 1 / 0)

    assert registry.recorder_of("a.json", b"[]") is OGX


def test_a_recorder_is_found_by_its_folder_alone(list_recorder):
    assert {list_recorder, OGX} <= set(registry.recorders())
    assert registry.claims().holds(b"a/lists/b.json")


STRANGERS = {
    "workflow.yml": "name: CI\non: [push]\njobs:\n  a: {}\n",
    "openapi.yaml": "openapi: 3.0.0\npaths:\n  /a:\n    post:\n      requestBody: {}\n",
    "compose.yml": "version: 1\nservices:\n  a:\n    image: x\n",
    "Chart.yaml": "apiVersion: v2\nname: x\nversion: 1\n",
    "en.yml": "en:\n  request: x\n  interactions: many\n",
    "deploy.yaml": "kind: Deployment\nmetadata: {}\n---\nkind: Service\n",
    "kind.yaml": "kind: message\ndata: 1\n",
    "clicks.yaml": "interactions:\n  - name: click\n    selector: a\n",
    "steps.yaml": "- request:\n    name: x\n  expect: 1\n",
    "tavern.yaml": "stages:\n  - request: {url: x}\n    response: {}\n",
    "rules.yaml": "when:\n  status: open\nthen: close\n",
    "title.yml": "---\nhttp_interactions:\n  title: x\n",
    "golden.yaml": "---\nversion: 1\ninteractions:\n- name: x\n",
    "empty.yaml": "",
    "bytes.yaml": "\0\1",
    "openapi.json": '{"openapi": "3.0.0", "paths": {}}',
    "package-lock.json": '{"name": "x", "lockfileVersion": 3, "packages": {}}',
    "entries.json": '{"Entries": [{"name": "a"}]}',
    "fixture.json": '[{"model": "app.x", "pk": 1, "fields": {}}]',
    "empty.json": "",
    "lengths.httprr": "12 13\nabc",
}

LOOSE = {
    "package.json": '{"name": "x", "version": "1.0.0", "dependencies": {"openai": "^4"}}',
    "tsconfig.json": '{\n  // strict\n  "compilerOptions": {"strict": true},\n}',
    "notebook.json": '{"cells": [{"cell_type": "code", "source": []}], "nbformat": 4}',
    "postman.json": '{"info": {"name": "c"}, "item": [{"request": {"method": "GET"}, "response": []}]}',
    "prompt.json": '{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}',
    "events.json": '{"request": {"id": 1}, "response": {"ok": true}}',
    "list.json": '[{"request": {"method": "GET"}, "response": {"body": ""}}]',
    "object.json": "{}",
}


@pytest.mark.parametrize("name", STRANGERS)
def test_files_that_are_no_recordings_are_left_alone_wherever_they_lie(name):
    for home in sorted(registry.claims().by_home.keys() - OGX.homes - BARE_REPLY.takes_all_in):
        path = f"tests/{home.decode()}/{name}"
        assert registry.recorder_of(registry.read_as(path), STRANGERS[name].encode()) is None


def test_what_nobody_knows_below_recordings_is_a_broken_recording():
    assert registry.recorder_of(registry.read_as("a/recordings/b.json"), b"") is OGX
    assert registry.recorder_of(registry.read_as("a/recordings/b/c.json"), b"{") is OGX


@pytest.mark.parametrize("name", ["openapi.json", "package-lock.json", "fixture.json", "empty.json", *LOOSE])
def test_outside_of_any_home_other_json_is_left_alone(name):
    data = (STRANGERS | LOOSE)[name].encode()

    assert registry.recorder_of(registry.read_as(name), data) is None
    assert registry.recorder_of(registry.read_as(f"src/data/{name}"), data) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("b.json", b'{\n  "test_id": null,\n  "request": {}'),
        ("b.json", b'{"request": {"method": "POST", "url": "https://h.test/v1"}, "response": {"body": {}}}'),
        ("b.json", b'{"response": {"body": null, "is_streaming": false}}'),
        (f"{'0a' * 32}.json", b""),
        (f"{'0a' * 32}.json", b"<<<<<<< HEAD\n{"),
        (f"models-{'0a' * 32}-{'1b' * 8}.json", b"[]"),
    ],
)
def test_outside_of_any_home_a_recording_is_known_by_its_beginning_or_its_name(name, data):
    assert registry.recorder_of(registry.read_as(name), data) is OGX
    assert registry.recorder_of(registry.read_as(f"a/{name}"), data) is OGX


REPLY = b'{"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}}]}'


def test_a_reply_alone_counts_among_fixtures_only():
    assert registry.recorder_of("a/__fixtures__/b.json", REPLY).name == "bare-reply"
    assert registry.recorder_of(registry.read_as("b.json"), REPLY) is None
    assert registry.recorder_of("a/recordings/b.json", REPLY) is OGX
    assert registry.recorder_of("a/cassettes/b.json", REPLY) is None
    assert registry.recorder_of("a/__fixtures__/package.json", b'{"name": "x", "version": "1.0.0"}') is None


@pytest.mark.parametrize("first", [b"id:1\nevent:result\n:HTTP_STATUS/200\n", b": hello\n\n", b"event: result\n", b""])
def test_a_reply_alone_is_known_whatever_its_stream_of_events_begins_with(first):
    event = {"output": {"choices": [{"message": {"role": "assistant", "content": "Tea."}}]}, "request_id": "q-1"}
    data = first + b"data:" + json.dumps(event).encode() + b"\n\n"
    assert registry.recorder_of("a/Fixtures/stream-1.sse", data).name == "bare-reply"


@pytest.mark.parametrize(
    "text",
    [
        '{"consumer": {}, "interactions": [{"description": "x", "request": {"method": "GET", "path": "/"}}]}',
        '{"interactions": [{"request": {"method": "GET", "path": "/"}, "response": {"status": 200}}]}',
        '[{"scope": "x"}]',
        '{"mappings": []}',
        '{"request": "x", "uri": "y"}',
    ],
)
def test_other_json_is_no_cassette(text):
    for home in ("cassettes", "fixtures", "__fixtures__", "mappings", "_vcr"):
        assert registry.recorder_of(f"a/{home}/b.json", text.encode()) is None


@pytest.mark.parametrize("path", ["tests/recordings/a.json", "a.json", "", "deep/a.json"])
@pytest.mark.parametrize(
    "head",
    [
        b'{\n  "request": {\n    "method": "POST",\n    "url": "http://example.com/v1/chat/completions",\n    "uri": 1',
        b'{"request": {"url": "/v1", "method": "GET"',
        b'{"request": {"body": {"uri": "http://example.com"}',
        b'{"test_id": "a.py::b", "request": {"method": "POST"',
    ],
)
def test_what_ogx_wrote_is_nobody_elses_whatever_it_says(path, head):
    data = head + b'}, "response": {"body": {"interactions": [], "scope": "http://example.com", "log": {}}}}'
    assert registry.recorder_of(registry.read_as(path), data).name == "ogx"


def test_without_a_home_no_name_counts_that_only_a_home_gives_a_meaning(tmp_path):
    for name in ("a.json", "b.yaml", "c.txt", "d.har", "e.eval", "f.httprr"):
        (tmp_path / name).touch()

    assert [one.key for one in scan(tmp_path, registry.claims()).stamps] == ["a.json", "b.yaml", "e.eval", "f.httprr"]
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files/g.txt").touch()
    assert [one.key for one in scan(tmp_path, registry.claims()).stamps] == ["__files/g.txt"]


def test_a_recording_in_the_directory_of_another_recorder_is_its_own_ones():
    session = (CASES / "test-proxy" / "NamesPlanets.json").read_bytes()

    assert registry.recorder_of("tests/cassettes/NamesPlanets.json", session).name == "test-proxy"
    assert registry.recorder_of("tests/cassettes/package.json", b'{"name": "planets"}') is None
    assert (
        registry.recorder_of("tests/fixtures/mapping.json", (CASES / "wiremock" / "planets.json").read_bytes()) is None
    )
