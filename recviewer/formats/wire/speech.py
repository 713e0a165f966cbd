"""Generated speech: the bytes of the audio, alone, in JSON, or in events.

Source: OpenAI API reference, "Create speech" (events `speech.audio.delta`, `.done`); Mistral, `/audio/speech`;
ElevenLabs, "Create speech with timing", whole and streamed by line; Hume, "Text to speech"; Deepgram, `/speak`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recviewer.exchange.model import Chunk, Delta, Json, JsonPart, Kind, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape, ShapeOfTwo
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.media import held_type, joined, part_of, told_type
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw

_KNOWN = ("type", "alignment.*", "normalized_alignment.*", "generations[].*", "request_id")
SHAPE = ShapeOfTwo(
    Shape(
        "speech",
        taken=("base64:base64", "audio_data:base64", "audio_base64:base64", "generations[].audio:base64"),
        known=(*_KNOWN, "audio"),
        alternatives=(
            ("", ("base64", "audio_data")),
            ("", ("base64", "audio_base64")),
            ("", ("audio_data", "audio_base64")),
        ),
    ),
    taken=("audio:base64", "audio_base64:base64"),
    known=(*_KNOWN, "base64", "audio_data"),
    alternatives=(("", ("audio", "audio_base64")),),
)
READ = frozenset({"type", "audio", "audio_base64", "usage"})
PLACES = ("/audio/speech", "/speak")
_KEYS = ("base64", "audio_data", "audio_base64")
_SPOKEN = ("input", "text", "transcript")


class Speech:
    """Text in, audio out."""

    name = "speech"
    kind = Kind.SPEECH
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match speech events, and audio or failures from speech endpoints."""
        if raw.type_name:
            return Match.NO
        if any(str(head.get("type", "")).startswith("speech.audio.") for head in raw.heads):
            return Match.SHAPE
        is_place = raw.url_path.endswith(PLACES) or "/text-to-speech/" in raw.url_path
        if isinstance(raw.first.get("audio_base64"), str):
            return Match.SHAPE
        generations = raw.first.get("generations")
        one = generations[0] if isinstance(generations, list) and generations else None
        if isinstance(one, dict) and isinstance(one.get("audio"), str):
            return Match.SHAPE
        is_sound = held_type(raw).startswith("audio/")
        if not isinstance(raw.reply, list) and (is_sound or (is_place and any(key in raw.first for key in _KEYS))):
            return Match.SHAPE
        is_failure = raw.status is not None and raw.status >= 400
        return Match.ENDPOINT if is_place and is_failure else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the text to be spoken."""
        body = body_lookup(raw, problems)
        said = [(key, body.data[key]) for key in _SPOKEN if isinstance(body.data.get(key), str)][:1]
        messages = [Message("input", (Text(text),)) for _, text in said]
        return request_of(raw, messages, problems, taken=frozenset(key for key, _ in said))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the audio; of a stream, joined. Streams by line, unlike those of events, have no mark of their end."""
        if isinstance(raw.reply, list):
            chunks = list(_chunks(raw, problems))
            return replace(deltas.joined(chunks), is_whole=all(not chunk.event for chunk in chunks))
        reply = Lookup(raw.reply, AT, problems)
        found = [part_of(text, told_type(raw) if key == "base64" else "") for key in _KEYS if (text := reply.text(key))]
        found += [part_of(text) for one in reply.items("generations") if (text := one.text("audio"))]
        return Reply(deltas.fold([Delta(parts=tuple(found))]), reply.mapping("usage") or None)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event; the joined audio belongs to the last event with audio."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw, [])


FORMAT = Speech()


def _chunks(raw: Raw, problems: list[Problem]) -> Iterator[Chunk]:
    events = [
        (Lookup(event.data, f"{AT}, event {place + 1}", problems), event) for place, event in enumerate(raw.events())
    ]
    pieces = [data.text("audio") or data.text("audio_base64") for data, _ in events]
    last = max((place for place, piece in enumerate(pieces) if piece), default=-1)
    for place, (data, event) in enumerate(events):
        found = Delta()
        if place == last:
            found = Delta(parts=(_sound(pieces),))
        elif data.data and not (pieces[place] or data.text("type").startswith("speech.audio.")):
            found = Delta(parts=(JsonPart(data.data),))
        if data.text("type") == "speech.audio.done":
            found = replace(found, finish="done")
        usage = data.mapping("usage") or None
        yield Chunk(place + 1, (found,), usage, event.data, READ, event.size_bytes, data.text("type"))


def _sound(pieces: list[str]) -> Json:
    try:
        return part_of(joined(pieces))
    except ValueError:
        return JsonPart({"audio": pieces})
