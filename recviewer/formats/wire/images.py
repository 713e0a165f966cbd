"""Generated images, complete and streamed.

Source: OpenAI API reference, "Images" (events `image_generation.*`, `image_edit.*`), and compatible ones; Venice
`/image/generate`; Gemini API, Imagen `:predict`; Stability, "Text to image" and "Stable Image"; fal, model endpoints;
Black Forest Labs, `/get_result`; Amazon Bedrock, Titan Image Generator and Stable Diffusion; Stable Diffusion web UI.
"""

from __future__ import annotations

import re
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
from recviewer.exchange.shape import Shape, ShapeOfTwo
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.media import held_type, part_of
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw

_KNOWN = (
    *("background", "output_format", "quality", "size", "model", "data[].mime_type", "type", "partial_image_index"),
    *("request.*", "timing.*", "predictions[].mimeType", "predictions[].prompt", "sequence_number"),
    *("artifacts[].*", "seed", "seeds", "finish_reasons", "result.*", "status", "progress", "timings.*"),
    *("images[].*", "has_nsfw_concepts", "prompt", "parameters.*", "info", "object", "credits"),
    *("data[].index", "data[].image_id", "data[].timings.*"),
)
SHAPE = ShapeOfTwo(
    Shape(
        "images",
        taken=(
            *("data[].b64_json", "data[].url", "data[].revised_prompt", "images[]"),
            *(
                "predictions[].bytesBase64Encoded",
                "artifacts[].base64",
                "image",
                "images[].url",
                "result.sample",
                "base64:base64",
            ),
            *("artifacts[].finishReason", "finish_reason:last"),
        ),
        known=(*_KNOWN, "b64_json"),
    ),
    taken=("b64_json",),
    known=(*_KNOWN, "finish_reason", "data", "images", "predictions", "artifacts", "image", "base64"),
)
READ = frozenset({"type", "b64_json", "usage"})
_EVENTS = ("image_generation.", "image_edit.")
_MODELS = re.compile(r"/model/[^/]*(?:image|stability|stable-diffusion|canvas)[^/]*/invoke$|/sdapi/v1/")
"""Endpoints whose `images` are base64."""

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
        if _first(head, "artifacts", "base64") or (_first(head, "images", "url") and "choices" not in head):
            return Match.SHAPE
        if isinstance(head.get("image"), str) and "finish_reason" in head:
            return Match.SHAPE
        if isinstance(head.get("result"), dict) and isinstance(head["result"].get("sample"), str):
            return Match.SHAPE
        if _MODELS.search(raw.url_path) and _are_texts(head.get("images")):
            return Match.SHAPE
        if raw.method == "POST" and held_type(raw).startswith("image/"):
            return Match.SHAPE
        if not raw.url_path.endswith(PLACES):
            return Match.NO
        return Match.SHAPE if _first(head, "data", "url") or isinstance(head.get("images"), list) else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the prompt."""
        body = body_lookup(raw, problems)
        messages = [Message("prompt", (Text(body.text("prompt")),))] if "prompt" in body.data else []
        messages += [Message("prompt", (Text(one.text("prompt")),)) for one in body.items("instances")]
        taken = {"prompt"}
        if isinstance(body.data.get("inputs"), str):
            messages.append(Message("prompt", (Text(body.text("inputs")),)))
            taken.add("inputs")
        return request_of(raw, messages, problems, taken=frozenset(taken))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the images."""
        if isinstance(raw.reply, list):
            return deltas.joined(list(_chunks(raw, problems)))
        reply = Lookup(raw.reply, AT, problems)
        made = [_parts(one, _told(reply, one)) for one in reply.items("data")]
        made += [_parts(one, one.text("mimeType")) for one in reply.items("predictions")]
        made += [[_image(one)] for one in reply.list("images")]
        ends = [one.text("finishReason") for one in reply.items("artifacts")]
        made += [[part_of(text)] if (text := one.text("base64")) else [] for one in reply.items("artifacts")]
        if isinstance(reply.data.get("image"), str):
            made.append([part_of(reply.text("image"))])
        if isinstance(reply.data.get("base64"), str):
            made.append([part_of(reply.text("base64"), held_type(raw))])
        result = reply.data.get("result")
        if isinstance(result, dict) and result.get("sample"):
            made.append([Image(reply.object("result").text("sample"))])
        if finish := reply.text("finish_reason"):
            if ends or not made:
                made.append([])  # a place of its own beside the reasons of others
            ends = [*ends, *[""] * (len(made) - 1 - len(ends)), finish] if ends else [finish]
        ends += [""] * (len(made) - len(ends))
        outputs = deltas.fold(
            Delta(place, parts=tuple(parts), finish=end)
            for place, (parts, end) in enumerate(zip(made, ends, strict=True))
        )
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


def _are_texts(items: Json) -> bool:
    return isinstance(items, list) and bool(items) and all(isinstance(item, str) for item in items)


def _image(one: Json) -> Part:
    """Return an image of a list: base64, or an object with an address, whose other keys count as recorded."""
    if isinstance(one, str):
        return part_of(one)
    if isinstance(one, dict) and isinstance(one.get("url"), str):
        return Image(one["url"])
    return JsonPart(one)


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
