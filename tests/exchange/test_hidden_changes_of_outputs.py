"""Changes in outputs of xAI and segments of transcripts that once went unseen: each differs in something on no list."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

QUIET = {Churn.IDENTICAL, Churn.CHUNKING}


def exchange_of(body):
    request = {"method": "POST", "url": "https://h.test/v1/x", "body": {"model": "m"}, "model": "m"}
    document = {"request": request, "response": {"body": body, "is_streaming": isinstance(body, list)}}
    return read(json.dumps(document).encode()).exchange


def piece(index=0, finish=None, **delta):
    output = {"index": index, "delta": {"role": "ROLE_ASSISTANT", **delta}}
    return {"id": "r", "model": "m", "outputs": [output | ({"finish_reason": finish} if finish else {})]}


def call(name, arguments):
    made = {"id": "c1", "type": "TOOL_CALL_TYPE_CLIENT_SIDE_TOOL", "function": {"name": name, "arguments": arguments}}
    return piece(tool_calls=[made])


def whole(*outputs):
    """A complete answer: pairs of (text, finish reason)."""
    said = [
        {"index": index, "finish_reason": finish, "message": {"role": "ROLE_ASSISTANT", "content": words}}
        for index, (words, finish) in enumerate(outputs)
    ]
    return {"id": "r", "model": "m", "outputs": said}


STOP, CUT = "REASON_STOP", "REASON_MAX_LEN"
END = piece(finish=STOP)


def segment(words, name):
    return {"type": "transcript.text.delta", "delta": words, "segment_id": name}


HEARD = {"type": "transcript.text.done", "text": "abc"}

PAIRS = {
    "a word in another streamed output": (
        [piece(content="ab"), piece(1, content="c"), END],
        [piece(content="a"), piece(1, content="bc"), END],
    ),
    "a word in another output": (whole(("ab", STOP), ("c", STOP)), whole(("a", STOP), ("bc", STOP))),
    "another end before the last": (whole(("ab", STOP), ("c", STOP)), whole(("ab", CUT), ("c", STOP))),
    "another streamed end before the last": (
        [piece(content="a"), piece(finish=CUT), END],
        [piece(content="a"), piece(finish="REASON_TIME_LIMIT"), END],
    ),
    "an end that comes twice": ([piece(content="a"), END], [piece(content="a"), END, END]),
    "a name that comes twice": (
        [call("add", '{"a":'), call("", "1}"), END],
        [call("add", '{"a":'), call("add", "1}"), END],
    ),
    "a word in another segment": (
        [segment("ab", "s1"), segment("c", "s2"), HEARD],
        [segment("a", "s1"), segment("bc", "s2"), HEARD],
    ),
}


@pytest.mark.parametrize(("before", "after"), list(PAIRS.values()), ids=list(PAIRS))
def test_a_pair_is_never_the_same(before, after):
    old, new = exchange_of(before), exchange_of(after)

    assert old.read_as == new.read_as
    assert old.read_as in ("xai", "transcription")
    assert compare(old, new).churn not in QUIET
    assert fingerprint(old) != fingerprint(new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            [piece(content="ab"), piece(content="c"), piece(1, content="d"), END],
            [piece(content="a"), piece(content="bc"), piece(1, content="d"), END],
            id="output",
        ),
        pytest.param(
            [segment("ab", "s1"), segment("c", "s1"), HEARD],
            [segment("a", "s1"), segment("bc", "s1"), HEARD],
            id="segment",
        ),
    ],
)
def test_where_a_stream_was_cut_does_not_count(before, after):
    old, new = exchange_of(before), exchange_of(after)

    assert compare(old, new).churn in QUIET
    assert fingerprint(old) == fingerprint(new)
