"""The map of a test's turns on its page: before over now, a column for each piece, linked to the call that shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from recviewer.changes.model import Change
from recviewer.changes.turns import Strand, strands_of
from recviewer.exchange.amounts import counted
from recviewer.pages.text.classes import Look
from recviewer.threads.aligning import Alignment, Became, TurnPiece

BECAME = {
    Became.SAME: Look("same", "quiet", "same"),
    Became.ONLY_IDS: Look("note", "quiet", "other ids"),
    Became.CHANGED: Look("note", "note", "changed"),
    Became.MOVED: Look("note", "note", "moved"),
    Became.INSERTED: Look("plus", "good", "new"),
    Became.REMOVED: Look("minus", "bad", "gone"),
}
MOST = 16
"""Maximum number of columns with a piece each; with more, consecutive unchanged pieces share one."""
MOST_COLUMNS = 60
"""Columns that are shown at most."""
MOST_MAPS = 8
"""Maximum number of branches of one test that are drawn."""


@dataclass(frozen=True, slots=True)
class TurnColumn:
    """One piece, or several in a row that stayed the same.

    turn: its number now, or before where it is gone. kind: asked, system, call, result, answer, error: for the style. name:
    the same in words, with a tool's name. was: its number before where that is another one and it moved, else 0. old, new:
    whether it is there. url: where it is told, "" where no call here does. count: of pieces.
    """

    turn: int
    kind: str
    name: str
    look: Look
    old: bool
    new: bool
    was: int = 0
    url: str = ""
    count: int = 1

    @property
    def words(self) -> str:
        """All of it as one clause, for screen readers."""
        what = counted(self.count, "piece") if self.count > 1 else f"turn {self.turn}, {self.name}"
        return f"{what}: {self.look.title}{f', was turn {self.was}' if self.was else ''}"


@dataclass(frozen=True, slots=True)
class TurnMap:
    """said: how many pieces stayed and what became of the others. left: columns that are not shown.

    name: which of several branches of the test it is. begun: pieces at its beginning that the map of an earlier branch
    has.
    """

    columns: tuple[TurnColumn, ...]
    said: str
    left: int = 0
    name: str = ""
    begun: int = 0


def turn_maps_of(changes: Sequence[Change], calls: Mapping[str, int]) -> tuple[TurnMap, ...]:
    """Return the maps of one test's changes, one for each branch of its conversations that can be compared.

    None if only one call changed, because that call shows everything. calls: the number of each call on the page, by
    the paths of both sides.
    """
    if sum(not change.is_older for change in changes) < 2:
        return ()
    return tuple([_map(one, calls) for one in strands_of(changes)[:MOST_MAPS]])


def _map(strand: Strand, calls: Mapping[str, int]) -> TurnMap:
    found = strand.pieces
    answered = [
        {piece.turn for piece in side if piece and piece.entry} for side in zip(*map(_sides, found), strict=True)
    ]
    columns = [_column(one, _url(place, found, calls), answered) for place, one in enumerate(found)]
    if len(columns) > MOST:
        columns = _shortened(columns)
    tally = {became: sum(one.became is became for one in found) for became in BECAME}
    said = ", ".join(f"{number:,} {BECAME[became].title}" for became, number in tally.items() if number)
    left = max(0, len(columns) - MOST_COLUMNS)
    return TurnMap(tuple(columns[:MOST_COLUMNS]), said, left, strand.name, strand.begun)


def _sides(one: Alignment) -> tuple[TurnPiece | None, TurnPiece | None]:
    return one.old, one.new


def _column(one: Alignment, url: str, answered: Sequence[Collection[int]]) -> TurnColumn:
    """answered: turns of each side for which a recording has the answer."""
    piece = one.new or one.old
    assert piece is not None
    kind, _, tool = piece.kind.partition(" ")
    kind, name = _NAMES.get(kind, (kind, kind))
    if piece.is_sent and piece.turn in answered[1 if one.new is not None else 0]:
        name = "sent back"
    is_elsewhere = one.became is Became.MOVED and one.old is not None and one.new is not None
    was = one.old.turn if is_elsewhere and one.old and one.old.turn != piece.turn else 0
    return TurnColumn(
        piece.turn,
        kind,
        f"{name} {tool}".strip(),
        BECAME[one.became],
        one.old is not None,
        one.new is not None,
        was,
        url,
    )


_NAMES = {
    "user": ("asked", "asked"),
    "tool": ("result", "result"),
    "function": ("result", "result"),
    "developer": ("system", "developer"),
}
"""By the first word of a piece's kind, its style and its label."""


def _url(place: int, found: Sequence[Alignment], calls: Mapping[str, int]) -> str:
    """Return where a piece is shown: in the call that produced it, else in the next one, whose request contains it."""
    is_gone = found[place].new is None
    for one in found[place:]:
        piece: TurnPiece | None = one.old if is_gone else one.new
        number = calls.get(piece.entry) if piece is not None and piece.entry else None
        if number:
            return f"#call-{number}"
    return ""


def _shortened(columns: Iterable[TurnColumn]) -> list[TurnColumn]:
    made: list[TurnColumn] = []
    for is_same, group in groupby(columns, lambda one: one.look is BECAME[Became.SAME]):
        some = list(group)
        if is_same and len(some) > 2:
            first = some[0]
            made.append(TurnColumn(first.turn, "many", "", first.look, old=True, new=True, count=len(some)))
        else:
            made += some
    return made
