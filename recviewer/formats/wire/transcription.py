"""Transcribed audio: OpenAI's transcriptions and translations, complete and streamed, and compatible ones.

Source: OpenAI API reference, "Audio: transcriptions" (`json`, `verbose_json`, `text`, `srt`; events
`transcript.text.delta`, `.done`); Deepgram API reference, "Listen"; ElevenLabs, "Create transcript"; AssemblyAI, "Get
transcript"; Gladia, "Get pre-recorded job"; Mistral, "Transcriptions" (events `transcription.text.delta`,
`transcription.done`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recviewer.exchange.model import Chunk, Delta, Json, JsonPart, Kind, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.listing import plain_request
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw

_DELTA = ("transcript.text.delta", "transcription.text.delta")
_DONE = ("transcript.text.done", "transcription.done")
_EVENTS = ("transcript.text.", "transcription.")
SHAPE = Shape(
    "transcription",
    taken=("", "text", "delta", "results.channels[].alternatives[].transcript", "result.transcription.full_transcript"),
    known=(
        *("results.*", "results.channels[].*", "results.channels[].alternatives[].*", "metadata.*"),
        "type",
        "task",
        "language",
        "duration",
        "segments",
        "words",
        "logprobs",
        "segment_id",
        *("language_code", "language_probability", "transcription_id", "audio_language", "model"),
        *(
            "result.*",
            "result.transcription.*",
            "status",
            "audio_url",
            "confidence",
            "audio_duration",
            "utterances",
        ),
        "x_groq.*",
    ),
)
READ = frozenset({"type", "text", "delta"})
PLACED = "/transcript/"
"""In the path of AssemblyAI's jobs."""
PLACES = ("/audio/transcriptions", "/audio/translations", "/speech-to-text", "/stt")


class Transcription:
    """Audio in, text out."""

    name = "transcription"
    kind = Kind.TRANSCRIPTION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match transcript events, or a text from a transcription endpoint."""
        if any(str(head.get("type", "")).startswith(_EVENTS) for head in raw.heads):
            return Match.SHAPE
        if raw.url_path.endswith(PLACES):
            is_words = isinstance(raw.first.get("text"), str) or (isinstance(raw.reply, str) and not raw.is_empty)
            return Match.SHAPE if is_words else Match.ENDPOINT
        if PLACED in raw.url_path and isinstance(raw.first.get("text"), str) and "words" in raw.first:
            return Match.SHAPE
        if _full(raw.first) is not None and not isinstance(raw.reply, list):
            return Match.SHAPE
        results = raw.first.get("results")
        is_deepgram = isinstance(results, dict) and isinstance(results.get("channels"), list)
        return Match.SHAPE if is_deepgram and not isinstance(raw.reply, list) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read parameters; the audio is a part of a form, which is kept as recorded."""
        return plain_request(raw, problems)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the text."""
        if isinstance(raw.reply, str):
            return Reply(deltas.fold([Delta(text=raw.reply)]))
        if not isinstance(raw.reply, list):
            reply = Lookup(raw.reply, AT, problems)
            full = _full(reply.data)
            if full is not None:
                return Reply(deltas.fold([Delta(text=full, finish=reply.text("status"))]))
            heard = [
                Delta(place, text=one.text("transcript"))
                for place, channel in enumerate(reply.object("results").items("channels"))
                for one in list(channel.items("alternatives"))[:1]
            ]
            return Reply(deltas.fold(heard or [Delta(text=reply.text("text"))]), reply.mapping("usage") or None)
        return deltas.joined(list(_chunks(raw, problems)))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw, [])


FORMAT = Transcription()


def _full(head: dict[str, Json]) -> str | None:
    """Return the transcript of Gladia's jobs, None if there is none."""
    result = head.get("result")
    held = result.get("transcription") if isinstance(result, dict) else None
    full = held.get("full_transcript") if isinstance(held, dict) else None
    return full if isinstance(full, str) else None


def _chunks(raw: Raw, problems: list[Problem]) -> Iterator[Chunk]:
    heard = ""
    for number, event in enumerate(raw.events()):
        data = Lookup(event.data, f"{AT}, event {number + 1}", problems)
        kind, found = data.text("type"), Delta()
        if kind in _DELTA:
            found = Delta(text=data.text("delta" if kind == _DELTA[0] else "text"))
        elif kind in _DONE and not heard:
            found = Delta(text=data.text("text"))
        elif data.data and not (kind in _DONE and data.data.get("text") == heard and "delta" not in data.data):
            found = Delta(parts=(JsonPart(data.data),))
        if kind in _DONE:
            found = replace(found, finish="done")
        heard += found.text
        yield Chunk(number + 1, (found,), data.mapping("usage") or None, event.data, READ, event.size_bytes, kind)
