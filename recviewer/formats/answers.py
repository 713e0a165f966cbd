"""What an answer in OpenAI's chat shape holds: texts, thoughts, refusals and pictures, in whichever form they come.

Source: Mistral API, "Reasoning" (`content` as a list of `thinking` and `text` chunks); OpenRouter, "Reasoning tokens"
(`reasoning_details`) and "Image generation" (`images`); OpenAI, "Audio generation" (`audio.transcript`); LiteLLM
(`thinking_blocks`); DeepSeek and vLLM (`reasoning_content`); GitHub Copilot (`reasoning_text`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from recviewer.exchange.model import Image, Json, JsonPart, Part
from recviewer.formats.lookup import Lookup

THOUGHTS = ("reasoning", "reasoning_content", "reasoning_text", "thinking")
"""Keys for the same thoughts: several are often sent together, so the first that says something counts."""

_WORDS = ("text", "content", "thinking", "reasoning", "summary")
"""Keys under which an object that stands for a text has it."""

_TEXTS = frozenset({"text", "output_text"})
_THINKING = frozenset({"thinking", "reasoning"})


@dataclass(slots=True)
class Said:
    """What a message or a delta says. parts: whatever it holds besides the three texts, in order.

    is_repeated: the reasoning was found where providers repeat what they also send under a plainer key.
    """

    content: str = ""
    reasoning: str = ""
    refusal: str = ""
    is_repeated: bool = False
    parts: list[Part] = field(default_factory=list)


def said_in(holder: Lookup) -> Said:
    """Read a message, or a delta."""
    said = Said()
    thought = ""
    content = holder.data.get("content")
    if isinstance(content, list):
        thought = _read_parts(holder, content, said)
    else:
        said.content = holder.text("content")
    if not said.content and isinstance(holder.data.get("audio"), dict):
        said.content = holder.object("audio").text("transcript")
    said.reasoning = _reasoning(holder) or thought
    if not said.reasoning:
        said.reasoning = _details(holder)
        said.is_repeated = bool(said.reasoning)
    said.refusal += holder.text("refusal")
    said.parts += [picture_of(item) for item in holder.list("images")]
    said.parts += [JsonPart(item.data) for item in holder.items("reasoning_details") if _is_encrypted(item.data)]
    return said


def _read_parts(holder: Lookup, content: list[Json], said: Said) -> str:
    """Read content that is a list of parts; returns the thoughts among them."""
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
    """Return thoughts from lists of their pieces; what is encrypted has no words."""
    for key in ("reasoning_details", "thinking_blocks"):
        found = "".join([words_of(item.data) for item in holder.items(key)])
        if found:
            return found
    return ""


def _is_encrypted(detail: dict[str, Json]) -> bool:
    return detail.get("type") == "reasoning.encrypted"


def words_of(value: Json) -> str:
    """Return the words of a text, an object that stands for one, or a list of such; "" where there are none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join([words_of(item) for item in value])
    if isinstance(value, dict):
        return next((found for found in (words_of(value.get(key)) for key in _WORDS) if found), "")
    return ""


def picture_of(item: Json) -> Part:
    """Return a part that is an image by its address or bytes; anything else as it was recorded."""
    if isinstance(item, dict):
        address = item.get("image_url")
        if isinstance(address, dict):
            address = address.get("url")
        if isinstance(address, str):
            return Image(address)
    return JsonPart(item)
