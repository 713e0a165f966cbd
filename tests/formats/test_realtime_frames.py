"""Sessions that say the same, however the network cut them."""

import json

from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read


def session(*frames):
    sent = [{"after": 0, "data": {"type": "response.create"}}]
    document = {
        "request": {"method": "", "url": "", "headers": {}, "body": {"sent": sent}},
        "response": {"body": list(frames), "is_streaming": True},
    }
    return read(json.dumps(document).encode()).exchange


def openai(words, sound, made="a", at=1.0):
    told = {"item_id": f"item_{made}", "content_index": 0}
    yield {"type": "session.created", "event_id": f"event_{made}0", "session": {"id": f"sess_{made}", "expires_at": at}}
    for word, bytes_ in zip(words, sound, strict=True):
        yield {"type": "response.output_audio_transcript.delta", "event_id": f"e_{made}{word}", "delta": word, **told}
        yield {"type": "response.output_audio.delta", "event_id": f"f_{made}{word}", "delta": bytes_, **told}
    yield {
        "type": "response.done",
        "event_id": f"event_{made}1",
        "response": {"id": f"resp_{made}", "status": "completed"},
    }


def gemini(*words):
    for word in words:
        yield {
            "serverContent": {"outputTranscription": {"text": word}},
            "usageMetadata": {"totalTokenCount": len(word)},
        }
        yield {"serverContent": {"modelTurn": {"parts": [{"inlineData": {"mimeType": "audio/pcm", "data": word}}]}}}
    yield {"serverContent": {"turnComplete": True}}


def test_cuts_ids_times_and_bytes_of_sound_say_nothing():
    one = session(*openai(["Sat", "urn"], ["AAAA", "BBBB"]))
    other = session(*openai(["Saturn"], ["CCCC"], made="b", at=2.0))
    assert one.outputs[0].content == "Saturn"
    assert one.left == ()
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(session(*gemini("Sat", "urn"))) == fingerprint(session(*gemini("S", "atu", "rn")))


def test_pings_say_nothing_and_words_and_that_there_is_sound_do():
    frames = [*openai(["Saturn"], ["AAAA"])]
    pinged = [frames[0], {"type": "ping", "event_id": "p"}, *frames[1:]]
    silent = [frame for frame in frames if "output_audio.delta" not in frame["type"]]
    assert fingerprint(session(*pinged)) == fingerprint(session(*frames))
    assert fingerprint(session(*silent)) != fingerprint(session(*frames))
    assert fingerprint(session(*openai(["Jupiter"], ["AAAA"]))) != fingerprint(session(*frames))
    assert fingerprint(session(*gemini("Mars"))) != fingerprint(session(*gemini("Venus")))


def test_places_that_are_no_texts_do_not_break_the_reader(caplog):
    frames = [{**frame, "item_id": ["x"], "content_index": {}} for frame in openai("ab", ("QQ==", "QQ=="))]
    turn = {"serverContent": {"modelTurn": {"parts": [{"text": "tea", "thought": ["x"]}]}}}

    assert {session(*frames).read_as, session(turn, turn).read_as} == {"realtime"}
    assert not caplog.records


def test_what_a_later_piece_says_besides_its_words_counts():
    frames = [*openai(["Sat", "urn"], ["AAAA", "BBBB"])]
    noted = [{**frame, "note": "loud"} if frame.get("delta") in ("urn", "BBBB") else frame for frame in frames]
    of_sound = [{**frame, "note": "loud"} if frame.get("delta") == "BBBB" else frame for frame in frames]

    assert len({fingerprint(session(*some)) for some in (frames, noted, of_sound)}) == 3


def test_another_form_of_later_sound_counts():
    frames = [*gemini("Sat", "urn")]
    slower = json.loads(json.dumps(frames))
    slower[3]["serverContent"]["modelTurn"]["parts"][0]["inlineData"]["mimeType"] = "audio/pcm;rate=8000"

    assert fingerprint(session(*slower)) != fingerprint(session(*frames))


def test_a_second_session_counts():
    frames = [*openai(["Saturn"], ["AAAA"])]

    assert fingerprint(session(frames[0], *frames)) != fingerprint(session(*frames))
