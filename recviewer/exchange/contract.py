"""The public JSON form of an exchange: `show --json`, `export`, and `.json` appended to a recording's URL.

Scripts depend on it: keys are added, never renamed or removed.
"""

from __future__ import annotations

from typing import Any

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.model import (
    Exchange,
    Image,
    Json,
    JsonPart,
    Output,
    Part,
    Reasoning,
    RefusalPart,
    SentFile,
    Text,
    ToolCall,
    ToolResult,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an exchange was found, and what its file name tells.

    path: relative to the root; for an exchange of a file with several, the file's path, `/` and the part's name. blob:
    the git blob id of the exchange's own bytes. fingerprint: includes its version. replay: state, rule, expected name.
    part, index: name and 0-based position of an exchange in a file with several; part is "" for the only exchange of a
    file.
    """

    path: str
    blob: str
    fingerprint: str
    replay: dict[str, str]
    part: str = ""
    index: int = 0

    @property
    def of_file(self) -> dict[str, Json]:
        """The JSON keys that locate the exchange within its file; empty if it is the only exchange of the file."""
        if not self.part:
            return {}
        return {"file": self.path[: -len(self.part) - 1], "index": self.index, "part": self.part}


def to_json(exchange: Exchange, place: Place) -> dict[str, Json]:
    """Return the public JSON object, ready for a JSON encoder. Keys are in the order of the documentation."""
    error = exchange.error
    return {
        "path": place.path,
        **place.of_file,
        "blob": place.blob,
        "fingerprint": place.fingerprint,
        "kind": exchange.kind.value,
        "test_id": exchange.test_id,
        "endpoint": exchange.endpoint,
        "url": exchange.url,
        "model": exchange.model,
        "streaming": exchange.streaming,
        "chunks": exchange.chunks,
        "request": {
            "messages": [
                {"role": message.role, "parts": [part_to_json(part) for part in message.parts]}
                | ({"name": message.name} if message.name else {})
                for message in exchange.request.messages
            ],
            "params": exchange.request.params,
            "tools": list(exchange.request.tools),
        },
        "outputs": [_output(output) for output in exchange.outputs],
        "usage": exchange.usage,
        "error": None if error is None else {"type": error.type, "status": error.status, "message": error.message},
        "replay": place.replay,
        "problems": [{"where": problem.where, "what": problem.what} for problem in exchange.problems],
    }


def _output(output: Output) -> dict[str, Json]:
    return {
        "index": output.index,
        "content": output.content,
        "reasoning": output.reasoning,
        "refusal": output.refusal,
        "tool_calls": [{"id": call.id, "name": call.name, "arguments": call.arguments} for call in output.tool_calls],
        "finish_reason": output.finish_reason,
        "parts": [part_to_json(part) for part in output.parts],
    }


def part_to_json(part: Part) -> dict[str, Any]:
    """Return one part of a message or of an output as a JSON object; `type` is its kind."""
    kind = part.kind.value
    match part:
        case Text() | Reasoning() | RefusalPart():
            return {"type": kind, "text": part.text}
        case ToolCall():
            return {"type": kind, "id": part.id, "name": part.name, "arguments": part.arguments}
        case ToolResult():
            inner = [part_to_json(item) for item in part.parts]
            return {"type": kind, "id": part.call_id, "name": part.name, "parts": inner}
        case Image():
            return {"type": kind, "url": part.url}
        case SentFile():
            return {"type": kind, "name": part.name, "id": part.id, "data": part.data}
        case JsonPart():
            return {"type": kind, "value": part.value}
