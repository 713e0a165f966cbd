"""Aligns two generations of a conversation: which turn of the new one corresponds to which of the old one.

Answers are split into their text and each of their tool calls, so that a call made in another turn now is shown as
moved, not as lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.difference.sequences import common
from recviewer.difference.words import tokens
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import Ids, arguments_as_json, canonical, said_of_part
from recviewer.exchange.made_ids import blinded
from recviewer.exchange.model import Exchange, Json, ToolCall, ToolResult
from recviewer.exchange.text import SENT, words_of
from recviewer.threads.model import Answered, AskedMessage, Turn
from recviewer.threads.sameness import Digest, digest_of

LIKE = 0.3
"""Pieces of one kind with a lower similarity are shown as one gone and one new."""

LEAST = 0.001
"""Minimal similarity of two answers that are alone between unchanged pieces."""

ANSWER = "answer"

ROLES = frozenset({"user", "system", "developer"})
"""Roles of instructions: equal text under another of these roles is the same message with another role."""

SENT_AND_RECORDED = 0.5
"""Factor for the similarity of a recorded answer and one that is only known from a later request."""

GIST = 4_000
"""Characters of a piece that its similarity to another is computed from."""

CELLS = 10_000
"""Most pairs of pieces scored in one gap; with more they are paired in order."""


class Became(StrEnum):
    """What happened to a piece. same: no difference; for an answer known only from requests, none in what they repeat.

    only_ids: equal except for generated ids in its text.
    """

    SAME = "same"
    ONLY_IDS = "only_ids"
    CHANGED = "changed"
    MOVED = "moved"
    INSERTED = "inserted"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TurnPiece:
    """A message, the text of an answer, or one of its tool calls. turn: its number in the conversation.

    kind: pieces are comparable only within a kind: role, and the tool's name of a call or a result; "answer" for a
    model's text. text: its text. exact: digest of everything that counts; loose: the same without generated ids, in
    whatever text they are. sent, gist: likewise of what a later request would repeat. is_sent: known only from a
    request, not recorded as an answer. entry: key of the exchange that gave it, "" if none did.
    """

    turn: int
    kind: str
    text: str
    exact: Digest
    loose: Digest
    sent: Digest
    gist: Digest
    is_sent: bool = False
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Alignment:
    """A piece of the old conversation, of the new one, or of both."""

    became: Became
    old: TurnPiece | None
    new: TurnPiece | None


def pieces_of(turns: Iterable[Turn]) -> tuple[TurnPiece, ...]:
    """Split turns into pieces, in order. For an answer given by several exchanges, the first counts."""
    names: dict[str, str] = {}
    found: list[TurnPiece] = []
    for turn in turns:
        found += _asked(turn, names) if isinstance(turn, AskedMessage) else _answered(turn, names)
    return tuple(found)


def _asked(turn: AskedMessage, names: dict[str, str]) -> Iterator[TurnPiece]:
    message, ids = turn.message, Ids()
    calls = [part for part in message.parts if isinstance(part, ToolCall)]
    names |= {call.id: call.name for call in calls if call.id}
    if message.role in SENT:
        rest = tuple(part for part in message.parts if not isinstance(part, ToolCall))
        words = words_of(rest)
        if words or not calls:
            yield _piece(turn.number, ANSWER, words, _repeated(words), turn.exchange, is_sent=True)
        yield from (_call(turn.number, call, turn.exchange, is_sent=True) for call in calls)
        return
    tools = [part.name or names.get(part.call_id, "") for part in message.parts if isinstance(part, ToolResult)]
    said = [message.name, [said_of_part(part, ids) for part in message.parts]]
    yield _piece(turn.number, " ".join((message.role, *tools)), words_of(message.parts), said, turn.exchange)


def _answered(turn: Answered, names: dict[str, str]) -> Iterator[TurnPiece]:
    entry = turn.entries[0].key
    exchange = turn.entries[0].exchange
    if exchange.error is not None:
        error = [exchange.error.type, exchange.error.status, exchange.error.message]
        yield _piece(turn.number, "error", exchange.error.message, error, exchange, entry=entry)
    for output in exchange.outputs:
        others = [said_of_part(part, Ids()) for part in output.parts]
        said = [output.content, output.reasoning, output.refusal]
        if any((*said, *others)) or not output.tool_calls:
            words = " ".join(filter(None, (output.content, output.refusal, words_of(output.parts))))
            full = [*said, others, output.finish_reason]
            yield _piece(turn.number, ANSWER, words, _repeated(words), exchange, full, entry=entry)
        for call in output.tool_calls:
            if call.id:
                names[call.id] = call.name
            yield _call(turn.number, call, exchange, entry=entry)
    if not exchange.outputs and exchange.error is None:
        yield _piece(turn.number, ANSWER, "", _repeated(""), exchange, [], entry=entry)


def _repeated(words: str) -> list[Json]:
    return ["said", words]


def _call(
    number: int, call: ToolCall, exchange: Exchange | None, *, is_sent: bool = False, entry: str = ""
) -> TurnPiece:
    asked = [call.name, arguments_as_json(call.arguments)]
    text = encode(asked, is_sorted=True).decode()
    return _piece(number, f"call {call.name}", text, asked, exchange, is_sent=is_sent, entry=entry)


def _piece(
    number: int,
    kind: str,
    text: str,
    sent: Json,
    exchange: Exchange | None,
    full: Json = None,
    *,
    is_sent: bool = False,
    entry: str = "",
) -> TurnPiece:
    """Return a piece. sent: what a request would repeat of it; full: everything that counts, if that is more.

    exchange: the one that contains it, whose masks may hide different secrets.
    """
    short = _digests(kind, sent, exchange)
    long = short if full is None else _digests(kind, full, exchange)
    return TurnPiece(number, kind, text, *long, *short, is_sent, entry)


def _digests(kind: str, said: Json, exchange: Exchange | None) -> tuple[Digest, Digest]:
    written = canonical([kind, said])
    return digest_of([kind, said], exchange), digest_of(blinded(written.decode("utf-8", "replace")), exchange)


Paired = Mapping[str, str]
"""By key of an old exchange, the new one of the same call."""


def aligned(old: Iterable[Turn], new: Iterable[Turn], paired: Paired | None = None) -> tuple[Alignment, ...]:
    """Align two conversations, in the order of the new one; gone pieces come where they were.

    paired: exchanges known to be the same call: their answers are aligned, however different. First the longest common
    subsequence of pieces equal except for ids is aligned; between them, pieces of one kind are paired in order by
    similarity; equal pieces left over on both sides are shown as moved.
    """
    known = paired or {}
    found = list(_in_order(pieces_of(old), pieces_of(new), known))
    return tuple(_moved(_brought_together(found, known)))


def _in_order(old: Sequence[TurnPiece], new: Sequence[TurnPiece], paired: Paired) -> Iterator[Alignment]:
    at = there = 0
    runs = common([one.gist for one in old], [one.gist for one in new]) or []
    for place, other, length in [*runs, (len(old), len(new), 0)]:
        yield from _gap(old[at:place], new[there:other], paired)
        for step in range(length):
            before, after = old[place + step], new[other + step]
            yield Alignment(_became(before, after), before, after)
        at, there = place + length, other + length


def _became(old: TurnPiece, new: TurnPiece) -> Became:
    """Return what happened to a piece whose repetition in a request is equal except for ids."""
    if old.is_sent or new.is_sent:
        return Became.SAME if old.sent == new.sent else Became.ONLY_IDS
    if old.exact == new.exact:
        return Became.SAME
    return Became.ONLY_IDS if old.loose == new.loose else Became.CHANGED


def _gap(old: Sequence[TurnPiece], new: Sequence[TurnPiece], paired: Paired) -> Iterator[Alignment]:
    """Pair the pieces between common runs, in order."""
    pairs = _pairs(old, new, paired) if len(old) * len(new) <= CELLS else _by_kind(old, new, paired)
    at = there = 0
    for place, other in [*pairs, (len(old), len(new))]:
        yield from (Alignment(Became.REMOVED, one, None) for one in old[at:place])
        yield from (Alignment(Became.INSERTED, None, one) for one in new[there:other])
        if place < len(old):
            yield Alignment(Became.CHANGED, old[place], new[other])
        at, there = place + 1, other + 1


def _pairs(old: Sequence[TurnPiece], new: Sequence[TurnPiece], paired: Paired) -> list[tuple[int, int]]:
    """Return the pairs of indexes, in order, with the highest total similarity."""
    words, others = [_words(one) for one in old], [_words(one) for one in new]
    is_alone = all(sum(one.kind == ANSWER for one in some) == 1 for some in (old, new))
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(one, two, words[i], others[j], paired) for j, two in enumerate(new)] for i, one in enumerate(old)]
    if is_alone:  # it answers the same, however different
        i, j = (next(place for place, one in enumerate(some) if one.kind == ANSWER) for some in (old, new))
        alike[i][j] = max(alike[i][j], LEAST)
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


def _by_kind(old: Sequence[TurnPiece], new: Sequence[TurnPiece], paired: Paired) -> list[tuple[int, int]]:
    """Return pairs of indexes for gaps too large to score: the next of the same kind."""
    found, there = [], 0
    for at, one in enumerate(old):
        other = next((place for place in range(there, min(len(new), there + 100)) if new[place].kind == one.kind), -1)
        if other >= 0 and _alike(one, new[other], _words(one), _words(new[other]), paired):
            found.append((at, other))
            there = other + 1
    return found


def _words(piece: TurnPiece) -> Counter[str]:
    text = piece.text if len(piece.text) <= GIST else piece.text[: GIST // 2] + piece.text[-GIST // 2 :]
    return Counter(token for token in tokens(blinded(text)) if not token.isspace())


def _alike(old: TurnPiece, new: TurnPiece, words: Counter[str], others: Counter[str], paired: Paired) -> float:
    """Return the similarity of two pieces; 0 for different kinds or below the limit; above 1 for those of one call."""
    if old.kind != new.kind:
        return 1.0 if old.text and old.text == new.text and {old.kind, new.kind} <= ROLES else 0.0
    total = words.total() + others.total()
    alike = 2 * (words & others).total() / total if total else 1.0
    if _is_one_call(old, new, paired) and (alike >= LIKE or old.kind == ANSWER):
        return 1 + alike
    if alike < LIKE:
        return 0.0
    return alike if old.is_sent == new.is_sent else alike * SENT_AND_RECORDED


def _is_one_call(old: TurnPiece, new: TurnPiece, paired: Paired) -> bool:
    return bool(old.entry) and paired.get(old.entry) == new.entry


def _brought_together(found: Sequence[Alignment], paired: Paired) -> list[Alignment]:
    """Join the answers of one call whose order changed, at their new place."""
    gone = {
        one.old.entry: place
        for place, one in enumerate(found)
        if one.became is Became.REMOVED and one.old is not None and one.old.kind == ANSWER and one.old.entry in paired
    }
    before = {paired[entry]: place for entry, place in gone.items()}
    taken: set[int] = set()
    made: list[tuple[int, Alignment]] = []
    for place, one in enumerate(found):
        is_new = one.became is Became.INSERTED and one.new is not None and one.new.kind == ANSWER
        from_ = before.pop(one.new.entry, -1) if is_new and one.new is not None else -1
        if from_ >= 0:
            taken.add(from_)
            one = Alignment(Became.CHANGED, found[from_].old, one.new)
        made.append((place, one))
    return [one for place, one in made if place not in taken]


def _moved(found: list[Alignment]) -> Iterator[Alignment]:
    """Mark a removed piece that was inserted elsewhere as moved, at its new place."""
    gone: dict[Digest, list[int]] = {}
    for place, one in enumerate(found):
        if one.became is Became.REMOVED and one.old is not None:
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
