"""Folds: what a page leaves out at first, with its size. Nothing is cut without one.

A fold's body is in the page if it is small, or if the URL asks for it (`?open=<name>`). Otherwise it is fetched from
that same URL when somebody opens it. A page has a limited budget for markup, whatever a file holds: of many things the
first ones are shown, as many as fit, and a fold holds the next ones; the same holds for an opened fold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.http import Http404
from django.utils.html import escape

from recviewer.exchange.hidden import RUN
from recviewer.pages.templatetags.words import counted, size
from recviewer.pages.text.highlight import TOKENS, tokens_in

INLINE_BYTES = 1_500
"""Approximate size up to which a body is in the page at once."""

ROOM = 380_000
"""Budget of a page in characters of markup for recorded content, besides folds that the URL opens."""

OPENED = 330_000
"""The same for all folds that the URL opens, and for one that is fetched."""

WINDOW = 200
"""Maximum number of things shown at once, if they fit."""

LEAST = 1_000
"""Minimum budget for opening a fold; with less it stays closed, and is fetched separately."""

PLAIN = 700
"""Characters of markup for a thing besides its words."""

PIECE = 60_000
"""Characters of a long text that an opened fold shows at once."""


@dataclass(frozen=True, slots=True)
class Window:
    """Some of many things, or a part of a long text. template: renders `body`. more: the next part, None at the end."""

    template: str
    body: Any
    more: Fold | None


WINDOWED = "folds/_window.html"


MARK = 38
"""Approximate characters of markup for a mark of something invisible."""

STEP = 1_000
"""Step in characters at which a text is measured, so that each part is measured only once."""


def weight_of(text: str, *, is_json: bool = False) -> int:
    """Return the approximate markup of a text in characters. is_json: it is shown in four tones."""
    plain = escape(text)
    if text.isascii() and text.isprintable():
        weight = len(plain)
    else:
        seen, marks = RUN.subn("", plain)
        weight = len(seen) + MARK * marks
    return weight + 26 * tokens if is_json and (tokens := tokens_in(text)) <= TOKENS else weight


def fitting(text: str, room: int, *, is_json: bool = False) -> int:
    """Return how many characters of a text fit into a budget, at least one; up to the end of a line if one is near."""
    end = _end_of(text, room, is_json=False)
    if is_json and tokens_in(text[:end]) <= TOKENS:
        end = _end_of(text[:end], room, is_json=True)
    line = text.rfind("\n", end // 2, end) if end < len(text) else -1
    return line + 1 if line > 0 else end


def _end_of(text: str, room: int, *, is_json: bool) -> int:
    limit, end = min(len(text), PIECE), 0
    while end < limit:
        step = text[end : min(limit, end + STEP)]
        weight = weight_of(step, is_json=is_json)
        if weight > room:
            break
        room -= weight
        end += len(step)
    if end:
        return end
    end = min(limit, STEP)
    while end > 200 and weight_of(text[:end], is_json=is_json) > room:
        end //= 2
    return end


@dataclass(frozen=True, slots=True)
class Fold:
    """One dashed line. name: unique in the page; `fold-<name>` is its element id.

    title: in bold, with a count. detail: what it holds, one line. size: how much, in words. template, body: what is
    inside; body is None where it is fetched. is_open: asked for. inside: names of the folds around it, outermost first.
    kept: the rest of the page's own query, which leads back to the same page.
    """

    name: str
    title: str
    detail: str
    size: str
    template: str
    body: Any
    is_open: bool = False
    inside: tuple[str, ...] = ()
    kept: str = ""

    @property
    def query(self) -> str:
        """The query of the page with this fold open; a fragment response to it is the body alone."""
        kept = f"{self.kept}&" if self.kept else ""
        return f"?{kept}" + "&".join(f"open={quote(name)}" for name in (*self.inside, self.name))

    @property
    def url(self) -> str:
        """The same, with the anchor of the fold."""
        return f"{self.query}#fold-{quote(self.name)}"


@dataclass(slots=True)
class Folds:
    """The folds of one page while it is put together.

    asked: names that the address wants open. kept: as in `Fold`. target: the one whose body alone is wanted, "" for the
    whole page. room: characters of markup that still fit where things are put just now; opened: into folds that the
    address opens.
    """

    asked: frozenset[str] = frozenset()
    found: dict[str, Fold] = field(default_factory=dict)
    around: list[str] = field(default_factory=list)
    kept: str = ""
    target: str = ""
    room: int = ROOM
    opened: int = OPENED

    @classmethod
    def asked_by(cls, names: Iterable[str], kept: str = "", *, is_part: bool = False) -> Folds:
        """Start with the names given in the address. is_part: the body of the last one alone is wanted."""
        listed = list(names)
        return cls(frozenset(listed), kept=kept, target=listed[-1] if is_part and listed else "")

    def wanted(self, name: str) -> Fold:
        """Return the fold with a name from a URL. Raises Http404."""
        found = self.found.get(name)
        if found is None:
            raise Http404(name)
        return found

    def spend(self, weight: int) -> None:
        """Take the markup of something from the budget."""
        self.room = max(0, self.room - weight)

    def fold(
        self,
        name: str,
        title: str,
        *,
        template: str,
        make: Callable[[], Any],
        weight: int,
        detail: str = "",
        size: str = "",
        is_open: bool = False,
    ) -> Fold:
        """Make a fold. weight: approximate bytes of its body. make: returns the body, if it is wanted."""
        inside = tuple(self.around)
        self.spend(PLAIN + weight_of(detail[:400]) + 50 * len(inside))
        wanted = name in self.asked and (name == self.target or self.opened > LEAST)
        body = None
        if wanted:
            body = self._opened(name, make)
        elif (is_open or weight <= INLINE_BYTES) and self.room > LEAST:
            body = self._inside(name, make)
        is_shown = wanted or (is_open and body is not None)
        made = Fold(name, title, detail[:400], size, template, body, is_shown, inside, self.kept)
        self.found[name] = made
        return made

    def _inside(self, name: str, make: Callable[[], Any]) -> Any:
        self.around.append(name)
        body = make()
        self.around.pop()
        return body

    def _opened(self, name: str, make: Callable[[], Any]) -> Any:
        """Make a body that the URL asks for, with its own budget."""
        left = self.room
        self.room = own = OPENED if name == self.target else self.opened
        body = self._inside(name, make)
        used = own - self.room
        if name != self.target:
            self.opened -= used
        self.room = left
        return body

    def some(
        self,
        name: str,
        count: int,
        view: Callable[[int], Any],
        noun: str,
        *,
        template: str,
        first: int = WINDOW,
        start: int = 0,
        total: int | None = None,
    ) -> tuple[tuple[Any, ...], Fold | None]:
        """Return the first of many things, and the fold with the next ones, None if there are none."""
        shown: list[Any] = []
        at = start
        while at < count and len(shown) < first and (self.room > PLAIN or not shown):
            self.spend(PLAIN)
            shown.append(view(at))
            at += 1
        if at == count:
            return tuple(shown), None
        return tuple(shown), self._next(name, at, count, view, noun, template, count if total is None else total)

    def _next(
        self, name: str, at: int, count: int, view: Callable[[int], Any], noun: str, template: str, total: int
    ) -> Fold:
        """Return the fold with the things from a place on, or from the one that the address asks for."""
        asked = [int(found[1]) for one in self.asked if (found := re.fullmatch(re.escape(name) + r"\.(\d{1,9})", one))]
        at = next((start for start in sorted(asked) if at <= start < count), at)
        end = min(count, at + WINDOW)

        def make() -> Window:
            shown, more = self.some(name, count, view, noun, template=template, start=at, total=total)
            return Window(template, shown, more)

        around, self.around = self.around, [one for one in self.around if not one.startswith(f"{name}.")]
        made = self.fold(
            f"{name}.{at}",
            f"{counted(count - at, f'more {noun}')}",
            detail=f"{at + 1:,} to {end:,} of {total:,}" if end < count else "",
            template=WINDOWED,
            make=make,
            weight=1 << 30,
        )
        self.around = around
        return made

    def text(
        self,
        name: str,
        title: str,
        text: str,
        *,
        template: str,
        detail: str = "",
        is_open: bool = False,
        much: str = "",
    ) -> Fold:
        """Fold a text. Of a long one a part is shown when it is opened, and a fold with what follows.

        much: how much it is, in words.
        """
        return self._text(name, name, title, text, 0, template, detail, is_open=is_open, much=much)

    def _text(
        self,
        stem: str,
        name: str,
        title: str,
        text: str,
        start: int,
        template: str,
        detail: str = "",
        *,
        is_open: bool = False,
        much: str = "",
    ) -> Fold:
        asked = [
            int(found[1]) for one in self.asked if (found := re.fullmatch(re.escape(stem) + r"\.at(\d{1,9})", one))
        ]
        is_json = template == "folds/_json.html"

        is_whole = not start and len(text) <= INLINE_BYTES

        def make() -> Any:
            end = start + fitting(text[start : start + PIECE], self.room, is_json=is_json)
            self.spend(weight_of(text[start:end], is_json=is_json))
            return text if is_whole else Window(template, text[start:end], following(end) if end < len(text) else None)

        def following(end: int) -> Fold:
            at = next((at for at in sorted(asked) if end <= at < len(text)), end)
            around, self.around = self.around, [one for one in self.around if not one.startswith(f"{stem}.at")]
            detail = f"from character {at + 1:,} of {len(text):,}"
            more = self._text(
                stem, f"{stem}.at{at}", "what follows", text, at, template, detail, much=size(len(text) - at)
            )
            self.around = around
            return more

        weight = weight_of(text, is_json=is_json) if is_whole else 1 << 30
        return self.fold(
            name,
            title,
            detail=detail,
            size=much,
            template=template if is_whole else WINDOWED,
            make=make,
            weight=weight,
            is_open=is_open,
        )
