"""Changes in realtime sessions that once went unseen: each pair differs in something that is on no list."""

import json
from itertools import count

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

QUIET = {Churn.IDENTICAL, Churn.CHUNKING}


def exchange_of(frames):
    numbers = count(1)
    sent = [{"event_id": f"e{next(numbers)}", **frame} if "type" in frame else frame for frame in frames]
    request = {"method": "", "url": "", "body": {"sent": []}, "model": ""}
    document = {"request": request, "response": {"body": sent, "is_streaming": True}}
    return read(json.dumps(document).encode()).exchange


def session(*frames):
    return [{"type": "session.created", "session": {"id": "s1"}}, *frames]


def frame(kind, **held):
    return {"type": kind, **held}


def called(item, call):
    made = {"id": item, "type": "function_call", "call_id": call, "name": "add"}
    return frame("response.output_item.added", response_id="r1", item=made)


def arguments(item, call, number):
    kind = "response.function_call_arguments.done"
    return frame(kind, response_id="r1", item_id=item, call_id=call, name="add", arguments=f'{{"a": {number}}}')


def committed(item, after=None):
    return frame("input_audio_buffer.committed", item_id=item, previous_item_id=after)


def heard(item, words):
    kind = "conversation.item.input_audio_transcription.completed"
    return frame(kind, item_id=item, content_index=0, transcript=words)


def piece(item, text, response="r1"):
    return frame("response.output_audio_transcript.delta", response_id=response, item_id=item, delta=text)


def sound(item):
    return frame("response.output_audio.delta", response_id="r1", item_id=item, delta="AAAA")


def inline(mime, data):
    return {"serverContent": {"modelTurn": {"parts": [{"inlineData": {"mimeType": mime, "data": data}}]}}}


def removed(item):
    return frame("conversation.item.deleted", item_id=item)


TWO_CALLS = session(called("f1", "c1"), called("f2", "c2"))
TWO_TURNS = session(committed("u1"), committed("u2", "u1"))

LIVE = {"setupComplete": {}}

PAIRS = {
    "another picture": ([LIVE, inline("image/png", "AAAA")], [LIVE, inline("image/png", "BBBB")]),
    "no sound in its place": ([LIVE, inline("audio/pcm", "AAAA")], [LIVE, inline("audio/pcm", "")]),
    "no sound in its event": (session(sound("i1")), session(sound("i1") | {"delta": ""})),
    "arguments of the other call": (
        [*TWO_CALLS, arguments("f1", "c1", 1), arguments("f2", "c2", 2)],
        [*TWO_CALLS, arguments("f2", "c2", 1), arguments("f1", "c1", 2)],
    ),
    "a call that names the other one": (
        [*TWO_CALLS, arguments("f1", "c1", 1)],
        [*TWO_CALLS, arguments("f1", "c2", 1)],
    ),
    "words of the other turn": (
        [*TWO_TURNS, heard("u1", "Hi"), heard("u2", "Ho")],
        [*TWO_TURNS, heard("u2", "Hi"), heard("u1", "Ho")],
    ),
    "an item after another one": (
        [*TWO_TURNS, committed("u3", "u2")],
        [*TWO_TURNS, committed("u3", "u1")],
    ),
    "the other item deleted": ([*TWO_TURNS, removed("u1")], [*TWO_TURNS, removed("u2")]),
    "a frame that comes again": (TWO_TURNS, [*TWO_TURNS, committed("u3", "u2")]),
    "a frame that comes again later": (
        session(committed("u1"), committed("u2"), heard("u2", "Hi"), committed("u3")),
        session(committed("u1"), heard("u1", "Hi"), committed("u2"), committed("u3")),
    ),
}


@pytest.mark.parametrize(("before", "after"), list(PAIRS.values()), ids=list(PAIRS))
def test_a_pair_is_never_the_same(before, after):
    old, new = exchange_of(before), exchange_of(after)

    assert old.read_as == new.read_as == "realtime"
    assert compare(old, new).churn not in QUIET
    assert fingerprint(old) != fingerprint(new)


def renamed(frames):
    text = json.dumps(frames)
    for name in ("u1", "u2", "f1", "f2", "c1", "c2", "r1", "i1"):
        text = text.replace(f'"{name}"', f'"{name}-made-anew"')
    return json.loads(text)


ASKED = [*TWO_TURNS, heard("u1", "Hi"), piece("i1", "Sat"), sound("i1"), heard("u2", "Ho"), piece("i1", "urn")]
LIMITS = frame("rate_limits.updated", rate_limits=[])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            [*TWO_CALLS, arguments("f1", "c1", 1)], renamed([*TWO_CALLS, arguments("f1", "c1", 1)]), id="call"
        ),
        pytest.param(ASKED, renamed(ASKED), id="turns"),
        pytest.param(
            session(piece("i1", "Sat"), sound("i1"), piece("i1", "urn"), removed("i1")),
            session(piece("i1", "S"), sound("i1"), sound("i1"), piece("i1", "a"), piece("i1", "turn"), removed("i1")),
            id="cut elsewhere",
        ),
        pytest.param([LIVE, inline("audio/pcm", "AAAA")], [LIVE, inline("audio/pcm", "BBBB")], id="sound made anew"),
        pytest.param(
            session(sound("i1") | {"delta": ""}, sound("i1")),
            session(sound("i1"), sound("i1")),
            id="sound begins empty",
        ),
        pytest.param([*TWO_TURNS, LIMITS], [*TWO_TURNS, LIMITS, LIMITS], id="limits told twice"),
    ],
)
def test_a_new_recording_of_the_same_session_is_the_same(before, after):
    old, new = exchange_of(before), exchange_of(after)

    assert compare(old, new).churn in QUIET
    assert fingerprint(old) == fingerprint(new)
