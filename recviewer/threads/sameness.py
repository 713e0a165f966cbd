"""When two messages, two answers or two requests are the same: by content, ids counted by order of appearance alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import EARLIER, Ids, arguments_as_json, canonical, said, said_of_part
from recviewer.exchange.model import Exchange, Json, Message, Output, Part, Reasoning, RefusalPart, Text, ToolCall

Digest = bytes


def digest_of(value: Json) -> Digest:
    """Return what stands for a value: equal for equal ones, whatever the order of keys."""
    return hashlib.blake2b(canonical(value), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class MessageStep:
    """One message on the way through a request.

    prefix: of this message and all before it, where ids count by the order in which they first appear. content: of the
    message alone. ids: those that appear first in it, as recorded.
    """

    prefix: Digest
    content: Digest
    ids: tuple[str, ...]


def steps(messages: Sequence[Message], start: Digest = b"") -> Iterator[MessageStep]:
    """Yield what each message of a request is. start: what comes before the first, where there is something."""
    ids, seen, prefix = Ids(), 0, start
    for message in messages:
        told = [message.role, message.name, [said_of_part(part, ids) for part in message.parts if not _is_empty(part)]]
        prefix = digest_of([prefix.hex(), told])
        alone = Ids()
        content = [message.role, message.name]
        content += [said_of_part(part, alone) for part in message.parts if not _is_empty(part)]
        names = ids.seen
        yield MessageStep(prefix, digest_of(content), names[seen:])
        seen = len(names)


def _is_empty(part: Part) -> bool:
    """Tell whether a part says nothing: an empty text beside a call is written by some clients and not by others."""
    return isinstance(part, Text) and not part.text


def answer_of(exchange: Exchange) -> Digest:
    """Return what stands for an answer: all that counts of an exchange but its request."""
    told = said(exchange)
    del told["request"]
    return digest_of(told)


def words_said(exchange: Exchange) -> Digest:
    """Return what stands for the words and calls of an answer, its error and how it ended, whatever else is in it."""
    ids = Ids()
    told = [
        [output.index, output.content, output.reasoning, output.refusal, output.finish_reason]
        + [said_of_part(part, ids) for part in (*output.tool_calls, *output.parts)]
        for output in exchange.outputs
    ]
    error = exchange.error
    return digest_of([told, [error.type, error.status, error.message] if error else None])


def asked_with(exchange: Exchange) -> dict[str, Digest]:
    """Return what a request asks with beside its messages, by name: parameters, and its tools."""
    params = {
        key: digest_of(value)
        for key, value in exchange.request.params.items()
        if value is not None and key not in EARLIER
    }
    if exchange.model:
        params["model"] = digest_of(exchange.model)
    if exchange.request.tools:
        params["tools"] = digest_of(list(exchange.request.tools))
    return params


@dataclass(frozen=True, slots=True)
class Gist:
    """What an answer says, for finding it in a later request. calls: name and arguments of each; others: other parts."""

    text: str
    calls: tuple[bytes, ...]
    others: tuple[bytes, ...]
    reasoning: str

    @classmethod
    def of_output(cls, output: Output) -> Gist:
        """Return the gist of a choice of an answer."""
        parts: list[Part] = [Text(output.content), RefusalPart(output.refusal), Reasoning(output.reasoning)]
        return cls.of_parts([*parts, *output.tool_calls, *output.parts])

    @classmethod
    def of_parts(cls, parts: Iterable[Part]) -> Gist:
        """Return the gist of a message, or of several that were one answer."""
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
                    others.append(digest_of(said_of_part(part, Ids())))
        return cls("".join(texts), tuple(calls), tuple(others), "".join(thoughts))

    @property
    def is_nothing(self) -> bool:
        """Whether neither words nor calls nor anything else is in it."""
        return not (self.text or self.calls or self.others)

    def holds(self, sent: Gist) -> bool:
        """Tell whether all that was sent is in this answer, and is something."""
        if sent.is_nothing:
            return False
        has_text = sent.text in ("", self.text, self.text.strip())
        has_thoughts = sent.reasoning in ("", self.reasoning)
        return has_text and has_thoughts and _within(sent.calls, self.calls) and _within(sent.others, self.others)


def _within(some: Sequence[bytes], every: Sequence[bytes]) -> bool:
    """Tell whether some stand among all of them, in the same order."""
    rest = iter(every)
    return all(one in rest for one in some)
