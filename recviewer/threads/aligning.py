"""Two generations of a conversation beside each other: which turn of the new one is which of the old one.

Answers are taken apart into their words and each of their calls, so that a call which is made in another turn now is said to
have moved, and not to be lost.
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
"""Pieces of one kind that are less alike than this are one gone and one new."""

LEAST = 0.001
"""How alike two answers are at least that stand alone between what stayed the same."""

ANSWER = "answer"

ROLES = frozenset({"user", "system", "developer"})
"""Roles of instructions: the same words under another of them are the same message under another role."""

SENT_AND_RECORDED = 0.5
"""How much less alike a recorded answer is to one that only a request holds than to another recorded one."""

GIST = 4_000
"""Characters of a piece by which it is told how alike it is to another."""

CELLS = 10_000
"""Pairs of pieces that are weighed in one gap; beyond it they are paired in order."""


class Became(StrEnum):
    """What became of a piece. same: nothing of it differs; of an answer that only requests repeat, nothing that they repeat.

    only_ids: it says the same but for ids that were made anew in its text.
    """

    SAME = "same"
    ONLY_IDS = "only_ids"
    CHANGED = "changed"
    MOVED = "moved"
    INSERTED = "inserted"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TurnPiece:
    """A message, the words of an answer, or one of its calls. turn: its number in its conversation.

    kind: what may be compared: role, and the tool's name of a call or a result; "answer" for words that a model said.
    text: its words. exact: of all that counts of it; loose: of the same without ids that were made anew, in whatever text
    they stand. sent, gist: likewise of what a later request would repeat of it. is_sent: no recording has it as an answer,
    so that only what a request repeats is known. entry: key of the exchange that gave it, "" where none did.
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
    """Take turns apart, in their order. Of an answer that several exchanges gave, the first one counts."""
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
    """Return a piece. sent: what a request would repeat of it; full: all that counts of it, where that is more.

    exchange: that holds it, whose secrets may be masked alike.
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
    """Align two conversations, in the order of the new one; what is gone stands where it was.

    paired: exchanges that are known to be one call, before and now: their answers go together, however unlike they are.
    The longest common run of what is the same but for ids comes first; between it, pieces of one kind are paired in order by
    how alike they are; what is left over on both sides has moved.
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
    """Tell what became of a piece of which a request would repeat the same, but for ids."""
    if old.is_sent or new.is_sent:
        return Became.SAME if old.sent == new.sent else Became.ONLY_IDS
    if old.exact == new.exact:
        return Became.SAME
    return Became.ONLY_IDS if old.loose == new.loose else Became.CHANGED


def _gap(old: Sequence[TurnPiece], new: Sequence[TurnPiece], paired: Paired) -> Iterator[Alignment]:
    """Pair what lies between equal runs, in order."""
    pairs = _pairs(old, new, paired) if len(old) * len(new) <= CELLS else _by_kind(old, new, paired)
    at = there = 0
    for place, other in [*pairs, (len(old), len(new))]:
        yield from (Alignment(Became.REMOVED, one, None) for one in old[at:place])
        yield from (Alignment(Became.INSERTED, None, one) for one in new[there:other])
        if place < len(old):
            yield Alignment(Became.CHANGED, old[place], new[other])
        at, there = place + 1, other + 1


def _pairs(old: Sequence[TurnPiece], new: Sequence[TurnPiece], paired: Paired) -> list[tuple[int, int]]:
    """Return the places that go together, in order, so that they are most alike taken together."""
    words, others = [_words(one) for one in old], [_words(one) for one in new]
    is_alone = all(sum(one.kind == ANSWER for one in some) == 1 for some in (old, new))
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(one, two, words[i], others[j], paired) for j, two in enumerate(new)] for i, one in enumerate(old)]
    if is_alone:  # it answers the same, however unlike it is
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
    """Return places that go together where there are too many to weigh: the next of the same kind."""
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
    """Return how alike two pieces are, 0 where they are of other kinds or not alike enough; over 1 for those of one call."""
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
    """Put answers of one call together that stand in another order before and now; told where they stand now."""
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
    """Say of a piece that was taken out and stands elsewhere now that it moved; it is told where it stands now."""
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
