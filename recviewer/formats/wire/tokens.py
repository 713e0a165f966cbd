"""Token counts of inputs, without generating an answer.

Source: API references: Anthropic "Count tokens", Gemini `:countTokens`, OpenAI `/responses/input_tokens`, AWS
`CountTokens`, Cohere and llama.cpp `/tokenize`, `/detokenize`, vLLM `/tokenize`, watsonx.ai "Text tokenization".
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Kind, Message, Problem, Reply, Request, Table, Text
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.gemini_parts import parts_of
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, chat_messages, request_of
from recviewer.formats.raw import Raw, unwrap
from recviewer.formats.vectors import inputs

SHAPE = Shape("tokens", known=("*", "result.*"))
COUNTS = (
    *("input_tokens", "inputTokens", "totalTokens", "total_tokens", "cachedContentTokenCount", "tokens"),
    *("count", "token_count"),
)
PLACES = ("/count_tokens", ":countTokens", "/input_tokens", "/count-tokens", "/tokenize", "/detokenize")
_TEXTS_OF_TOKENS = ({"content"}, {"prompt"}, {"text"}, {"text", "meta"})
"""Keys of a reply that puts tokens back into a text."""


class Tokens:
    """The number of tokens of an input."""

    name = "tokens"
    kind = Kind.TOKENS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match a reply that consists of counts; without a reply, the endpoint."""
        head = raw.first
        if raw.type_name or isinstance(raw.reply, list):
            return Match.NO
        if head.get("object") == "response.input_tokens" or head.keys() in ({"input_tokens"}, {"inputTokens"}):
            return Match.SHAPE
        if head.keys() <= {"totalTokens", "promptTokensDetails", "cachedContentTokenCount"} and "totalTokens" in head:
            return Match.SHAPE
        if "tokens" in head and "token_strings" in head:
            return Match.SHAPE
        if isinstance(head.get("result"), dict) and "token_count" in head["result"]:
            return Match.SHAPE
        if raw.url_path.endswith("/tokenize") and isinstance(head.get("tokens"), list):
            return Match.SHAPE
        if raw.url_path.endswith("/detokenize") and head.keys() in _TEXTS_OF_TOKENS:
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith(PLACES) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the counted input, in any of the request shapes of models."""
        body = body_lookup(raw, problems)
        inner = body.object("generateContentRequest") if "generateContentRequest" in body.data else body
        messages = chat_messages(body)
        messages += [Message(turn.text("role"), tuple(parts_of(turn))) for turn in inner.items("contents")]
        taken = {"messages"} | ({"contents"} if inner is body else set())
        if isinstance(body.data.get("text"), str):
            messages.append(Message("input", (Text(body.text("text")),)))
            taken.add("text")
        if isinstance(body.data.get("input"), str | list):
            messages += inputs(body.data["input"])
            taken.add("input")
        return request_of(raw, messages, problems, taken=frozenset(taken))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the counts; of a list of tokens, its length."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        if isinstance(reply.data.get("result"), dict):
            reply = reply.object("result")
        rows: list[tuple[str, int | float]] = []
        for key in COUNTS:
            value = reply.data.get(key)
            if isinstance(value, list):
                rows.append((key, len(value)))
            elif isinstance(value, int | float) and not isinstance(value, bool):
                rows.append((key, value))
            elif value is not None:
                reply.note(key, value, "a number")
        return Reply(exhibits=(Table("counts", ("of", "tokens"), tuple(rows)),))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = Tokens()
