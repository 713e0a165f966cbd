"""Recorded text on a page: whole if it is short, else its beginning and a fold with the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from recviewer.pages.templatetags.words import counted, size
from recviewer.pages.text import prose
from recviewer.pages.text.folds import OPENED, Fold, Folds, fitting, weight_of
from recviewer.pages.text.jsontext import parse, pretty
from recviewer.pages.text.tree import TreeStep, json_in, tree

_CALL_SHAPED = re.compile(
    r"^\s*(?:<\|python_tag\|>|<tool_call>|\[\w[\w.]*\(.*\)\]\s*$|"
    r'\{\s*"(?:type"\s*:\s*"function"\s*,\s*")?(?:name|function)"\s*:\s*"[^"]+".*"(?:parameters|arguments)"\s*:)',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ShownText:
    """Text to show. shown: the part in the page. rest: the fold with what was left out, None if nothing was.

    as_json: a fold with the same text as a tree, or indented. pieces: (chunk number, text), if boundaries can be shown.
    is_data: written by a machine for a machine, and set like code. markdown: rendered, if requested.
    """

    template: ClassVar[str] = "parts/_text.html"
    shown: str
    rest: Fold | None = None
    as_json: Fold | None = None
    pieces: tuple[tuple[int, str], ...] = ()
    is_data: bool = False
    markdown: bool = False

    @property
    def may_be_markdown(self) -> bool:
        """Whether it is worth rendering as Markdown."""
        return not self.is_data and len(self.shown) <= prose.LONGEST and prose.looks_like_markdown(self.shown)


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of a text is in the page at once."""

    characters: int
    lines: int


ANSWER = Limit(24_000, 400)
TURN = Limit(4_000, 60)
RESULT = Limit(1_600, 24)
QUESTION = Limit(480, 8)
SECOND = Limit(1_200, 16)


def cut(text: str, limit: Limit) -> int:
    """Return where a text is cut to respect a limit: after a line, else after a word; its length if it fits.

    A rest of less than a fifth of the limit is not folded.
    """
    end = len(text)
    lines = _nth_line_end(text, limit.lines + limit.lines // 5)
    if end <= limit.characters * 6 // 5 and lines == end:
        return end
    end = min(limit.characters, _nth_line_end(text, limit.lines))
    line = text.rfind("\n", end // 2, end)
    if line > 0:
        return line + 1
    space = text.rfind(" ", end * 3 // 4, end)
    return space + 1 if space > 0 else end


def _nth_line_end(text: str, count: int) -> int:
    at = -1
    for _ in range(count):
        at = text.find("\n", at + 1)
        if at < 0:
            return len(text)
    return at + 1


def amount(text: str) -> str:
    """Say how much a text is: `213 lines, 9.3 kB`."""
    lines = text.count("\n") + 1
    much = size(len(text.encode("utf-8", "surrogatepass")))
    return f"{counted(lines, 'line')}, {much}" if lines > 1 else much


def words(folds: Folds, name: str, text: str, limit: Limit, pieces: tuple[tuple[int, str], ...] = ()) -> ShownText:
    """Make the shown part of a text, as much as the limit and the page's budget allow.

    name: unique in the page. pieces: its chunks, ignored if the text is cut or if their marks do not fit.
    """
    end = cut(text, limit)
    weight = weight_of(text[:end])
    if weight > folds.room:
        end = fitting(text[:end], max(folds.room, 400))
        weight = weight_of(text[:end])
    folds.spend(weight)
    if pieces and len(pieces) * SEAM > folds.room:
        pieces = ()
    folds.spend(len(pieces) * SEAM)
    as_json = _as_json(folds, name, text)
    is_data = limit is RESULT and text.lstrip()[:1] in ("{", "[", "<")
    if end == len(text):
        return ShownText(text, as_json=as_json, pieces=pieces, is_data=is_data)
    rest = text[end:]
    fold = folds.text(
        f"{name}-rest",
        "the rest",
        rest,
        much=amount(rest),
        template="folds/_code.html" if is_data else "folds/_words.html",
    )
    return ShownText(text[:end], rest=fold, as_json=as_json, is_data=is_data)


SEAM = 50
"""Characters of markup for the mark of a chunk boundary."""

AS_JSON = 200_000
"""Maximum length of a text that is also shown as JSON."""

STEP_WEIGHT = 150
"""Characters of markup for a line of a tree besides its text."""

FEW_STEPS = 4
"""Number of lines up to which a tree tells no more than the text does."""


def _as_json(folds: Folds, name: str, text: str) -> Fold | None:
    """Fold the JSON of a text: as a tree or, if it is too large for one, indented."""
    if not 24 <= len(text) <= AS_JSON or not (inside := json_in(text)):
        return None
    steps = tree(inside)
    if steps is not None:
        weight = weight_of(inside) + STEP_WEIGHT * len(steps)
        if weight <= OPENED and len(steps) > FEW_STEPS:

            def make() -> tuple[TreeStep, ...]:
                folds.spend(weight)
                return steps

            return folds.fold(
                f"{name}-json",
                "as JSON",
                detail="the same text, as a tree",
                size=counted(sum(step.what != "close" for step in steps), "value"),
                template="folds/_tree.html",
                make=make,
                weight=weight,
            )
    if inside is not text or "\n" in text.strip()[:400]:
        return None
    parsed = parse(text)
    if parsed.error:
        return None
    indented = pretty(parsed.value)
    return folds.text(
        f"{name}-json",
        "as JSON",
        indented,
        detail="the same text, indented",
        much=counted(indented.count("\n") + 1, "line"),
        template="folds/_json.html",
    )


def shortened(text: str, most: int) -> str:
    """Return a name, cut if it is longer than any real one."""
    return text if len(text) <= most else f"{text[:most]}… {len(text) - most:,} more characters"


def is_call_shaped(text: str) -> bool:
    """Tell whether an answer looks like a function call that a model wrote as text."""
    return bool(_CALL_SHAPED.match(text[:20_000]))
