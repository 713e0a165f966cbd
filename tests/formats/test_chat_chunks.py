"""What counts of chat chunks, found fast and found slowly: the same."""

import json

from hypothesis import given
from hypothesis import strategies as st

from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats import chat_chunks
from recviewer.formats.reading import read

ODD = st.sampled_from(
    [None, "", "a", 0, 1, 1.0, 2, True, False, [], {}, {"filtered": False}, {"filtered": 0}, [0], [False]]
)
DELTAS = st.fixed_dictionaries(
    {"content": st.sampled_from(["", "a", "b", None])},
    optional={"role": ODD, "refusal": ODD, "reasoning": ODD, "reasoning_content": ODD, "zz": ODD},
)
CHOICES = st.fixed_dictionaries(
    {"index": st.sampled_from([0, 0, 0, 1, None]), "delta": DELTAS},
    optional={"content_filter_results": ODD, "logprobs": ODD, "finish_reason": ODD, "obfuscation": ODD},
)
CHUNKS = st.fixed_dictionaries(
    {"choices": st.lists(CHOICES, min_size=1, max_size=1)},
    optional={"usage": ODD, "created": ODD, "model": ODD, "yy": ODD},
)


@given(few=st.lists(CHUNKS, min_size=1, max_size=3), picks=st.lists(st.integers(0, 2), min_size=1, max_size=8))
def test_chunks_that_are_alike_are_read_as_if_each_were_the_first(few, picks):
    body = [few[pick % len(few)] for pick in picks]
    url = "https://h.test/v1/chat/completions"
    document = {
        "request": {"method": "POST", "url": url, "body": {"model": "m", "messages": []}},
        "response": {
            "body": [{"id": "x", "object": "chat.completion.chunk", **chunk} for chunk in body],
            "is_streaming": True,
        },
    }
    data = json.dumps(document).encode()

    fast = read(data).exchange
    kept = chat_chunks._frame
    chat_chunks._frame = lambda _: b""
    try:
        slow = read(data).exchange
    finally:
        chat_chunks._frame = kept

    assert repr(fast) == repr(slow)  # to Python 1, 1.0 and true are equal
    assert fingerprint(fast) == fingerprint(slow)
