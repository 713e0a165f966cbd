import json
import os

import pytest
from django.core.management import CommandError, call_command

from recviewer.commands.exported import ReadExchange, contract_of, found_in, line_of
from recviewer.exchange.model import Kind
from recviewer.recorders.reading import failed

KEYS = ["path", "blob", "fingerprint", "kind", "test_id", "endpoint", "url", "model", "streaming", "chunks", "request"]
KEYS += ["outputs", "usage", "error", "replay", "problems"]
OUTPUT = ["index", "content", "reasoning", "refusal", "tool_calls", "finish_reason", "parts"]


def test_every_key_of_the_contract_stands_in_order_for_every_kind(case_files):
    kinds = {Kind.UNREADABLE}
    assert list(contract_of(ReadExchange("a.json", failed("x"), "", 0))) == KEYS
    for path in case_files:
        found = json.loads(line_of(contract_of(*found_in(path.read_bytes(), f"recordings/{path.name}"))))
        kinds.add(found["kind"])
        assert list(found) == KEYS, path
        assert list(found["request"]) == ["messages", "params", "tools"], path
        assert list(found["replay"]) == ["state", "rule", "expected"], path
        assert found["error"] is None or list(found["error"]) == ["type", "status", "message"], path
        for output in found["outputs"]:
            assert list(output) == OUTPUT, path
            assert all(isinstance(output[key], str) for key in ("content", "reasoning", "refusal")), path
            assert all(list(call) == ["id", "name", "arguments"] for call in output["tool_calls"]), path
            assert all(isinstance(value, str) for call in output["tool_calls"] for value in call.values()), path
    assert kinds == set(Kind)


def test_texts_that_are_missing_are_empty_and_not_null():
    found = contract_of(*found_in(b'{"request": {}, "response": {}}', "recordings/a.json"))

    assert [found[key] for key in ("test_id", "endpoint", "url", "model", "usage", "error")] == [
        None,
        "",
        "",
        "",
        None,
        None,
    ]
    assert (found["chunks"], found["streaming"], found["outputs"]) == (0, False, [])


@pytest.fixture
def exported(capfd, root):
    """Return a function that exports the root and returns the lines."""

    def export(*words, folder=root):
        capfd.readouterr()
        call_command("export", str(folder), *words)
        return [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    return export


def test_every_recording_is_one_line_in_order_of_path(exported, put):
    for path in ("b/recordings/1.json", "a/recordings/2.json", "a/recordings/10.json"):
        put(path)
    put("c/recordings/bad.json", b"")

    assert [line["path"] for line in exported()] == [
        "a/recordings/10.json",
        "a/recordings/2.json",
        "b/recordings/1.json",
        "c/recordings/bad.json",
    ]


def test_export_needs_no_database(exported, put):
    put()

    assert len(exported()) == 1


def test_what_is_no_file_is_a_line_with_its_reason(exported, put, root):
    put()
    os.mkfifo(root / "tests/recordings/pipe.json")

    [_, pipe] = exported()

    assert (pipe["kind"], pipe["blob"]) == ("unreadable", "")
    assert pipe["problems"][0]["what"] == "a named pipe, not a file"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("kind:chat", 2),
        ("-kind:chat", 1),
        ("kind:chat planet", 1),
        ('"which moon"', 1),
        ("model:m-1", 2),
        ("suite:a", 2),
        ("path:b/", 1),
        ("test:planets", 2),
        ("host:api.example.com", 2),
        ("outcome:unreadable", 1),
        ("https://example.com", 0),
        ("other:word", 0),
    ],
)
def test_query_leaves_what_it_says(exported, put, query, count):
    put("a/recordings/1.json")
    put("a/recordings/2.json", asked="Which moon?")
    put("b/recordings/3.json", b"{")

    assert len(exported(f"--query={query}")) == count


def test_numbers_of_any_size_are_exported_exactly(exported, put):
    put(
        data=b'{"request": {"body": {"seed": %d, "low": %d, "far": 1e400, "odd": NaN}}, "response": {}}'
        % (2**65, -(2**65))
    )

    [line] = exported()

    params = line["request"]["params"]
    assert (params["seed"], params["low"], params["far"], params["odd"]) == (2**65, -(2**65), float("inf"), None)


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_directory_that_is_none_is_refused(tmp_path, kind):
    place = tmp_path / "x"
    if kind == "file":
        place.write_text("")

    with pytest.raises(CommandError, match="cannot be used") as failure:
        call_command("export", str(place))

    assert failure.value.returncode == 2


def test_show_and_export_give_the_same_fingerprint(exported, put, capfd):
    place = put(answered="Größe 1.10")
    [line] = exported()

    call_command("show", str(place), "--json")

    assert json.loads(capfd.readouterr().out)["fingerprint"] == line["fingerprint"]
