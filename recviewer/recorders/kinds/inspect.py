"""Inspect: logs of evaluations (`.eval`), converted by `archives`.

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
"""Keys of a call about time, or that repeat the messages to and from the provider."""

_PASSED_OF_CALL = ("request", "response", "time", "error")


class Inspect(JsonCassette):
    """The model calls in a log: the provider's request and response if they were kept, else Inspect's own form."""

    name = "inspect"
    keys = ("events",)
    alone = "event"
    plain: Mapping[str, tuple[object, ...]] = {"inspect": (1,)}
    homes = frozenset({b"logs"})
    endings = (b".eval",)
    start = re.compile(rb'\{"inspect":1,"events":\[|\{"event":"model",')

    def exchange(self, value: Any) -> HttpExchange:
        """Read an event."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields

        if not isinstance(value, dict):
            raise ValueError("a call that is not an object")
        call = value.get("call")
        more = {"call": extra_fields(value, *_PASSED), "provider": extra_fields(call, *_PASSED_OF_CALL)}
        if isinstance(call, dict) and call.get("error"):  # that the provider failed; what it said is the response
            more["provider"]["error"] = call["error"]
        if isinstance(call, dict) and isinstance(call.get("response"), dict) and call["response"]:
            return HttpExchange("POST", "", {}, call.get("request"), None, {}, call["response"], more)
        return HttpExchange("POST", "", {}, _asked(value), None, {}, _given(value), more)

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Return None: exchanges cannot be removed from an archive."""
        return None


def _asked(event: dict[str, Any]) -> dict[str, Any]:
    """Return Inspect's form of the request, converted to the chat format that it is modelled on."""
    sent = event.get("input")
    config = event.get("config")
    made = {
        "model": event.get("model"),
        "messages": [_message(one) for one in sent] if isinstance(sent, list) else sent,
    }
    tools = {key: event[key] for key in ("tools", "tool_choice") if event.get(key)}
    return {**made, **tools, **({"config": config} if config else {})}


def _given(event: dict[str, Any]) -> object:
    """Return Inspect's form of the response, or the error."""
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
"""Keys of an output that are read, repeat its first choice, or give its duration."""


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
    """Return a message with its tool calls in the chat format."""
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
    """Return a content part, images in the chat format."""
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
