"""Two generations of a conversation beside each other: which turn of the new one is which of the old one.

Answers are taken apart into their words and each of their calls, so that a call which is made in another turn now is said to
have moved, and not to be lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.difference.sequences import common
from recviewer.difference.words import tokens
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import Ids, arguments_as_json, canonical, said_of_part
from recviewer.exchange.made_ids import blinded
from recviewer.exchange.model import Json, ToolCall, ToolResult
from recviewer.exchange.text import words_of
from recviewer.threads.model import Answered, AskedMessage, Turn
from recviewer.threads.sameness import Digest, digest_of

LIKE = 0.3
"""Pieces of one kind that are less alike than this are one gone and one new."""

GIST = 4_000
"""Characters of a piece by which it is told how alike it is to another."""

CELLS = 10_000
"""Pairs of pieces that are weighed in one gap; beyond it they are paired in order."""


class Became(StrEnum):
    """What became of a piece. only_ids: it says the same but for ids that were made anew in its text."""

    SAME = "same"
    ONLY_IDS = "only_ids"
    CHANGED = "changed"
    MOVED = "moved"
    INSERTED = "inserted"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TurnPiece:
    """A message, the words of an answer, or one of its calls. turn: its number in its conversation.

    kind: what may be compared: role, and the tool's name of a call or a result. exact: of all that it says; loose: of the
    same without ids that were made anew, in whatever text they stand. text: its words.
    """

    turn: int
    kind: str
    exact: Digest
    loose: Digest
    text: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """A piece of the old conversation, of the new one, or of both."""

    became: Became
    old: TurnPiece | None
    new: TurnPiece | None


def pieces_of(turns: Iterable[Turn]) -> tuple[TurnPiece, ...]:
    """Take turns apart, in their order. Of an answer that several exchanges gave, the first one counts."""
    names: dict[str, str] = {}
    found: list[TurnPiece] = []
    for turn in turns:
        found += _asked(turn, names) if isinstance(turn, AskedMessage) else _answered(turn, names)
    return tuple(found)


def _asked(turn: AskedMessage, names: dict[str, str]) -> Iterator[TurnPiece]:
    message, ids = turn.message, Ids()
    tools = [part.name or names.get(part.call_id, "") for part in message.parts if isinstance(part, ToolResult)]
    for part in message.parts:
        if isinstance(part, ToolCall) and part.id:
            names[part.id] = part.name
    said = [message.name, [said_of_part(part, ids) for part in message.parts]]
    yield _piece(turn.number, " ".join((message.role, *tools)), said, words_of(message.parts))


def _answered(turn: Answered, names: dict[str, str]) -> Iterator[TurnPiece]:
    exchange = turn.entries[0].exchange
    if exchange.error is not None:
        error = [exchange.error.type, exchange.error.status, exchange.error.message]
        yield _piece(turn.number, "error", error, exchange.error.message)
    for output in exchange.outputs:
        said = [output.content, output.reasoning, output.refusal]
        others = [said_of_part(part, Ids()) for part in output.parts]
        is_silent = not any((*said, *others)) and output.tool_calls
        if not is_silent:
            words = output.content or output.refusal or words_of(output.parts)
            yield _piece(turn.number, "answer", [*said, others, output.finish_reason], words)
        for call in output.tool_calls:
            if call.id:
                names[call.id] = call.name
            asked = [call.name, arguments_as_json(call.arguments)]
            yield _piece(turn.number, f"call {call.name}", asked, encode(asked, is_sorted=True).decode())
    if not exchange.outputs and exchange.error is None:
        yield _piece(turn.number, "answer", [], "")


def _piece(number: int, kind: str, said: Json, text: str) -> TurnPiece:
    """Return a piece. said: all that counts of it."""
    written = canonical([kind, said])
    loose = blinded(written.decode("utf-8", "replace"))
    return TurnPiece(number, kind, digest_of([kind, said]), digest_of(loose), text)


def aligned(old: Iterable[Turn], new: Iterable[Turn]) -> tuple[Alignment, ...]:
    """Align two conversations, in the order of the new one; what is gone stands where it was.

    The longest common run of what is the same but for ids comes first; between it, pieces of one kind are paired in order by
    how alike they are; a call that is left over on both sides has moved.
    """
    return tuple(_moved(list(_in_order(pieces_of(old), pieces_of(new)))))


def _in_order(old: Sequence[TurnPiece], new: Sequence[TurnPiece]) -> Iterator[Alignment]:
    at = there = 0
    runs = common([one.loose for one in old], [one.loose for one in new]) or []
    for place, other, length in [*runs, (len(old), len(new), 0)]:
        yield from _gap(old[at:place], new[there:other])
        for step in range(length):
            before, after = old[place + step], new[other + step]
            yield Alignment(Became.SAME if before.exact == after.exact else Became.ONLY_IDS, before, after)
        at, there = place + length, other + length


def _gap(old: Sequence[TurnPiece], new: Sequence[TurnPiece]) -> Iterator[Alignment]:
    """Pair what lies between equal runs, in order."""
    pairs = _pairs(old, new) if len(old) * len(new) <= CELLS else _by_kind(old, new)
    at = there = 0
    for place, other in [*pairs, (len(old), len(new))]:
        yield from (Alignment(Became.REMOVED, one, None) for one in old[at:place])
        yield from (Alignment(Became.INSERTED, None, one) for one in new[there:other])
        if place < len(old):
            yield Alignment(Became.CHANGED, old[place], new[other])
        at, there = place + 1, other + 1


def _pairs(old: Sequence[TurnPiece], new: Sequence[TurnPiece]) -> list[tuple[int, int]]:
    """Return the places that go together, in order, so that they are most alike taken together."""
    words, others = [_words(one) for one in old], [_words(one) for one in new]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(one, two, words[i], others[j]) for j, two in enumerate(new)] for i, one in enumerate(old)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j])
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _by_kind(old: Sequence[TurnPiece], new: Sequence[TurnPiece]) -> list[tuple[int, int]]:
    """Return places that go together where there are too many to weigh: the next of the same kind."""
    found, there = [], 0
    for at, one in enumerate(old):
        other = next((place for place in range(there, min(len(new), there + 100)) if new[place].kind == one.kind), -1)
        if other >= 0 and _alike(one, new[other], _words(one), _words(new[other])):
            found.append((at, other))
            there = other + 1
    return found


def _words(piece: TurnPiece) -> Counter[str]:
    text = piece.text if len(piece.text) <= GIST else piece.text[: GIST // 2] + piece.text[-GIST // 2 :]
    return Counter(token for token in tokens(blinded(text)) if not token.isspace())


def _alike(old: TurnPiece, new: TurnPiece, words: Counter[str], others: Counter[str]) -> float:
    """Return how alike two pieces are, 0 where they are of other kinds or not alike enough."""
    if old.kind != new.kind:
        return 0.0
    total = words.total() + others.total()
    alike = 2 * (words & others).total() / total if total else 1.0
    return alike if alike >= LIKE else 0.0


def _moved(found: list[Alignment]) -> Iterator[Alignment]:
    """Say of a call that was taken out and stands in another turn now that it moved; it is told where it stands now."""
    gone: dict[Digest, list[int]] = {}
    for place, one in enumerate(found):
        if one.became is Became.REMOVED and one.old is not None and one.old.kind.startswith("call "):
            gone.setdefault(one.old.exact, []).append(place)
    taken: set[int] = set()
    made: list[tuple[int, Alignment]] = []
    for place, one in enumerate(found):
        places = gone.get(one.new.exact) if one.became is Became.INSERTED and one.new is not None else None
        if places:
            from_ = places.pop(0)
            taken.add(from_)
            one = Alignment(Became.MOVED, found[from_].old, one.new)
        made.append((place, one))
    yield from (one for place, one in made if place not in taken)
