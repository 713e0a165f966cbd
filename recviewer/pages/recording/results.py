"""Replies without choices: tables, vectors, hits, passages; for templates/exhibits/."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from math import isfinite, sqrt
from typing import Any, ClassVar

from recviewer.exchange.model import Exchange, Exhibit, Hits, Json, Kind, Output, Passages, Table, Vector
from recviewer.pages.templatetags.words import NAME, counted
from recviewer.pages.text.folds import Fold, Folds, weight_of
from recviewer.pages.text.jsontext import compact, pretty
from recviewer.pages.text.texts import SECOND, ShownText, amount, shortened, words

ROWS = 12
"""Rows of a listing, vectors, hits or passages that are in the page at once."""

COLUMNS = 320
"""Steps of a trace: one min–max stroke each."""

HALF = 20

VECTOR = 7_000
"""Characters of markup for a vector."""

TABLE_COLUMNS = 24
"""Columns of a table that are shown."""

_TIMES = re.compile(r"(?:^created|[_ ]at)$")
"""Names of columns that hold times."""

_SECONDS = range(10**9, 4 * 10**9)
"""Numbers that are times of the years 2001 to 2096, in seconds since 1970."""

FACTS = 40
"""Facts about all passages that are shown, and names of the facts about one."""

FACTS_TEXT = 100_000
"""Characters of the facts about one passage that are shown."""


@dataclass(frozen=True, slots=True)
class TableView:
    """Rows of a listing. figures: for each column, whether it holds numbers."""

    template: ClassVar[str] = "exhibits/_table.html"
    title: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[tuple[str, bool], ...], ...]
    more: Fold | None


@dataclass(frozen=True, slots=True)
class VectorView:
    """One vector. trace: an SVG path of min–max strokes. facts: norm, min, max. first: the first values as recorded."""

    template: ClassVar[str] = "exhibits/_vector.html"
    index: int
    trace: str
    width: int
    facts: tuple[tuple[str, str], ...]
    first: str
    more: int
    odd: str


@dataclass(frozen=True, slots=True)
class HitView:
    """One search result. score: as recorded, "" if there is none. index: its place in what was ranked."""

    title: str
    url: str
    words: ShownText | None
    score: str
    index: int | None


@dataclass(frozen=True, slots=True)
class HitsView:
    """Search results or scores."""

    template: ClassVar[str] = "exhibits/_hits.html"
    title: str
    hits: tuple[HitView, ...]
    sent: Fold | None
    more: Fold | None


@dataclass(frozen=True, slots=True)
class PassageView:
    """One passage. facts: a fold with its metadata."""

    number: int
    words: ShownText
    facts: Fold | None


@dataclass(frozen=True, slots=True)
class PassagesView:
    """The passages that a file was split into."""

    template: ClassVar[str] = "exhibits/_passages.html"
    title: str
    passages: tuple[PassageView, ...]
    facts: tuple[tuple[str, str], ...]
    more: Fold | None


Shown = TableView | VectorView | HitsView | PassagesView


def exhibits_of(exchange: Exchange, folds: Folds) -> tuple[tuple[Shown, ...], Fold | None]:
    """Return the exhibits of a reply without choices, and the fold with the rest of many."""
    exhibits = exchange.exhibits
    return folds.some(
        "exhibits",
        len(exhibits),
        lambda at: _view(exhibits[at], at, exchange, folds),
        "result",
        template="folds/_exhibits.html",
        first=ROWS if len(exhibits) <= ROWS else ROWS // 2,
    )


def _view(exhibit: Exhibit, place: int, exchange: Exchange, folds: Folds) -> Shown:
    match exhibit:
        case Table():
            return _table(exhibit, place, folds)
        case Vector():
            folds.spend(VECTOR)
            return vector_view(exhibit)
        case Hits():
            return _hits(exhibit, place, exchange, folds)
        case Passages():
            return _passages(exhibit, place, folds)


def _table(table: Table, place: int, folds: Folds) -> TableView:
    told = [at for at in range(len(table.columns)) if any(row[at] not in (None, "") for row in table.rows)]
    shown = (told or range(len(table.columns)))[:TABLE_COLUMNS]  # empty columns take no space
    columns = [table.columns[at] for at in shown]
    figures = [bool(table.rows) and all(_is_number(row[at]) or row[at] is None for row in table.rows) for at in shown]
    left = len(told or table.columns) - len(columns)

    def view(at: int) -> tuple[tuple[str, bool], ...]:
        row = tuple(
            [
                (_dated(table.columns[column], table.rows[at][column]), is_figure)
                for column, is_figure in zip(shown, figures, strict=True)
            ]
        )
        folds.spend(sum(weight_of(cell[:NAME]) + 40 for cell, _ in row))
        return (*row, (f"{left:,} more", False)) if left else row

    rows, more = folds.some(
        f"rows-{place}",
        len(table.rows),
        view,
        table.title.removesuffix("s"),
        template="folds/_rows.html",
        first=len(table.rows) if len(table.rows) <= ROWS + 3 else ROWS,
    )
    heads = [(shortened(name, 60), is_figure) for name, is_figure in zip(columns, figures, strict=True)]
    return TableView(table.title, (*heads, *([("…", False)] if left else [])), rows, more)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _dated(column: str, value: Json) -> str:
    """Return a cell of a column; seconds since 1970 in a column of times also as a day in UTC."""
    told = _cell(value)
    is_time = isinstance(value, int) and value in _SECONDS and bool(_TIMES.search(column))
    return f"{told} ({datetime.fromtimestamp(value, UTC):%-d\u00a0%b\u00a0%Y})" if is_time else told


def _cell(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else compact(value, NAME)


def vector_view(vector: Vector) -> VectorView:
    """Summarise a vector. All zero, NaN or constant is visible at once."""
    values = vector.values
    finite = [value for value in values if isfinite(value)]
    odd = len(values) - len(finite)
    facts: tuple[tuple[str, str], ...] = ()
    if finite:
        norm = sqrt(sum(value * value for value in finite))
        facts = (("norm", f"{norm:.6f}"), ("min", _number(min(finite))), ("max", _number(max(finite))))
    notes = []
    if odd:
        notes.append(f"{counted(odd, 'value')} not finite")
    if finite and not any(finite):
        notes.append("all zero")
    if vector.encoding != "float":
        notes.append(f"sent as {vector.encoding}")
    path, width = trace(values)
    first = ", ".join(_number(value) for value in values[:6])
    return VectorView(vector.index, path, width, facts, first, max(0, len(values) - 6), ", ".join(notes))


def _number(value: float) -> str:
    text = str(value)
    return text if len(text) <= 14 else f"{value:.9g}"


def trace(values: tuple[float, ...]) -> tuple[str, int]:
    """Return an SVG path through the maximum and minimum of each step, and its width. Gaps: not finite."""
    if not values:
        return "", 1
    largest = max((abs(value) for value in values if isfinite(value)), default=0.0) or 1.0
    steps = min(COLUMNS, len(values))
    points: list[str] = []
    is_up = False
    for step in range(steps):
        group = values[step * len(values) // steps : (step + 1) * len(values) // steps]
        known = [value for value in group if isfinite(value)]
        if not known:
            is_up = True
            continue
        top = HALF - max(known) / largest * (HALF - 1)
        bottom = HALF - min(known) / largest * (HALF - 1)
        points.append(f"{'M' if is_up or not points else 'L'}{2 * step + 1} {top:.1f}")
        if bottom - top > 0.05:
            points.append(f"V{bottom:.1f}")
        is_up = False
    return "".join(points), 2 * steps


def _hits(hits: Hits, place: int, exchange: Exchange, folds: Folds) -> HitsView:
    def view(at: int) -> HitView:
        hit = hits.hits[at]
        text = words(folds, f"hit-{place}-{at}", hit.text, SECOND) if hit.text else None
        return HitView(hit.title, hit.url, text, "" if hit.score is None else str(hit.score), hit.index)

    shown, more = _some(len(hits.hits), view, f"hits-{place}", hits.title, "folds/_hits.html", folds)
    sent = _sent(exchange.outputs[0], folds) if exchange.kind is Kind.TOOL and exchange.outputs else None
    return HitsView(hits.title, shown, sent, more)


def _some(
    count: int, view: Callable[[int], Any], name: str, title: str, template: str, folds: Folds
) -> tuple[tuple[Any, ...], Fold | None]:
    """Show the first few of many things; the rest is a fold."""
    first = count if count <= ROWS + 3 else ROWS
    return folds.some(name, count, view, title.removesuffix("s"), template=template, first=first)


def _sent(output: Output, folds: Folds) -> Fold:
    return folds.text(
        "sent",
        "the result as it was sent",
        output.content,
        detail=output.content[:120],
        much=amount(output.content),
        template="folds/_code.html",
    )


def _passages(passages: Passages, place: int, folds: Folds) -> PassagesView:
    def view(at: int) -> PassageView:
        passage = passages.passages[at]
        text = words(folds, f"passage-{place}-{at}", passage.text, SECOND)
        return PassageView(at + 1, text, _facts(passage.facts, f"passage-{place}-{at}", folds))

    count = len(passages.passages)
    shown, more = _some(count, view, f"passages-{place}", passages.title, "folds/_passages.html", folds)
    facts = tuple([(shortened(key, 60), _cell(value)) for key, value in islice(passages.facts.items(), FACTS)])
    folds.spend(sum(weight_of(value[:NAME]) + 60 for _, value in facts))
    return PassagesView(passages.title, shown, facts, more)


def _facts(facts: dict[str, Any], name: str, folds: Folds) -> Fold | None:
    if not facts:
        return None
    indented = pretty(facts, FACTS_TEXT)
    return folds.text(
        f"{name}-facts",
        "metadata",
        indented,
        detail=", ".join(islice(facts, FACTS)),
        much=amount(indented),
        template="folds/_json.html",
    )
