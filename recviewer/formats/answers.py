"""The contents of a message in OpenAI's chat shape: texts, reasoning, refusals and images, in every provider's form.

Source: Mistral API, "Reasoning" (`content` as a list of `thinking` and `text` chunks); OpenRouter, "Reasoning tokens"
(`reasoning_details`) and "Image generation" (`images`); OpenAI, "Audio generation" (`audio.transcript`); LiteLLM
(`thinking_blocks`); DeepSeek and vLLM (`reasoning_content`); GitHub Copilot (`reasoning_text`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from recviewer.exchange.model import Image, Json, JsonPart, Part
from recviewer.exchange.shape import type_of
from recviewer.formats.lookup import Lookup

THOUGHTS = ("reasoning", "reasoning_content", "reasoning_text", "thinking")
"""Alternative keys for the same reasoning: several are often sent together, so the first non-empty one is used."""

DETAILS = ("reasoning_details", "thinking_blocks")
"""Keys for lists of fragments of the reasoning, which often repeat what is under one of `THOUGHTS`."""

_WORDS = ("text", "content", "thinking", "reasoning", "summary")
"""Keys under which an object that represents a text holds it."""

_TEXTS = ("text", "output_text")
_THINKING = ("thinking", "reasoning")


@dataclass(slots=True)
class MessageTexts:
    """The contents of a message or a delta. parts: everything besides the three texts, in order.

    is_repeated: the reasoning was found at a key where providers repeat what they also send under a plainer key.
    """

    content: str = ""
    reasoning: str = ""
    refusal: str = ""
    is_repeated: bool = False
    parts: list[Part] = field(default_factory=list)


def texts_in(holder: Lookup) -> MessageTexts:
    """Read a message or a delta."""
    said = MessageTexts()
    thought = ""
    content = holder.data.get("content")
    if isinstance(content, list):
        thought = _read_parts(holder, content, said)
    elif isinstance(content, dict) and content:  # Cloudflare, for requests with a JSON schema
        said.parts.append(JsonPart(content))
    else:
        said.content = holder.text("content")
    if not said.content and isinstance(holder.data.get("audio"), dict):
        said.content = holder.object("audio").text("transcript")
    said.reasoning = _reasoning(holder)
    if thought != said.reasoning:
        said.reasoning += thought
    if not said.reasoning:
        said.reasoning = _details(holder)
        said.is_repeated = bool(said.reasoning)
    said.refusal += holder.text("refusal")
    said.parts += [picture_of(item) for item in holder.list("images")]
    said.parts += [JsonPart(item.data) for item in holder.items("reasoning_details") if _is_encrypted(item.data)]
    return said


def _read_parts(holder: Lookup, content: list[Json], said: MessageTexts) -> str:
    """Read content that is a list of parts; return the reasoning in it."""
    thoughts = []
    for number, item in enumerate(content):
        if isinstance(item, str):
            said.content += item
            continue
        if not isinstance(item, dict):
            said.parts.append(JsonPart(item))
            continue
        part = Lookup(item, f"{holder.where('content')}[{number}]", holder.problems)
        kind = part.kind
        if kind in _TEXTS or (not kind and isinstance(item.get("text"), str)):
            said.content += part.text("text")
        elif kind in _THINKING:
            thoughts.append(words_of(item))
        elif kind == "refusal":
            said.refusal += part.text("refusal")
        else:
            said.parts.append(picture_of(item))
    return "".join(thoughts)


def _reasoning(holder: Lookup) -> str:
    for key in THOUGHTS:
        value = holder.data.get(key)
        if isinstance(value, str | dict | list) and words_of(value):
            return words_of(value)
        if value and not isinstance(value, str | dict | list):
            holder.note(key, value, "text")
    return ""


def _details(holder: Lookup) -> str:
    """Return the reasoning from lists of fragments; encrypted fragments have no text."""
    for key in DETAILS:
        found = "".join([words_of(item.data) for item in holder.items(key)])
        if found:
            return found
    return ""


def _is_encrypted(detail: dict[str, Json]) -> bool:
    return detail.get("type") == "reasoning.encrypted"


def words_of(value: Json) -> str:
    """Return the text of a string, of an object that represents a text, or of a list of these; "" if there is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join([words_of(item) for item in value])
    if isinstance(value, dict):
        return next((found for found in (words_of(value.get(key)) for key in _WORDS) if found), "")
    return ""


