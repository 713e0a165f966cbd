"""Inspect: logs of evaluations (`.eval`), which `archives` opens.

Source: inspect_ai, `event/_model.py`, `model/_model_output.py`, `model/_model_call.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from recviewer.recorders.json_cassettes import JsonCassette

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange

_PASSED = (
    *("event", "timestamp", "working_start", "working_time", "completed", "pending", "span_id", "uuid", "metadata"),
    *("input", "input_refs", "tools", "output", "call", "model_args"),
)
"""Keys of a call that say when it was, or what the messages to and from the provider say."""

_PASSED_OF_CALL = ("request", "response", "time", "error")


class Inspect(JsonCassette):
    """The calls of models in a log: as the provider got and gave them where that was kept, else as Inspect has them."""

    name = "inspect"
    keys = ("events",)
    alone = "event"
    plain: Mapping[str, tuple[object, ...]] = {"inspect": (1,)}
    homes = frozenset({b"logs"})
    endings = (b".eval",)
    start = re.compile(rb'\{"inspect":1,"events":\[|\{"event":"model",')

    def exchange(self, value: Any) -> HttpExchange:
        """Read an event."""
        from recviewer.recorders.http_exchange import HttpExchange, beside

        if not isinstance(value, dict):
            raise ValueError("a call that is no object")
        call = value.get("call")
        more = {"call": beside(value, *_PASSED), "provider": beside(call, *_PASSED_OF_CALL)}
        if isinstance(call, dict) and isinstance(call.get("response"), dict) and call["response"]:
            return HttpExchange("POST", "", {}, call.get("request"), None, {}, call["response"], more)
        return HttpExchange("POST", "", {}, _asked(value), None, {}, _given(value), more)

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Return None: an archive goes as a whole."""
        return None


def _asked(event: dict[str, Any]) -> dict[str, Any]:
    """Return what Inspect says it asked, in the words of the chat that it is modelled on."""
    sent = event.get("input")
    config = event.get("config")
    made = {
        "model": event.get("model"),
        "messages": [_message(one) for one in sent] if isinstance(sent, list) else sent,
    }
    tools = {key: event[key] for key in ("tools", "tool_choice") if event.get(key)}
    return {**made, **tools, **({"config": config} if config else {})}


def _given(event: dict[str, Any]) -> object:
    """Return what Inspect says came back, a failure where nothing did."""
    output = event.get("output")
    held = output if isinstance(output, dict) else {}
    error = event.get("error") or held.get("error")
    choices = held.get("choices")
    made: dict[str, Any] = {"object": "chat.completion", **{key: held[key] for key in held if key not in _OF_OUTPUT}}
    if isinstance(choices, list):
        made["choices"] = [_choice(place, one) for place, one in enumerate(choices)]
    if error:
        made["error"] = {"message": str(error)}
    return made


_OF_OUTPUT = ("choices", "completion", "time", "error")
"""Keys of an output that are read, repeat its first choice, or say how long it took."""


def _choice(place: int, choice: Any) -> object:
    if not isinstance(choice, dict):
        return choice
    rest = {key: value for key, value in choice.items() if key not in ("message", "stop_reason")}
    return {
        "index": place,
        **rest,
        "message": _message(choice.get("message")),
        "finish_reason": choice.get("stop_reason"),
    }


def _message(message: Any) -> object:
    """Return a message whose calls are written as in a chat."""
    if not isinstance(message, dict):
        return message
    made = {key: value for key, value in message.items() if key not in ("id", "source", "model")}
    if isinstance(made.get("content"), list):
        made["content"] = [_part(one) for one in made["content"]]
    calls = made.get("tool_calls")
    if isinstance(calls, list):
        made["tool_calls"] = [_call(one) for one in calls]
    return made


def _part(part: Any) -> object:
    """Return a part of content, a picture as in a chat."""
    if not isinstance(part, dict) or part.get("type") != "image" or not isinstance(part.get("image"), str):
        return part
    rest = {key: value for key, value in part.items() if key not in ("type", "image")}
    return {"type": "image_url", "image_url": {"url": part["image"], **rest}}


def _call(call: Any) -> object:
    from recviewer.formats.deltas import compact

    if not isinstance(call, dict) or not isinstance(call.get("function"), str):
        return call
    arguments = call.get("arguments")
    rest = {key: value for key, value in call.items() if key not in ("function", "arguments", "type")}
    text = arguments if isinstance(arguments, str) else compact(arguments)
    return {**rest, "type": "function", "function": {"name": call["function"], "arguments": text}}


RECORDER = Inspect()
