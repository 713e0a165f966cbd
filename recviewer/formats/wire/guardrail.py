"""The verdict of an Amazon Bedrock guardrail on a text. Source: Amazon Bedrock runtime API reference, "ApplyGuardrail"."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Delta, Json, JsonPart, Kind, Message, Problem, Reply, Request, Table, Text
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.deltas import compact
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
    "guardrail",
    taken=("outputs[].text",),
    known=(
        *(
            "action",
            "actionReason",
            "assessments[].*",
            "blockedResponse",
            "guardrailCoverage.*",
            "output.*",
            "output[].*",
            "usage.*",
        ),
    ),
)
_NAMES = ("type", "name", "match")
PASSED = "NONE"
"""The action if a text may pass."""


class Guardrail:
    """A text, whether it may pass, and the findings of each policy."""

    name = "guardrail"
    kind = Kind.MODERATION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match an action with its assessments."""
        head = raw.first
        is_own = isinstance(head.get("assessments"), list) and isinstance(head.get("action"), str)
        return Match.SHAPE if is_own else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the text to be assessed."""
        body = body_lookup(raw, problems)
        messages = []
        for one in body.items("content"):
            held = one.data.get("text")
            is_text = one.data.keys() == {"text"} and isinstance(held, dict) and held.keys() == {"text"}
            text = held.get("text") if is_text and isinstance(held, dict) else None
            messages.append(Message("input", (Text(text) if isinstance(text, str) else JsonPart(one.data),)))
        return request_of(raw, messages, problems, taken=frozenset({"content"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the replacement text, and the findings of each policy."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        said = "\n".join([one.text("text") for one in reply.items("outputs")])
        tables = tuple([_table(one.data) for one in reply.items("assessments")])
        action = reply.text("action")
        stopped = [Delta(text=said, finish="" if action == PASSED else action)]
        outputs = deltas.fold(stopped) if said or action != PASSED else ()
        return Reply(outputs, reply.mapping("usage") or None, exhibits=tables)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = Guardrail()


def _table(assessment: dict[str, Json]) -> Table:
    rows = []
    for policy, held in assessment.items():
        for found in held.values() if isinstance(held, dict) else ():
            for one in found if isinstance(found, list) else ():
                if isinstance(one, dict) and "action" in one:
                    named = next((one[key] for key in _NAMES if one.get(key)), "")
                    rows.append((f"{policy} {named if isinstance(named, str) else compact(named)}", *_verdict(one)))
    return Table("categories", ("category", "flagged", "score"), tuple(rows))


def _verdict(one: dict[str, Json]) -> tuple[Json, Json]:
    detected, confidence = one.get("detected"), one.get("confidence")
    action = one.get("action")
    told = action if isinstance(action, str) else compact(action)
    return f"{told}, detected" if detected is True else told, confidence if isinstance(confidence, str) else None
