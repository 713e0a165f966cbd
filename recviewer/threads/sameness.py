"""Equality of messages, answers and requests: by content, with ids counted only by order of appearance."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from recviewer.difference.behind_masks import behind
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import EARLIER, Ids, arguments_as_json, canonical, said, said_of_part
from recviewer.exchange.model import Exchange, Json, Message, Output, Part, Reasoning, RefusalPart, Text, ToolCall

Digest = bytes


def digest_of(value: Json, exchange: Exchange | None = None) -> Digest:
    """Return a digest of a value, independent of key order.

    exchange: the one it belongs to, if it may contain masks: two secrets may have equal masks without being equal.
    """
    written = canonical(value)
    digest = hashlib.blake2b(written, digest_size=16)
    if exchange is not None and exchange.secrets:
        digest.update(_written(behind(written.decode("utf-8", "replace"), exchange)))
    return digest.digest()


def _written(found: tuple[object, ...]) -> bytes:
    return repr(found).encode("utf-8", "backslashreplace") if found else b""


@dataclass(frozen=True, slots=True)
class MessageStep:
    """One message of a request.

    prefix: digest of this message and all before it, with ids by order of first appearance. content: digest of the
    message alone. ids: those that first appear in it, as recorded.
    """

    prefix: Digest
    content: Digest
    ids: tuple[str, ...]


def steps(
    messages: Sequence[Message], start: Digest = b"", *, exchange: Exchange | None = None
) -> Iterator[MessageStep]:
    """Yield the digests of each message of a request. start: the digest of what precedes the first, if anything.

    exchange: as for `digest_of`.
    """
    ids, seen, prefix = Ids(), 0, start
    for message in messages:
        told = [message.role, message.name, [said_of_part(part, ids) for part in message.parts if not _is_empty(part)]]
        prefix = digest_of([prefix.hex(), told], exchange)
        alone = Ids()
        content = [message.role, message.name]
        content += [said_of_part(part, alone) for part in message.parts if not _is_empty(part)]
        names = ids.seen
        yield MessageStep(prefix, digest_of(content, exchange), names[seen:])
        seen = len(names)


def _is_empty(part: Part) -> bool:
    """Tell whether a part is an empty text, which some clients write beside a call and others do not."""
    return isinstance(part, Text) and not part.text


def answer_of(exchange: Exchange) -> Digest:
    """Return a digest of an answer: everything that counts of an exchange except its request."""
    told = said(exchange)
    del told["request"]
    return digest_of(told, exchange)


def words_said(exchange: Exchange) -> Digest:
    """Return a digest of the text and calls of an answer, its error and its end, ignoring everything else."""
    ids = Ids()
    told = [
        [output.index, output.content, output.reasoning, output.refusal, output.finish_reason]
        + [said_of_part(part, ids) for part in (*output.tool_calls, *output.parts)]
        for output in exchange.outputs
    ]
    error = exchange.error
    return digest_of([told, [error.type, error.status, error.message] if error else None], exchange)


def asked_with(exchange: Exchange) -> dict[str, Digest]:
    """Return digests of the request's values besides its messages, by name: parameters and tools."""
    params = {
        key: digest_of(value, exchange)
        for key, value in exchange.request.params.items()
        if value is not None and key not in EARLIER
    }
    if exchange.model:
        params["model"] = digest_of(exchange.model, exchange)
    if exchange.request.tools:
        params["tools"] = digest_of(list(exchange.request.tools), exchange)
    return params


@dataclass(frozen=True, slots=True)
class Gist:
    """The content of an answer, for finding it in a later request. calls: name and arguments of each; others: other
    parts.

    hidden: the secrets behind its masks.
    """

    text: str
    calls: tuple[bytes, ...]
    others: tuple[bytes, ...]
    reasoning: str
    hidden: frozenset[tuple[str, ...]] = frozenset()

    @classmethod
    def of_output(cls, output: Output, exchange: Exchange | None = None) -> Gist:
        """Return the gist of a choice of an answer. exchange: as for `digest_of`."""
        parts: list[Part] = [Text(output.content), RefusalPart(output.refusal), Reasoning(output.reasoning)]
        return cls.of_parts([*parts, *output.tool_calls, *output.parts], exchange)

    @classmethod
    def of_parts(cls, parts: Iterable[Part], exchange: Exchange | None = None) -> Gist:
        """Return the gist of a message, or of several that were one answer. exchange: as for `digest_of`."""
        texts, thoughts, calls, others = [], [], [], []
        for part in parts:
            match part:
                case Text() | RefusalPart():
                    texts.append(part.text)
                case Reasoning():
                    thoughts.append(part.text)
                case ToolCall():
                    calls.append(encode([part.name, arguments_as_json(part.arguments)], is_sorted=True))
                case _:
                    others.append(digest_of(said_of_part(part, Ids()), exchange))
        made = cls("".join(texts), tuple(calls), tuple(others), "".join(thoughts))
        if exchange is None or not exchange.secrets:
            return made
        told = "\n".join([made.text, made.reasoning, *[call.decode("utf-8", "replace") for call in calls]])
        return replace(made, hidden=frozenset(behind(told, exchange)))

    @property
    def is_nothing(self) -> bool:
        """Whether it has no text, calls or other parts."""
        return not (self.text or self.calls or self.others)

    def holds(self, sent: Gist) -> bool:
        """Tell whether what was sent is not empty and is contained in this answer."""
        if sent.is_nothing:
            return False
        has_text = sent.text in ("", self.text, self.text.strip())
        has_thoughts = sent.reasoning in ("", self.reasoning)
        if not (has_text and has_thoughts and sent.hidden <= self.hidden):
            return False
        return _within(sent.calls, self.calls) and _within(sent.others, self.others)


def _within(some: Sequence[bytes], every: Sequence[bytes]) -> bool:
    """Tell whether some are a subsequence of all."""
    rest = iter(every)
    return all(one in rest for one in some)
