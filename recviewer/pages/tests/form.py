"""The JSON form of a test: `/tests/<id>.json`. Keys are added, never renamed or removed."""

from __future__ import annotations

from typing import Any

from recviewer.exchange.contract import part_to_json
from recviewer.pages.tests.loading import Loaded
from recviewer.threads.model import Answered, AskedMessage, Branch, Entry, Turn


def to_json(loaded: Loaded, states: dict[str, str]) -> dict[str, Any]:
    """Return a test for scripts. states: the verdict on each decided recording, by path."""
    threads = loaded.threads

    def recording(entry: Entry) -> dict[str, Any]:
        row = loaded.rows[entry.key]
        return {
            "path": row.path,
            "blob": row.blob,
            "fingerprint": row.fingerprint,
            "replay": row.replay,
            "state": states.get(row.path, "undecided"),
        }

    def turn(one: Turn) -> dict[str, Any]:
        if isinstance(one, AskedMessage):
            return _asked(one)
        return _answered(one) | {"recordings": [recording(entry) for entry in one.entries]}

    def branch(top: Branch) -> list[dict[str, Any]]:
        """Return a branch and those that continue from it, one after the other: their names tell which continues which."""
        found, waiting = [], [top]
        while waiting:
            one = waiting.pop()
            found.append({"name": one.name, "turns": [turn(each) for each in one.turns]})
            waiting += reversed(one.branches)
        return found

    return {
        "test_id": loaded.test_id,
        "recordings": loaded.count,
        "bytes": loaded.size,
        "conversations": [
            {"branches": branch(one.trunk), "older": [branch(each) for each in one.older]}
            for one in threads.conversations
        ],
        "checks": [
            {
                "of": one.of or None,
                "text": one.text,
                "model": one.model,
                "shared": one.shared,
                "outcomes": [{"said": words, "times": times} for words, times in one.outcomes],
                "recordings": [recording(entry) for entry in one.entries],
            }
            for one in threads.checks
        ],
        "rest": [
            {"kind": one.kind.value, "recordings": [recording(entry) for entry in one.entries]} for one in threads.rest
        ],
        "not_read": [row.path for row in loaded.left],
    }


def _asked(one: AskedMessage) -> dict[str, Any]:
    return {
        "place": one.place,
        "number": one.number,
        "role": one.message.role,
        "parts": [part_to_json(part) for part in one.message.parts],
        "requests": one.sent,
        "same_as": one.same_as or None,
        "ids_differ": one.ids_differ,
        "is_unrecorded_answer": one.is_answer,
        "instructed": one.instructed.value,
    }


def _answered(one: Answered) -> dict[str, Any]:
    exchange = one.entries[0].exchange
    error = exchange.error
    return {
        "place": one.place,
        "number": one.number,
        "role": "error" if error else "answer",
        "outputs": [
            {
                "content": output.content,
                "reasoning": output.reasoning,
                "refusal": output.refusal,
                "tool_calls": [
                    {"id": call.id, "name": call.name, "arguments": call.arguments} for call in output.tool_calls
                ],
                "finish_reason": output.finish_reason,
                "parts": [part_to_json(part) for part in output.parts],
            }
            for output in exchange.outputs
        ],
        "error": {"type": error.type, "status": error.status, "message": error.message} if error else None,
        "sent_back": one.sent_back.value,
        "is_other": one.is_other,
        "differs": list(one.differs),
        "ids_differ": one.ids_differ,
    }
