"""The line of what a JSON pointer names."""

import json
import time

import pytest

from recviewer.checking.lines import line_of

DOCUMENT = {"a": [1, {"b/c": "x", "~d": [[], {}, '\n"}']}], "e": {"a": {"f": None}}, "": 2}


def pointers(value, way=""):
    yield way
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in rows:
        yield from pointers(inner, f"{way}/{str(name).replace('~', '~0').replace('/', '~1')}")


@pytest.mark.parametrize("pointer", list(pointers(DOCUMENT)))
def test_each_value_is_found_where_it_stands(pointer):
    data = json.dumps(DOCUMENT, indent=1).encode()
    marked = json.loads(json.dumps(DOCUMENT))
    parts = [one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:]]
    if not parts:
        assert line_of(data, pointer) == 1
        return
    holder = marked
    for part in parts[:-1]:
        holder = holder[int(part) if isinstance(holder, list) else part]
    last = int(parts[-1]) if isinstance(holder, list) else parts[-1]
    holder[last] = "HERE"
    expected = next(n for n, row in enumerate(json.dumps(marked, indent=1).split("\n"), 1) if "HERE" in row)

    assert line_of(data, pointer) == expected


@pytest.mark.parametrize("data", [b"", b"not: json", b"[", b'{"a"', b"]]]", b'{"a": {"b": 1}}', b"\xff\n\xfe"])
def test_what_is_not_there_stands_on_a_line_all_the_same(data):
    assert line_of(data, "/a/z/1") == 1


def test_the_line_of_what_holds_it_is_told_where_it_is_not_there():
    assert line_of(b'{\n"a": {\n"b": 1}}', "/a/z") == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [b"[" * 400_000, b'{"a":' * 100_000, b'"' + b'\\"' * 400_000, b'"a' * 400_000, b"1," * 400_000, b"\\" * 800_000],
)
def test_no_file_takes_long(data):
    began = time.process_time()

    line_of(data, "/a/b/0")

    assert time.process_time() - began < 5
