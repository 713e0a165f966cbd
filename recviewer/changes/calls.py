"""What a recording is recognised by when its file has another name: its test, its conversation, its parameters."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from recviewer.difference.asked import text_of
from recviewer.difference.words import tokens
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import ID_KEYS
from recviewer.exchange.model import Exchange, Json, Message

TEXT = 6_000
"""Characters of one message that are looked at, half from its beginning and half from its end."""

_SENT = frozenset({"assistant", "model"})
"""Roles of turns that were answers once: re-recording changes their words."""

_WEIGHTS = {"system": 0.6, "developer": 0.6, "tool": 0.5, "assistant": 0.25, "model": 0.25}
_INSTRUCTING = frozenset({"system", "developer"})
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_LONG_HEX = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9a-f]*\d)[0-9a-f]{12,}(?![0-9A-Za-z])|\b(file|vs|call|resp|msg)[-_]\w{6,}"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: its role, and its words as a bag. key: the same for equal words."""

    role: str
    bag: Counter[str]
    size: int
    key: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """What a recording is recognised by.

    family: of the format that read it. test: the id; masked: with the models' names blanked; function: without file and
    parameters. asked: the same for equal conversations, answers that were sent back aside. facts: parameters by name,
    as text, without model and ids.
    """

    family: str
    is_failure: bool
    test: str
    masked: str
    file: str
    function: str
    parameters: str
    turns: tuple[Turn, ...]
    asked: bytes
    facts: frozenset[tuple[str, bytes]]
    answer: Counter[str]
    answer_size: int
    folder: str


def models_of(exchanges: Iterable[Exchange]) -> list[str]:
    """Return the names of models that were asked, the longest first, for blanking them in test ids."""
    names = {exchange.model for exchange in exchanges if len(exchange.model) > 2}
    return sorted(names, key=lambda name: (-len(name), name))


def call_of(exchange: Exchange, path: str, models: Collection[str]) -> Call:
    """Return what a recording is recognised by. models: names to blank in its test's id."""
    test = exchange.test_id or ""
    head, _, parameters = test.partition("[")
    file, _, function = head.rpartition("::")
    turns = tuple([_turn(message) for message in exchange.request.messages])
    answer, size = _bag("\n".join(output.content for output in exchange.outputs)[:TEXT])
    return Call(
        family=exchange.read_as,
        is_failure=exchange.error is not None,
        test=test,
        masked=_blanked(test, models),
        file=file,
        function=function,
        parameters=parameters,
        turns=turns,
        asked=_digest(b"\0".join(turn.role.encode() + turn.key for turn in turns if turn.role not in _SENT)),
        facts=frozenset(_facts(exchange)),
        answer=answer,
        answer_size=size,
        folder=path.rpartition("/")[0],
    )


def _blanked(test: str, models: Collection[str]) -> str:
    head, bracket, parameters = test.partition("[")
    for name in models:
        if name in parameters:
            parameters = parameters.replace(name, "\0")
    return head + bracket + parameters


def _turn(message: Message) -> Turn:
    text = text_of(message.parts)
    if len(text) > TEXT:
        text = text[: TEXT // 2] + text[-TEXT // 2 :]
    text = _LONG_HEX.sub("#", _UUID.sub("#", text))
    bag, size = _bag(text)
    return Turn(message.role, bag, size, _digest(text.encode("utf-8", "replace")))


def _bag(text: str) -> tuple[Counter[str], int]:
    bag = Counter(token for token in tokens(text.lower()) if not token.isspace())
    return bag, sum(len(token) * count for token, count in bag.items())


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=12).digest()


def _facts(exchange: Exchange) -> Iterable[tuple[str, bytes]]:
    for key, value in exchange.request.params.items():
        if key != "model" and key not in ID_KEYS and value is not None:
            yield key, _digest(encode(value, is_sorted=True))
    for tool in exchange.request.tools:
        yield "tool", _name(tool)
    yield "endpoint", exchange.endpoint.rpartition("/")[2].encode("utf-8", "replace")


def _name(tool: Json) -> bytes:
    function = tool.get("function", tool) if isinstance(tool, dict) else {}
    name = function.get("name") or function.get("type") if isinstance(function, dict) else ""
    return str(name).encode("utf-8", "replace")


def conversation_fit(old: Call, new: Call) -> float:
    """Return how alike two conversations are, 0 to 1. Turns of users weigh most, answers that were sent back least."""
    if not old.turns and not new.turns:
        return 1.0
    if not old.turns or not new.turns:
        return 0.0
    if [turn.role for turn in old.turns] == [turn.role for turn in new.turns]:
        return _zipped(old.turns, new.turns)
    return _uneven(old.turns, new.turns)


def _zipped(old: tuple[Turn, ...], new: tuple[Turn, ...]) -> float:
    total = fit = 0.0
    for was, now in zip(old, new, strict=True):
        weight = _WEIGHTS.get(was.role, 1.0)
        total += weight
        fit += weight * _alike(was, now)
    return fit / total


def _uneven(old: tuple[Turn, ...], new: tuple[Turn, ...]) -> float:
    """Fit the turns in order, as many as go together; what is left over on either side counts against it.

    Instructions weigh half of what they do elsewhere: they are what is put in and taken out most often.
    """
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for row, was in enumerate(old):
        weight = _uneven_weight(was)
        for column, now in enumerate(new):
            paired = best[row][column] + _alike(was, now) * weight if was.role == now.role else 0.0
            best[row + 1][column + 1] = max(paired, best[row][column + 1], best[row + 1][column])
    total = max(sum(map(_uneven_weight, turns)) for turns in (old, new))
    return 0.95 * best[-1][-1] / total


def _uneven_weight(turn: Turn) -> float:
    weight = _WEIGHTS.get(turn.role, 1.0)
    return weight / 2 if turn.role in _INSTRUCTING else weight


def _alike(old: Turn, new: Turn) -> float:
    if old.key == new.key:
        return 1.0
    return shared(old.bag, old.size, new.bag, new.size)


def shared(old: Counter[str], old_size: int, new: Counter[str], new_size: int) -> float:
    """Return the share of two bags' letters that both have."""
    if not old_size or not new_size:
        return 0.0
    both = sum(len(token) * min(count, new[token]) for token, count in old.items() if token in new)
    return 2 * both / (old_size + new_size)


def test_fit(old: Call, new: Call) -> float:
    """Return how sure it is that two recordings are of one test, 0 to 1; 0.5 where neither says which it is."""
    if old.test == new.test:
        return 1.0 if old.test else 0.5
    if not old.test or not new.test:
        return 0.3
    if old.function != new.function:
        return 0.0
    near = _near(old.parameters, new.parameters)
    place = 0.04 if old.file == new.file else 0.0
    if old.masked.partition("[")[2] == new.masked.partition("[")[2]:
        return 0.9 + place + 0.05 * near
    return 0.4 + place + 0.45 * near


def _near(old: str, new: str) -> float:
    """Return how much of two parameter lists both begin and end with."""
    if old == new:
        return 1.0
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return (start + end) / max(len(old), len(new))


def facts_fit(old: Call, new: Call) -> float:
    """Return the share of parameters and tools that both have alike."""
    every = old.facts | new.facts
    return len(old.facts & new.facts) / len(every) if every else 1.0
