"""What counts of the chunks of a chat with Ollama, found fast and found slowly: the same."""

import json

from hypothesis import given
from hypothesis import strategies as st

from recviewer.exchange.elements import flat_of
from recviewer.formats import ollama
from recviewer.formats.framing import cursor
from recviewer.formats.reading import read
from recviewer.formats.wire.ollama_chat import SHAPE

WHOLE = {
    "model": "m",
    "created_at": "2026-01-01T00:00:00Z",
    "message": {"role": "assistant", "content": "a"},
    "done": False,
}
MESSAGES = (
    {"role": "assistant", "content": "b"},
    {"content": "", "role": "assistant", "thinking": "c"},
    {"role": "tool", "content": ""},
    {"role": ["assistant"], "content": "x"},
    {"role": "assistant", "content": None},
    {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}]},
    "words",
    {},
)
ODD = (
    {},
    {"done": 0},
    {"done": True, "done_reason": "stop", "eval_count": 3},
    {"model": "n"},
    {"model": 1},
    {"created_at": 1},
    {"colour": "red"},
    {"prompt_eval_count": "many"},
    {"error": "no memory"},
)


@given(
    st.lists(
        st.tuples(st.sampled_from(MESSAGES), st.sampled_from(ODD)) | st.sampled_from(["{", 7]), min_size=2, max_size=8
    )
)
def test_chunks_that_are_alike_are_read_as_if_each_were_the_first(picks):
    body = [{**WHOLE, "message": pick[0], **pick[1]} if isinstance(pick, tuple) else pick for pick in picks]
    url = "http://localhost:11434/api/chat"
    data = json.dumps(
        {
            "request": {"method": "POST", "url": url, "body": {"model": "m", "messages": []}},
            "response": {"body": [WHOLE, WHOLE, *body], "is_streaming": True},
        }
    ).encode()

    reading = read(data)

    assert reading.format.name == "ollama_chat"
    expected = [
        flat_of(cursor(item, place, []).data if isinstance(item, (dict, str)) else item, SHAPE, [])
        for place, item in enumerate(reading.raw.reply)
    ]
    assert repr(list(reading.exchange.elements)) == repr(expected)
    kept = ollama._look_of
    ollama._look_of = lambda _: None
    try:
        slow = read(data).exchange
    finally:
        ollama._look_of = kept
    assert repr(reading.exchange) == repr(slow)
