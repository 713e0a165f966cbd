"""Chunks joined quickly and joined carefully: the same exchange, wherever the quick way gives one."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.formats import chat_joining
from recviewer.formats.reading import read

CASES = Path(__file__).parents[1] / "cases" / "openai_chat"
TEXTS = st.sampled_from([None, "", "a", " of"])
DELTAS = st.fixed_dictionaries(
    {"content": TEXTS},
    optional={
        "role": st.just("assistant"),
        "reasoning": TEXTS,
        "refusal": TEXTS,
        "tool_calls": st.sampled_from(
            [None, [], [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{"}}], [{"index": 0}]]
        ),
        "function_call": st.sampled_from([None, {"name": "f", "arguments": "{}"}]),
    },
)
CHOICES = st.fixed_dictionaries(
    {"index": st.sampled_from([0, 1]), "delta": DELTAS},
    optional={"finish_reason": st.sampled_from([None, "stop", "tool_calls"])},
)
CHUNKS = st.fixed_dictionaries(
    {"choices": st.lists(CHOICES, max_size=2), "model": st.sampled_from(["m", "n"])},
    optional={"usage": st.sampled_from([None, {"total_tokens": 3}]), "id": st.sampled_from(["x", "y"])},
)


def streamed(chunks):
    """The document of a recording whose reply is these chunks."""
    request = {"method": "POST", "url": "https://h.test/v1/chat/completions", "body": {"model": "m", "messages": []}}
    body = [{"__type__": "x.ChatCompletionChunk", "__data__": chunk} for chunk in chunks]
    return {"request": request, "response": {"body": body, "is_streaming": True}}


@pytest.fixture(scope="module")
def careful():
    """Read without the quick way."""

    def odd(*_):
        raise ValueError

    def read_carefully(data):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(chat_joining, "joined_quickly", odd)
            return read(data)

    return read_carefully


def test_all_cases_are_joined_to_the_same(careful):
    for case in sorted(CASES.glob("*.json")):
        data = case.read_bytes()
        assert careful(data).exchange == read(data).exchange, case.name


@settings(max_examples=30)
@given(chunks=st.lists(CHUNKS, min_size=1, max_size=6))
def test_any_chunks_are_joined_to_the_same(careful, chunks):
    data = json.dumps(streamed(chunks)).encode()
    assert careful(data).exchange == read(data).exchange
