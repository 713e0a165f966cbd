"""Recorded text as HTML: escaped, with invisible characters named, and truncated with the number of omitted characters."""

from __future__ import annotations

from html import escape

from recviewer.difference.model import Words, shown
from recviewer.difference.values import ABSENT
from recviewer.difference.words import Grain, Op
from recviewer.exchange import hidden

TEXT = 20_000
"""Most characters shown of one text; the file states how many are omitted."""

NAME = 600
"""Most characters shown of a name or a path."""

CONTEXT = 400
"""Characters of an unchanged span between two changes that are shown, half at each end; the rest is collapsed."""

BLOCK = 80
"""Deletions of this many characters or more are not struck through, for readability."""

_GRAINS = {
    Grain.WORDS: "",
    Grain.LINES: "compared line by line, for it is long",
    Grain.BLOCK: "too different for words: the old text, then the new one",
}


def text(value: str) -> str:
    """Return text as HTML, with invisible characters named."""
    made = escape(value)
    if value.isascii() and value.isprintable():
        return made
    return hidden.RUN.sub(lambda found: f'<span class="mark">{hidden.named(found)}</span>', made)


def name(value: str) -> str:
    """Return a recorded value, truncated if very long, isolated so that its writing direction does not affect its
    surroundings.
    """
    return f"<bdi>{cut(value, NAME)}</bdi>"


def cut(value: str, most: int = TEXT) -> str:
    """Return text, truncated if it or its markup is too long, with the number of omitted characters."""
    end = min(len(value), most)
    made = text(value[:end])
    while len(made) > 5 * most:
        end //= 2
        made = text(value[:end])
    if end == len(value):
        return made
    return f'{made}<span class="note"> … {len(value) - end:,} more characters</span>'


def said(value: str) -> str:
    """Return the text of a person or a model."""
    return f'<div class="words">{cut(value)}</div>'


def fold(head: str, body: str) -> str:
    """Return a collapsible section. head, body: HTML."""
    return f'<details class="fold"><summary>{head}</summary>{body}</details>'


def words(item: Words) -> str:
    """Return a text with its deletions and insertions marked."""
    spans = item.words.spans
    made = []
    for place, span in enumerate(spans):
        if span.op is Op.SAME:
            made.append(_same(span.text, is_first=place == 0, is_last=place == len(spans) - 1))
        elif span.op is Op.GONE:
            kind = ' class="block"' if len(span.text) > BLOCK or "\n" in span.text else ""
            made.append(f"<del{kind}>{cut(span.text)}</del>")
        else:
            made.append(f"<ins>{cut(span.text)}</ins>")
    notes = [note for note in (_GRAINS[item.words.grain], *map(text, item.words.spelled)) if note]
    if item.words.unspelled:
        notes.append(f"and {item.words.unspelled:,} more")
    told = f'<p class="note">{"<br>".join(notes)}</p>' if notes else ""
    return f'<div class="words">{"".join(made)}</div>{told}'


def _same(value: str, *, is_first: bool, is_last: bool) -> str:
    """Return an unchanged span: a long one is collapsed, except at its ends next to changes."""
    if len(value) <= CONTEXT:
        return text(value)
    half = CONTEXT // 2
    head = "" if is_first else value[: _gap(value, half, half // 2)]
    tail = "" if is_last else value[_gap(value, len(value) - half, half // 2) :]
    middle = value[len(head) : len(value) - len(tail)]
    return text(head) + fold(f"{len(middle):,} equal characters", f"<div>{cut(middle)}</div>") + text(tail)


def _gap(value: str, place: int, most: int) -> int:
    """Return the offset after the last white space before an offset, at most `most` characters away."""
    found = max(value.rfind(" ", place - most, place), value.rfind("\n", place - most, place))
    return place if found < 0 else found + 1


def value(path: str, old: object, new: object) -> str:
    """Return a changed value as a table row: path, old, new."""
    before = "" if old is ABSENT else f"<del>{cut(shown(old))}</del>"
    after = "" if new is ABSENT else f"<ins>{cut(shown(new))}</ins>"
    return f"<div><dt>{text(path or '(all)')}</dt><dd>{before} {after}</dd></div>"
