"""Generated images, complete and streamed.

Source: OpenAI API reference, "Images" (events `image_generation.*`, `image_edit.*`), and compatible ones; Venice
`/image/generate`; Gemini API, Imagen `:predict`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recviewer.exchange.model import (
    Chunk,
    Delta,
    Image,
    Json,
    JsonPart,
    Kind,
    Message,
    Part,
    Problem,
    Reply,
    Request,
    Text,
)
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.media import part_of
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw

SHAPE = Shape(
    "images",
    taken=(
        *("data[].b64_json", "data[].url", "data[].revised_prompt", "images[]", "b64_json"),
        "predictions[].bytesBase64Encoded",
    ),
    known=(
        *("background", "output_format", "quality", "size", "model", "data[].mime_type", "type", "partial_image_index"),
        *("request.*", "timing.*", "predictions[].mimeType", "predictions[].prompt", "sequence_number"),
    ),
)
READ = frozenset({"type", "b64_json", "usage"})
_EVENTS = ("image_generation.", "image_edit.")
PLACES = ("/images/generations", "/images/edits", "/images/variations", "/image/generate")


class Images:
    """A prompt and images; each image is a choice."""

    name = "images"
    kind = Kind.IMAGES
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match image events, `b64_json`, or the replies of image endpoints."""
        head = raw.first
        if raw.type_name:
            return Match.NO
        if str(head.get("type", "")).startswith(_EVENTS) or _first(head, "data", "b64_json"):
            return Match.SHAPE
        if _first(head, "predictions", "bytesBase64Encoded"):
            return Match.SHAPE
        if not raw.url_path.endswith(PLACES):
            return Match.NO
        return Match.SHAPE if _first(head, "data", "url") or isinstance(head.get("images"), list) else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the prompt."""
        body = body_lookup(raw, problems)
        messages = [Message("prompt", (Text(body.text("prompt")),))] if "prompt" in body.data else []
        messages += [Message("prompt", (Text(one.text("prompt")),)) for one in body.items("instances")]
        return request_of(raw, messages, problems, taken=frozenset({"prompt"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the images."""
        if isinstance(raw.reply, list):
            return deltas.joined(list(_chunks(raw, problems)))
        reply = Lookup(raw.reply, AT, problems)
        made = [_parts(one, _told(reply, one)) for one in reply.items("data")]
        made += [_parts(one, one.text("mimeType")) for one in reply.items("predictions")]
        made += [[part_of(one) if isinstance(one, str) else JsonPart(one)] for one in reply.list("images")]
        outputs = deltas.fold(Delta(place, parts=tuple(parts)) for place, parts in enumerate(made))
        return Reply(outputs, reply.mapping("usage") or None, model=reply.text("model"))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw, [])


FORMAT = Images()


def _first(head: dict[str, Json], key: str, inner: str) -> bool:
    items = head.get(key)
    first = items[0] if isinstance(items, list) and items else None
    return isinstance(first, dict) and isinstance(first.get(inner), str)


def _told(reply: Lookup, one: Lookup) -> str:
    told = one.data.get("mime_type") or f"image/{reply.data.get('output_format') or ''}"
    return told if isinstance(told, str) and not told.endswith("/") else ""


def _parts(one: Lookup, told: str) -> list[Part]:
    found: list[Part] = [part_of(text, told) for key in ("b64_json", "bytesBase64Encoded") if (text := one.text(key))]
    if one.data.get("url"):
        found.append(Image(one.text("url")))
    if one.data.get("revised_prompt"):
        found.append(JsonPart({"revised_prompt": one.data["revised_prompt"]}))
    return found


def _chunks(raw: Raw, problems: list[Problem]) -> Iterator[Chunk]:
    for number, event in enumerate(raw.events()):
        data = Lookup(event.data, f"{AT}, event {number + 1}", problems)
        text, found = data.text("b64_json"), Delta()
        if text:
            found = Delta(parts=(part_of(text, _told(data, data)),))
        elif data.data and not data.text("type").startswith(_EVENTS):
            found = Delta(parts=(JsonPart(data.data),))
        if data.text("type").endswith(".completed"):
            found = replace(found, finish="completed")
        usage = data.mapping("usage") or None
        yield Chunk(number + 1, (found,), usage, event.data, READ, event.size_bytes, data.text("type"))