def picture_of(item: Json) -> Part:
    """Return an `Image` for an item with an image address or data; any other item as a `JsonPart`."""
    if isinstance(item, dict):
        address = item.get("image_url")
        if isinstance(address, dict):
            address = address.get("url")
        if isinstance(address, str):
            return Image(address)
    return JsonPart(item)


RARE = frozenset(
    {"annotations", "audio", "images", "reasoning_details", "reasoning_text", "thinking", "thinking_blocks"},
)
"""Keys of a message or delta that few providers send."""


def without_read(message: dict[str, Json]) -> dict[str, Json]:
    """Return a message or delta without the values that `texts_in` reads although no path of the shape covers them.

    Texts under plain keys stay; paths cover those. The same object is returned if there is nothing to leave out.
    """
    is_plain = not isinstance(message.get("content"), list | dict) and not isinstance(
        message.get("reasoning"), list | dict
    )
    if is_plain and RARE.isdisjoint(message):
        return message
    made = dict(message)
    said = texts_in(Lookup(message, ""))
    if isinstance(message.get("content"), list):
        kept = [_rest_of_part(part) for part in message["content"]]
        made["content"] = [part for part in kept if part]
    elif isinstance(message.get("content"), dict):
        del made["content"]
    if isinstance(message.get("images"), list):
        made["images"] = [kept for kept in map(rest_of_image, message["images"]) if kept]
    audio = message.get("audio")
    if isinstance(audio, dict) and said.content and audio.get("transcript") == said.content:
        made["audio"] = {key: value for key, value in audio.items() if key != "transcript"}
        if not message.get("content"):
            made["audio"]["transcript"] = type_of(said.content)  # the only text, so its key counts
    _drop_thoughts(made, said.reasoning)
    return made


def _rest_of_part(part: Json) -> Json:
    """Return the rest of a content part: None if all of it was read; the type of a bare text."""
    if not isinstance(part, dict):
        return type_of(part) if isinstance(part, str) else None
    kind = part.get("type")
    if kind in _THINKING:
        return rest_of_text(part)
    key = "refusal" if kind == "refusal" else "text" if kind in (*_TEXTS, None) else ""
    if isinstance(part.get(key), str):
        return {name: value for name, value in part.items() if name != key}
    return part if kind in (*_TEXTS, "refusal") else rest_of_image(part)


def rest_of_image(item: Json) -> Json:
    """Return the rest of an image object besides its address; None for anything else, which was read whole."""
    if not isinstance(picture_of(item), Image):
        return None
    address = item["image_url"]
    kept = {key: value for key, value in item.items() if key != "image_url"}
    rest = {key: value for key, value in address.items() if key != "url"} if isinstance(address, dict) else None
    return kept | ({"image_url": rest} if rest else {})


def rest_of_text(value: Json) -> Json:
    """Return what remains of a text, of an object that represents one, or of a list of these, after its text was read.

    That the text was in an object or a list, and under which key, remains if nothing else records it.
    """
    if isinstance(value, list):
        return [kept for kept in map(rest_of_text, value) if kept] or type_of(value)
    if not isinstance(value, dict):
        return None if isinstance(value, str) else value
    taken = next((key for key in _WORDS if words_of(value.get(key))), "")
    kept = {key: item for key, item in value.items() if key != taken}
    rest = rest_of_text(value.get(taken))
    if not kept:
        return {taken: rest or type_of(value.get(taken))}
    return kept | ({taken: rest} if rest else {})


def _drop_thoughts(made: dict[str, Json], reasoning: str) -> None:
    """Remove the reasoning that was read from a message, under whichever keys it is."""
    for key in ("reasoning", "reasoning_text", "thinking"):
        value = made.get(key)
        if value and words_of(value) == reasoning and (key != "reasoning" or not isinstance(value, str)):
            del made[key]
            rest = rest_of_text(value)
            if rest:
                made["reasoning_beside"] = [made["reasoning_beside"], rest] if "reasoning_beside" in made else rest
            if key != "reasoning" and not (made.get("reasoning") or made.get("reasoning_content")):
                made[key] = type_of(value)  # the key that holds the text counts
    for key in DETAILS:
        value = made.get(key)
        if isinstance(value, list) and (not value or "".join(map(words_of, value)) == reasoning):
            made[key] = [kept for kept in map(_rest_of_detail, value) if kept]


def _rest_of_detail(detail: Json) -> Json:
    is_part = isinstance(detail, dict) and _is_encrypted(detail)
    return None if is_part else rest_of_text(detail)
