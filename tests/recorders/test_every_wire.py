"""What each provider sends is read alike, whichever recorder kept it and in whatever layout it was sent.

Replies and what they say are those of `tests/cases`, which people derived from the providers' documents.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from recviewer.exchange.contract import Place, to_json
from recviewer.recorders.reading import read_file
from tests.recorders import written

CASES = Path(__file__).parent.parent / "cases"
NOWHERE = Place("x", "", "", {})
BY_LINE = {"ollama_chat", "ollama_generate", "cohere"}
LISTED = {"text_server", "vector_lists", "rerank"}
"""Wires with replies that are a list as a whole."""

NOT_SENT = {"failure", "no_exchange", "file_processor", "tool"}
"""What goes over no wire as it stands in the cases: failures of clients, files without an exchange, calls inside of OGX."""

WIRES = sorted({path.name for path in CASES.iterdir() if path.is_dir()} - NOT_SENT)


def sent(value):
    """Return a value as a provider sends it: without the names of types that a client's library put around it."""
    if isinstance(value, list):
        return [sent(one) for one in value]
    if not isinstance(value, dict):
        return value
    return sent(value["__data__"]) if "__data__" in value else {key: sent(one) for key, one in value.items()}


@cache
def cases_of(wire):
    """Return (name, request, reply, expectation) of the cases that may have been sent so, which nobody changes."""
    return tuple(_cases_of(wire))


def _cases_of(wire):
    for path in sorted((CASES / wire).glob("*.json")):
        if path.name.endswith(".expected.json"):
            continue
        document = json.loads(path.read_text())
        request, response = document.get("request"), document.get("response")
        if not isinstance(request, dict) or not isinstance(response, dict):
            continue
        if path.name.startswith("odd_") or response.get("is_exception") or (response.get("status") or 200) != 200:
            continue
        body = sent(response.get("body"))
        if wire in LISTED and response.get("is_streaming") is False and isinstance(body, list):
            body = Listed(body)
        expected = json.loads(path.with_suffix(".expected.json").read_text())
        for output in expected.get("outputs", ()):
            output.setdefault("parts", [])
        yield path.stem, request, body, expected


class Listed(list):
    """A list that is a whole reply, and no stream."""


@cache
def sendings_of(wire, which):
    """Return (name, request, layout, its bytes or text, expectation) of those of the cases, each in all of its layouts."""
    return [
        (name, request, layout, given, expected)
        for name, request, body, expected in cases_of(wire)[which.start : which.stop]
        for layout, given in layouts(wire, body)
    ]


def layouts(wire, body):
    """Yield the layouts of a reply, with its name."""
    if isinstance(body, dict | Listed):
        yield "whole", written.compact(body)
        yield "gzip", written.packed(written.compact(body))
    elif isinstance(body, str) and body:
        yield "text", body
        yield "gzip", written.packed(body)
    elif isinstance(body, list) and body and all(isinstance(one, str) for one in body):
        yield "text", ("" if any("\n" in one for one in body) else "\n").join(body)
    elif isinstance(body, list) and body and all(isinstance(one, dict) for one in body):
        yield "sse", written.events(body)
        if wire in BY_LINE:
            yield "ndjson", written.lines(body)
        if wire == "genai":
            yield "array", written.listed(body)
        if wire == "converse" and all(len(one) == 1 for one in body):
            yield "aws", written.aws(body)


@pytest.mark.parametrize(
    "which", [range(2), pytest.param(range(2, 10**6), marks=pytest.mark.slow)], ids=["two of each wire", "the others"]
)
@pytest.mark.parametrize("recorder", written.RECORDERS)
def test_a_reply_is_read_as_it_was_derived(recorder, which):
    write, path = written.RECORDERS[recorder]
    for wire in WIRES:
        for name, request, layout, given, expected in sendings_of(wire, which):
            asked = written.compact(request.get("payload", request.get("body")) or {})
            data = write(request.get("method") or "POST", request.get("url") or "https://h/x", asked, given)

            (part,) = read_file(data if isinstance(data, bytes) else data.encode(), path)

            found = to_json(part.reading.exchange, NOWHERE)
            told = {key: expected[key] for key in ("kind", "outputs", "usage", "error") if key in expected}
            assert part.recorder == recorder, (wire, name, layout)
            assert {key: found[key] for key in told} == told, (wire, name, layout)


@pytest.mark.parametrize("wire", WIRES)
def test_every_wire_has_a_case_in_each_of_its_layouts(wire):
    held = {layout for _, _, body, _ in cases_of(wire) for layout, _ in layouts(wire, body)}

    assert held >= {"anthropic": {"sse"}, "converse": {"sse", "aws"}, "genai": {"sse", "array"}}.get(wire, set())
    assert not BY_LINE & {wire} or "ndjson" in held
    assert held
