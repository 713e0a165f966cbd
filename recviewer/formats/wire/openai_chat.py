"""OpenAI's chat completions, complete and streamed, of any compatible provider (also through litellm).

Source: OpenAI API reference, "Chat completion object" and "chunk object"; providers' additions were collected from
10,733 recordings (tests/cases/openai_chat/ has one file for each special case).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recviewer.exchange.elements import Elements
from recviewer.exchange.model import (
    Chunk,
    Json,
    Kind,
    Left,
    Output,
    Problem,
    Reply,
    Request,
)
from recviewer.formats import deltas
from recviewer.formats.answers import texts_in
from recviewer.formats.chat_chunks import add_chunks
from recviewer.formats.chat_deltas import read_chunks, said_alike, usage_of
from recviewer.formats.chat_joining import error_of, joined
from recviewer.formats.chat_messages import leave_differing
from recviewer.formats.chat_shape import SHAPE
from recviewer.formats.contract import Match
from recviewer.formats.cut_chunks import SaidRun
from recviewer.formats.failure import error_in, http_error_of
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, chat_messages, function_call, request_of, tool_calls
from recviewer.formats.raw import Raw, unwrap

SNOWFLAKE = "/api/v2/cortex/"
"""What paths of Snowflake's chats contain."""

TYPES = frozenset({"ChatCompletion", "ChatCompletionChunk", "ModelResponse", "ModelResponseStream"})


class OpenAIChat:
    """Chat completions."""

    name = "openai_chat"
    kind = Kind.CHAT
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; if untyped, by `choices[].message` or `choices[].delta`; without a reply, by `messages`."""
        if raw.type_name in TYPES:
            return Match.TYPE
        if not raw.type_name and any(_is_chat(head) for head in raw.heads):
            return Match.SHAPE
        if "messages" in raw.body and not raw.url_path.endswith(("/messages", "/api/chat")):
            return Match.ENDPOINT
        return Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read messages; everything else of the body but tools is a parameter."""
        return request_of(raw, chat_messages(body_lookup(raw, problems)), problems, taken=frozenset({"messages"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read a whole completion, or join the chunks of a streamed one. Snowflake tells no end of either."""
        if not isinstance(raw.reply, list):
            whole = _whole(Lookup(unwrap(raw.reply), "response.body", problems))
            return replace(whole, is_whole=SNOWFLAKE in raw.url_path)
        reply = joined(raw, problems)
        return replace(reply, is_whole=True) if SNOWFLAKE in raw.url_path else reply

    def joins_alike(self, raw: Raw) -> bool:
        """True only if the type says that this is a chat, and if there is no failure, so that the reply is read."""
        return raw.type_name in TYPES and not raw.is_exception and http_error_of(raw) is None

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each chunk."""
        if isinstance(raw.reply, list):
            yield from read_chunks(raw.reply, [])

    def said_alike(self, raw: Raw) -> Iterator[Chunk | SaidRun]:
        """Yield each chunk that was not cut out, and the cut-out ones as runs."""
        yield from said_alike(raw.reply, raw.alike)

    def add_elements(self, raw: Raw, made: Elements, left: list[Left]) -> None:
        """Add each chunk. Of chunks that differ only in texts, only the first is examined."""
        messages = add_chunks(raw, made, left)
        if messages:
            chunks = read_chunks(raw.reply, [])
            leave_differing(messages, deltas.fold(delta for chunk in chunks for delta in chunk.deltas), left)


FORMAT = OpenAIChat()


def _is_chat(head: dict[str, Json]) -> bool:
    if head.get("object") in ("chat.completion", "chat.completion.chunk"):
        return not isinstance(head.get("result"), str)  # Baidu's older API: a text in place of choices
    choices = head.get("choices")
    if not isinstance(choices, list):
        return "choices" in head and bool(head.get("error"))
    first = choices[0] if choices else None
    return isinstance(first, dict) and (
        isinstance(first.get("message"), dict) or (isinstance(first.get("delta"), dict) and "text" not in first)
    )


def _whole(reply: Lookup) -> Reply:
    outputs = []
    error = error_in(reply.data)
    for place, choice in enumerate(reply.items("choices")):
        error = error or error_of(choice)
        message = choice.object("message" if choice.data.get("message") is not None else "delta")
        said = texts_in(message)
        calls = tool_calls(message) if message.data.get("tool_calls") else []
        calls += function_call(message)
        index = choice.integer("index")
        outputs.append(
            Output(
                place if index is None else index,
                said.content,
                said.reasoning,
                said.refusal,
                tuple(calls),
                choice.text("finish_reason") or None,
                tuple(said.parts),
            )
        )
    outputs.sort(key=lambda output: output.index)
    return Reply(tuple(outputs), usage_of(reply), error, model=reply.text("model"))
