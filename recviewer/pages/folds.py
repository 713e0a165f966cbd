"""Folds: what a page leaves out at first, with how much it is. Nothing is cut without one.

A fold's body stands in the page when it is small, or when the address asks for it (`?open=<name>`). Otherwise it is
fetched from that same address when somebody opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

INLINE_BYTES = 1_500
"""A body up to about this size stands in the page at once."""


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
        """The query of the page with this fold open; a fragment answer to it is the body alone."""
        kept = f"{self.kept}&" if self.kept else ""
        return f"?{kept}" + "&".join(f"open={quote(name)}" for name in (*self.inside, self.name))

    @property
    def url(self) -> str:
        """The same, at the place of the fold."""
        return f"{self.query}#fold-{quote(self.name)}"


@dataclass(slots=True)
class Folds:
    """The folds of one page while it is put together. asked: names that the address wants open. kept: as in `Fold`."""

    asked: frozenset[str] = frozenset()
    found: dict[str, Fold] = field(default_factory=dict)
    around: list[str] = field(default_factory=list)
    kept: str = ""

    @classmethod
    def asked_by(cls, names: Iterable[str], kept: str = "") -> Folds:
        """Start with the names given in the address."""
        return cls(frozenset(names), kept=kept)

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
        """Make a fold. weight: about how many bytes its body has. make: gives the body, if it is wanted."""
        wanted = name in self.asked
        inside = tuple(self.around)
        body = None
        if wanted or is_open or weight <= INLINE_BYTES:
            self.around.append(name)
            body = make()
            self.around.pop()
        made = Fold(name, title, detail, size, template, body, wanted or is_open, inside, self.kept)
        self.found[name] = made
        return made
