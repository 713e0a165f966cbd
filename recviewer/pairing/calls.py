"""The features by which a recording is recognized under another file name: its test, conversation and parameters."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from recviewer.difference.asked import text_of
from recviewer.difference.words import tokens
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import EARLIER
from recviewer.exchange.made_ids import blinded
from recviewer.exchange.model import Exchange, Kind, Message, Table
from recviewer.exchange.text import SENT
from recviewer.exchange.tools import name_of
from recviewer.formats.raw import host_of
from recviewer.pairing.sides import Side

TEXT = 6_000
"""Characters of a message that are used, half from its start and half from its end."""

ANSWER = 800
"""Characters of an answer that are used: it only distinguishes otherwise equal recordings."""

INSTRUCTING = frozenset({"system", "developer"})
_WEIGHTS = {"system": 0.6, "developer": 0.6, "tool": 0.5, "assistant": 0.25, "model": 0.25}
_HERE = frozenset({"localhost", "127.0.0.1", "0.0.0.0"})  # noqa: S104 - nothing is bound

Bag = dict[str, int]
"""A multiset of words: each word with its total number of letters."""


class BareMessage:
    """One message: its role and its text without ids. In one pairing, equal messages are the same object."""

    __slots__ = ("_bag", "_size", "role", "text", "weight")

    def __init__(self, role: str, text: str) -> None:
        self.role = role
        self.text = text
        self.weight = _WEIGHTS.get(role, 1.0)
        self._bag: Bag | None = None
        self._size = 0

    @property
    def bag(self) -> Bag:
        """The words; computed on first use, because most messages never need them."""
        if self._bag is None:
            self._bag = letters(self.text)
            self._size = sum(self._bag.values())
        return self._bag

    @property
    def size(self) -> int:
        """The total number of letters in the words."""
        return self._size if self.bag else 0


@dataclass(frozen=True, slots=True)
class Test:
    """A parsed test id. masked: its parameters with models' names blanked. words: these as a message."""

    id: str
    file: str
    function: str
    parameters: str
    masked: str
    words: BareMessage


@dataclass(frozen=True, slots=True)
class Call:
    """The features by which a recording is recognized.

    family: of the format that read it. turn: number of earlier answers in the request. asked: a digest of the users'
    texts. facts: digests of parameters and tools by name, without model and ids. site: the provider's domain. listed: a
    digest of a list of models, b"" for anything else. file: the file with several exchanges that it is in, "" if it has
    its own file.
    """

    family: str
    is_failure: bool
    test: Test
    turns: tuple[BareMessage, ...]
    turn: int
    asked: bytes
    facts: dict[str, bytes]
    answer: BareMessage
    model: str
    host: str
    site: str
    listed: bytes
    endpoint: str
    folder: str
    file: str


class Calls:
    """Extracts features of recordings; caches messages and tests, which many recordings share."""

    def __init__(self, models: Collection[str]) -> None:
        self._models = models
        self._turns: dict[tuple[str, str], BareMessage] = {}
        self._tests: dict[str, Test] = {}

    def call_of(self, side: Side) -> Call:
        """Return the features of a recording."""
        exchange = side.exchange
        test = exchange.test_id or ""
        turns = tuple([self._turn(message) for message in exchange.request.messages])
        asked = [turn.text for turn in turns if turn.weight == 1.0]
        answers = [part for output in exchange.outputs for part in (output.content, *_calls(output.tool_calls))]
        return Call(
            family=exchange.read_as,
            is_failure=exchange.error is not None,
            test=self._tests.get(test) or self._tests.setdefault(test, _taken_apart(test, self._models)),
            turns=turns,
            turn=sum([turn.role in SENT for turn in turns]),
            asked=_digest("\0".join(asked).encode("utf-8", "replace")) if asked else b"",
            facts=dict(_facts(exchange)),
            answer=self._intern("", "\n".join(answers)[:ANSWER]),
            model=exchange.model,
            host=host_of(exchange.url),
            site=site_of(host_of(exchange.url)),
            listed=_listed(exchange),
            endpoint=exchange.endpoint.rpartition("/")[2],
            folder=side.path.rpartition("/")[0],
            file=side.file_path if side.part else "",
        )

    def _turn(self, message: Message) -> BareMessage:
        return self._intern(message.role, text_of(message.parts))

    def _intern(self, role: str, text: str) -> BareMessage:
        if len(text) > TEXT:
            text = text[: TEXT // 2] + text[-TEXT // 2 :]
        found = self._turns.get((role, text))
        if found is None:
            blind = blinded(text)
            found = self._turns.setdefault((role, blind), BareMessage(role, blind))
            self._turns[role, text] = found
        return found


def _listed(exchange: Exchange) -> bytes:
    if exchange.kind is not Kind.MODELS:
        return b""
    rows = [row for exhibit in exchange.exhibits if isinstance(exhibit, Table) for row in exhibit.rows if row]
    names = sorted({str(row[0]) for row in rows})
    return _digest("\0".join(names).encode("utf-8", "replace")) if names else b""


def models_of(exchanges: Iterable[Exchange]) -> list[str]:
    """Return the names of requested models, longest first, for blanking them in test ids."""
    names = {exchange.model for exchange in exchanges if len(exchange.model) > 2}
    return sorted(names, key=lambda name: (-len(name), name))


def site_of(host: str) -> str:
    """Return what the hosts of one provider share: the last two labels of the domain, or a local port.

    `eu.acme.example` gives `acme.example`, and `0.0.0.0:11434` gives `localhost:11434`.
    """
    name, _, port = host.partition(":")
    if name in _HERE or host.startswith("["):
        return f"localhost:{port}"
    return host if name.replace(".", "").isdigit() else ".".join(name.split(".")[-2:])


def letters(text: str) -> Bag:
    """Return the words of a text, each with its total number of letters."""
    counts = Counter(tokens(text.lower()))
    return {token: len(token) * count for token, count in counts.items() if not token.isspace()}


def _calls(calls: Iterable[object]) -> Iterator[str]:
    for call in calls:
        yield f"{getattr(call, 'name', '')} {getattr(call, 'arguments', '')}"


def _taken_apart(test: str, models: Collection[str]) -> Test:
    head, _, parameters = test.partition("[")
    file, _, function = head.rpartition("::")
    masked = parameters
    for name in models:
        if name in masked:
            masked = masked.replace(name, "\0")
    return Test(test, file, function, parameters, masked, BareMessage("", masked))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=12).digest()


def _facts(exchange: Exchange) -> Iterator[tuple[str, bytes]]:
    for key, value in exchange.request.params.items():
        if key != "model" and key not in EARLIER and value is not None:
            yield key, _digest(encode(value, is_sorted=True))
    for tool in exchange.request.tools:
        yield f"tool {name_of(tool)}", _digest(encode(tool, is_sorted=True))
    yield "endpoint", exchange.endpoint.rpartition("/")[2].encode("utf-8", "replace")
