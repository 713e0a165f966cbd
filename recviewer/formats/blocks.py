"""Which block of a streamed answer contains which text, for readers that join the texts of several blocks.

A text that moves to another block, or a citation attached to another text, is a different answer although the joined
text is equal. Where the stream was cut inside a block does not matter. Source: see the formats' readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any, TypeAlias

from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json
from recviewer.formats import agent_blocks, thread_blocks
from recviewer.formats.answers import words_of
from recviewer.formats.block_model import CONTENT, END, Blocks, Thoughts, list_of, object_of, place_of
from recviewer.formats.deltas import COUNTER, is_whole_object
from recviewer.formats.responses import REASONING, REFUSAL, TEXT

_WHOLE = frozenset({"a2a", "assistants", "xai"})
"""Formats whose complete answers are divided like their streams."""

TEXTS = TEXT | REFUSAL | REASONING

Told: TypeAlias = tuple[Json, str]
"""An element of a stream and the name of its event, "" if it has none."""


def of_stream(name: str, elements: list[Told]) -> list[Json]:
    """Return the blocks of a streamed answer, [] for formats without blocks. name: of the format."""
    read = _READERS.get(name)
    made = Blocks()
    if read is not None:
        for element, event in elements:
            if type(element) is dict:
                read(made, element, event)
    return made.made()


def of_whole(name: str, reply: Json) -> list[Json]:
    """Return the blocks of a complete answer, [] for formats whose texts all lie in one list or count where they are."""
    return of_stream(name, [(reply, "")]) if name in _WHOLE else []


def _chat(made: Blocks, element: dict[str, Json], event: str) -> None:
    """Record fragments of tool calls at an index where no call started, and names and whole calls that are sent again.

    The reader joins the former and takes the latter once; a client might not. Of content that comes in parts, record
    which parts are between which texts.
    """
    for choice in list_of(object_of(element.get("__data__", element)).get("choices")):
        which = place_of(object_of(choice).get("index"))
        delta = object_of(object_of(choice).get("delta"))
        made.thoughts.setdefault(which, Thoughts()).add(delta)
        if delta.get("content"):
            _add_content(made, (CONTENT, which), delta["content"])
        for item in list_of(delta.get("tool_calls")):
            call = object_of(item)
            index, id = call.get("index"), call.get("id")
            _add_again(made, which, id, call)
            if type(index) is not int:
                continue
            begun, named = made.begun.setdefault(which, {}), made.begun.setdefault(("named", which), {})
            function = object_of(call.get("function"))
            name, arguments = (
                function.get("name") or object_of(call.get("custom")).get("name"),
                function.get("arguments"),
            )
            is_more = id in (None, "", begun.get(index)) and not (named.get(index) and _is_whole(arguments))
            if name and named.get(("name", index)) == name and is_more:
                made.add((which, index), "name again", goes_on=True)
            elif type(name) is str and name:
                named["name", index] = name
            if type(arguments) is str and arguments:
                named[index] = arguments
            is_elsewhere = bool(begun) and index not in begun
            if is_elsewhere and (id in begun.values() if id else not name):
                made.add((which, index), "call elsewhere", goes_on=True)
            elif id or name:
                begun.setdefault(index, id if type(id) is str else "")


def _add_content(made: Blocks, block: Hashable, content: Json) -> None:
    for part in content if type(content) is list else [content]:
        kind = object_of(part).get("type")
        if kind in (None, "text"):
            made.text(block, "text", words_of(part))
        else:
            made.add(block, str(kind), goes_on=True)


def _add_again(made: Blocks, which: Hashable, id: Json, call: dict[str, Any]) -> None:
    """Record that a call's name was sent before under the same id, or the call with all its arguments: clients may join
    the two.
    """
    function = object_of(call.get("function"))
    name, arguments = function.get("name"), function.get("arguments")
    if type(id) is not str or len(id) <= COUNTER or type(name) is not str or not name:
        return
    whole = str(arguments) if _is_whole(arguments) else ""
    sent = made.begun.setdefault(("by id", which), {})
    if (id, name, whole) in sent:
        made.add((which, "by id"), "call again" if whole else "name again", goes_on=not whole)
    sent[id, name, whole] = ""


def _is_whole(arguments: Json) -> bool:
    """Tell whether a fragment has all arguments of a call, so that it may be a call of its own."""
    return type(arguments) is str and is_whole_object(arguments)


def _converse(made: Blocks, element: dict[str, Json], event: str) -> None:
    for name, data in element.items():
        block = place_of(object_of(data).get("contentBlockIndex"))
        if name == "contentBlockStop":
            made.add(block, END)
        elif name == "contentBlockStart":
            for key in object_of(object_of(data).get("start")):
                made.add(block, key)
        elif name == "contentBlockDelta":
            for key, value in object_of(object_of(data).get("delta")).items():
                held = object_of(value)
                words = value if key == "text" else held.get("text") or object_of(held.get("reasoningText")).get("text")
                if words:
                    made.text(block, key, words)
                else:
                    sealed = next(iter(held), key) if key == "reasoningContent" else key
                    made.add(block, sealed, goes_on=key != "citation")


_ANTHROPIC_TEXTS = ("text", "thinking")

_ANTHROPIC_PIECES = {
    "partial_json": frozenset({"start of tool_use", "start of server_tool_use", "start of mcp_tool_use"}),
    "signature": frozenset({"start of thinking"}),
}
"""Which deltas continue a block of which types. A client could not process a delta in any other block."""


def _anthropic(made: Blocks, element: dict[str, Json], event: str) -> None:
    kind = element.get("type") or event
    block = place_of(element.get("index"))
    if kind == "content_block_stop":
        made.add(block, END)
    elif kind == "content_block_start":
        begun = object_of(element.get("content_block"))
        made.add(block, f"start of {begun.get('type')}")
        for key in _ANTHROPIC_TEXTS:
            made.text(block, key, begun.get(key))
        if begun.get("input"):
            made.begun.setdefault("input", {})[block] = encode(begun["input"], is_sorted=True).decode()
    elif kind == "content_block_delta":
        delta = object_of(element.get("delta"))
        given = made.begun["input"].pop(block, "") if "input" in made.begun and delta.get("partial_json") else ""
        if given:
            made.add(block, f"began with {given}, which its pieces replace")
        for key in _ANTHROPIC_TEXTS:
            made.text(block, key, delta.get(key))
        if "citation" in delta:
            made.add(block, "citation")
        for key, kinds in _ANTHROPIC_PIECES.items():
            if key in delta and not made.is_open(block, kinds):
                made.add(block, key)


def _responses(made: Blocks, element: dict[str, Json], event: str) -> None:
    kind = element.get("type") or event
    if kind in ("response.output_item.added", "response.output_item.done"):
        _item(made, place_of(element.get("output_index")), object_of(element.get("item")).get("id"), kind)
    if type(kind) is str and kind.endswith((".delta", "annotation.added")) and "output_index" in element:
        begun = made.begun.get("items", {}).get(place_of(element["output_index"]))
        if begun and element.get("item_id") not in (None, "", begun):
            made.add(("item", element["output_index"]), "named otherwise", goes_on=True)
        block = tuple([place_of(element.get(key)) for key in ("output_index", "content_index", "summary_index")])
        if kind.endswith("annotation.added"):
            made.add(block, "annotation")
        elif kind in TEXTS:
            made.text(block, kind, element.get("delta"))


def _item(made: Blocks, index: Hashable, id: Json, kind: str) -> None:
    """Record an item that ends at an index where none started, or where another one did."""
    begun = made.begun.setdefault("items", {})
    if kind.endswith("added"):
        begun[index] = id if type(id) is str else ""
    elif begun and (index not in begun or (id and id in begun.values() and begun[index] != id)):
        made.add(("item", index), "done elsewhere")


def _interactions(made: Blocks, element: dict[str, Json], event: str) -> None:
    kind = element.get("event_type") or event
    holder, _, step = kind.partition(".") if type(kind) is str else ("", "", "")
    block = place_of(element.get("index"))
    if holder not in ("content", "step"):
        return
    if step == "stop":
        made.add(block, END)
    elif step == "start":
        _add_item(made, block, object_of(element.get(holder)), is_begun=True)
    elif step == "delta":
        _add_item(made, block, object_of(element.get("delta")))


def _add_item(made: Blocks, block: Hashable, item: dict[str, Json], *, is_begun: bool = False) -> None:
    kind = str(item.get("type"))
    words = item.get("text") or object_of(item.get("content")).get("text")
    if is_begun:
        made.add(block, f"start of {kind}")
    if words:
        made.text(block, kind, words)
    elif not is_begun:
        made.add(block, kind, goes_on=kind in ("arguments_delta", "thought_signature"))


_COHERE = re.compile(r"(content|citation|tool-call)-(start|delta|end)")


def _cohere(made: Blocks, element: dict[str, Json], event: str) -> None:
    kind = element.get("type") or event
    found = _COHERE.fullmatch(kind) if type(kind) is str else None
    if found is None:
        return
    what, step = found.groups()
    block = (what, place_of(element.get("index")))
    if what == "content":
        content = object_of(object_of(object_of(element.get("delta")).get("message")).get("content"))
        if step == "start":
            made.add(block, f"start of {content.get('type')}")
        for key in ("thinking", "text"):
            made.text(block, key, content.get(key))
    else:
        made.add(block, f"{what}-{step}", goes_on=step == "delta")
    if step == END and what == "content":
        made.add(block, END)


def _genai(made: Blocks, element: dict[str, Json], event: str) -> None:
    for place, candidate in enumerate(list_of(element.get("candidates"))):
        index = object_of(candidate).get("index")
        content = object_of(object_of(candidate).get("content"))
        for part in list_of(content.get("parts")):
            _add_part(made, place if index is None else place_of(index), object_of(part))


def _add_part(made: Blocks, choice: Hashable, part: dict[str, Json]) -> None:
    if part.get("text") is not None:
        made.text(choice, "thought" if part.get("thought") is True else "text", part["text"])
        return
    for key in part:
        if type(part[key]) is dict:
            made.add(choice, key, goes_on=key in ("functionCall", "function_call") and not part[key].get("name"))


def _xai(made: Blocks, element: dict[str, Json], event: str) -> None:
    """Record the texts of each output if several have some, ends besides the first, and names of calls sent again."""
    begun, ends = made.begun.setdefault("calls", {}), made.begun.setdefault("ends", {})
    for place, output in enumerate(map(object_of, list_of(element.get("outputs")))):
        which = place_of(output.get("index", place))
        said = object_of(output.get("message", output.get("delta")))
        if said.get("role") != "ROLE_TOOL":
            for key in ("reasoning_content", "content"):
                made.text((CONTENT, key), f"output {which}", said.get(key))
        for call in map(object_of, list_of(said.get("tool_calls"))):
            id, name = place_of(call.get("id")), object_of(call.get("function")).get("name")
            if id and name and type(name) is str and begun.setdefault(id, "") == name:
                made.add(("call", id), "name again", goes_on=True)
            begun[id] = name if type(name) is str else ""
        finish = output.get("finish_reason")
        if type(finish) is str and finish not in ("", "REASON_INVALID"):
            if "last" in ends:
                made.add("ends", f"{finish} of output {which} after {ends['last']}")
            ends["last"] = finish


def _mistral(made: Blocks, element: dict[str, Json], event: str) -> None:
    """Record the texts of each part of each entry if several have some."""
    if (element.get("type") or event) == "message.output.delta":
        known = made.begun.setdefault("entries", {})
        entry = known.setdefault(place_of(element.get("id")), str(len(known) + 1))
        content = element.get("content")
        held = {"text": content} if type(content) is str else object_of(content)
        place = f"part {element.get('content_index')} of {element.get('output_index')}, entry {entry}"
        for key in ("thinking", "text"):
            made.text((CONTENT, key), place, words_of(held.get(key)))


def _transcription(made: Blocks, element: dict[str, Json], event: str) -> None:
    if element.get("type") == "transcript.text.delta":
        made.text((CONTENT, "segments"), f"segment {element.get('segment_id')}", element.get("delta"))


_READERS: dict[str, Callable[[Blocks, dict[str, Json], str], None]] = {
    "anthropic": _anthropic,
    "openai_chat": _chat,
    "converse": _converse,
    "openai_responses": _responses,
    "interactions": _interactions,
    "cohere": _cohere,
    "genai": _genai,
    "xai": _xai,
    "mistral_conversations": _mistral,
    "transcription": _transcription,
    "assistants": thread_blocks.of_assistants,
    "a2a": agent_blocks.of_a2a,
    "mcp": agent_blocks.of_mcp,
}
"""The reader of one element, by the name of the format."""
