"""From a file's bytes to its exchanges."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.formats.reading import read
from recviewer.recorders.naming import PartNames
from recviewer.recorders.reading import read_file, read_part


def listed(*documents):
    return json.dumps(documents, indent=2).encode() + b"\n"


def test_an_ogx_file_is_one_exchange_without_a_name(chat):
    data = json.dumps(chat()).encode()

    [one] = read_file(data, "a.json")

    assert (one.part, one.index, one.start, one.end) == ("", 0, 0, len(data))
    assert one.reading.exchange == read(data).exchange


def test_each_exchange_of_a_file_has_its_place_and_its_bytes(chat, list_recorder):
    data = listed(chat(asked="One?"), chat(asked="Two?"))

    one, two = read_file(data, "a.json")

    assert (one.index, two.index) == (0, 1)
    assert one.part != two.part
    assert json.loads(data[one.start : one.end]) == chat(asked="One?")
    assert two.reading.exchange == read(data[two.start : two.end]).exchange
    assert read_part(data, "a.json", two.part) == two
    assert read_part(data, "a.json", "none") is None


def test_a_name_stays_when_other_exchanges_come(chat, list_recorder):
    before = read_file(listed(chat(asked="One?"), chat(asked="Two?")), "a.json")
    after = read_file(listed(chat(asked="Zero?"), chat(asked="One?"), chat(asked="Two?")), "a.json")

    assert [one.part for one in before] == [one.part for one in after[1:]]


def test_equal_requests_are_counted():
    names = PartNames()

    assert [names.of({"b": 1, "a": 2}), names.of({"a": 2, "b": 1}), names.of({})] == [
        "3e1b6f30b3e8",
        "3e1b6f30b3e8-2",
        names.of({}).removesuffix("-2"),
    ]


@pytest.mark.parametrize("data", [b"[", b"[]", b"[\xff]", b"[" * 100_000])
def test_a_file_without_exchanges_is_one_that_cannot_be_read(data, list_recorder):
    [one] = read_file(data, "a.json")

    assert (one.part, one.start, one.end) == ("", 0, len(data))
    assert one.reading.exchange.kind == "unreadable"


def test_a_broken_exchange_leaves_the_others_readable(chat, list_recorder):
    one, two = read_file(b"[3, " + json.dumps(chat()).encode() + b"]", "a.json")

    assert one.reading.exchange.problems[0].what.startswith("JSON, but not a recording")
    assert two.reading.exchange.kind == "chat"


def test_a_recorder_that_raises_costs_its_file_and_nothing_else(list_recorder, monkeypatch):
    monkeypatch.setattr(type(list_recorder), "parts", lambda self, data, exact=False: 1 / 0)

    [one] = read_file(b"[]", "a.json")

    assert one.reading.exchange.problems[0].what == "the json_list recorder's reader failed (ZeroDivisionError)"


@given(
    st.lists(st.text() | st.text(st.characters(max_codepoint=127)) | st.none() | st.floats(allow_nan=False), max_size=4)
)
def test_names_are_made_of_the_request_as_ascii_json(request):
    text = json.dumps(request, sort_keys=True, separators=(",", ":"))

    assert PartNames().of(request) == hashlib.blake2b(text.encode("utf-8"), digest_size=6).hexdigest()
