"""Whatever a file holds, it is read or reported: recordings with nodes changed, dropped and doubled, and any JSON."""

import copy
import json
import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.catalog.summary import of_unreadable, summarize
from recviewer.commands.exported import contract_of, found_in, line_of
from recviewer.commands.terminal import conversation
from recviewer.exchange import searched, text
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.deltas import fold, runs_of
from recviewer.formats.reading import read

pytestmark = pytest.mark.slow

CASES = Path(__file__).parent.parent / "cases"
DOCUMENTS = []
for path in sorted(CASES.glob("*/*.json")):
    if not path.name.endswith(".expected.json"):
        DOCUMENTS.append(json.loads(path.read_bytes()))

SCALARS = [None, True, False, 0, -1, 1.5, 10**30, -(2**63) - 1, float("nan"), "", "x", "{", '{"a": 1}', "\ud800"]
HOLDERS = [[], {}, [[]], [{}], [None], ["a"], {"a": 1}, {"type": "text"}, {"__type__": "x.Y", "__data__": []}]
ODD = st.sampled_from(SCALARS + HOLDERS)
ANY_JSON = st.recursive(
    ODD | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def places(value):
    """Return (holder, key) of every node below the top."""
    found, waiting = [], [value]
    while waiting:
        holder = waiting.pop()
        keys = holder if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        found += [(holder, key) for key in keys]
        waiting += [holder[key] for key in keys]
    return found


@st.composite
def mutated(draw):
    """Draw a recording in which a few nodes were replaced, dropped, doubled or swapped."""
    document = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 4))):
        found = places(document)
        if not found:
            break
        holder, key = draw(st.sampled_from(found))
        match draw(st.sampled_from(["odd", "odd", "drop", "double", "swap"])):
            case "odd":
                holder[key] = copy.deepcopy(draw(ODD))
            case "drop":
                del holder[key]
            case "double" if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case _:
                other, place = draw(st.sampled_from(found))
                holder[key] = copy.deepcopy(other[place])
    return json.dumps(document, indent=draw(st.sampled_from([None, 2]))).encode()


@pytest.fixture(autouse=True, scope="module")
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


MANY = settings(max_examples=250, deadline=None)


def check(data, *, exact=False):
    """Read bytes and use the exchange in every way the program does."""
    reading = read(data, exact=exact)
    exchange = reading.exchange
    [found] = found_in(data, "a/recordings/b.json", exact=exact)
    assert fingerprint(found.part.reading.exchange) == fingerprint(exchange)
    assert not [problem for problem in exchange.problems if "reader failed" in problem.what]
    assert all(problem.what for problem in exchange.problems)
    line = line_of(contract_of(found))
    assert json.loads(line, parse_constant=lambda name: pytest.fail(name))["kind"] == exchange.kind.value
    conversation(exchange, "b.json").encode()
    text.line_of(exchange)
    for words, stretches in searched.searchable(exchange):
        known = sum(int(one[1:]) for one in stretches.split())
        assert known == len(words) + 1 or not stretches or len(stretches.split()) == searched.MOST_STRETCHES
    chunks = list(reading.chunks())
    assert len(chunks) == exchange.chunks
    if exchange.chunks:
        assert fold(delta for chunk in chunks for delta in chunk.deltas) == exchange.outputs
        assert runs_of(chunks) == exchange.runs
    return fingerprint(exchange)


@MANY
@given(mutated())
def test_recording_with_changed_nodes_is_read_in_either_mode_with_one_meaning(data):
    assert check(data) == check(data, exact=True)


@MANY
@given(mutated())
def test_recording_with_changed_nodes_is_summed_up(data):
    [summary] = summarize(data, "a/recordings/b.json").parts

    for value in summary:
        assert value is None or type(value) in (str, int, bool)
        assert type(value) is not int or -(2**63) <= value < 2**63
        assert type(value) is not str or (value.encode() is not None and "\0" not in value)


@given(ANY_JSON)
def test_any_json_is_read_or_reported(value):
    check(json.dumps(value).encode())


@given(ANY_JSON, ANY_JSON, ANY_JSON, st.booleans())
def test_any_json_in_an_envelope_is_read_or_reported(body, reply, request, streaming):
    asked = request if isinstance(request, dict) else {"url": "https://api.example.com/v1/x"}
    response = {"body": reply, "is_streaming": streaming}

    check(json.dumps({"request": asked | {"body": body}, "response": response}).encode())


@given(st.binary())
def test_any_bytes_are_read_or_reported(data):
    check(data)


@MANY
@given(mutated(), st.data())
def test_damaged_bytes_of_a_recording_are_read_or_reported(data, draw):
    at = draw.draw(st.integers(0, len(data) - 1))
    length = draw.draw(st.integers(0, 4))

    check(data[:at] + draw.draw(st.binary(max_size=4)) + data[at + length :])


@given(st.text())
def test_any_reason_is_summed_up(reason):
    assert of_unreadable(reason).parts[0].kind == "unreadable"


@pytest.mark.parametrize("depth", [*range(190, 260), 400, 800, 1100])
@pytest.mark.parametrize("role", ["user", "tool"])
def test_json_that_nests_deep_is_read_or_reported(depth, role):
    content = "[" + "[" * depth + "]" * depth + "]"
    message = f'{{"role": "{role}", "content": {content}}}'

    check(f'{{"request": {{"body": {{"messages": [{message}]}}}}, "response": {{}}}}'.encode())


DEEP = "[" * 300 + "]" * 300


@pytest.mark.parametrize(
    "reply",
    [
        {"choices": [{"index": 0, "message": {"tool_calls": [{"function": {"name": "f", "arguments": DEEP}}]}}]},
        ["event: message_start", f'data: {{"type": "message_start", "message": {DEEP}}}', ""],
        {"__type__": "api.ToolInvocationResult", "__data__": {"content": DEEP}},
        {"error": {"message": DEEP}},
    ],
    ids=["arguments", "event", "tool", "error"],
)
def test_json_that_nests_deep_inside_a_string_is_read(reply):
    document = {"request": {"body": {"messages": []}}, "response": {"body": reply, "is_streaming": True}}

    check(json.dumps(document).encode())
