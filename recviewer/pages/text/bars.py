"""Bars of a drawing that stands in a page: numbers only, so that a template can write them as SVG attributes."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 800, 40
"""Of a drawing of what commits did, one after the other."""


@dataclass(frozen=True, slots=True)
class CommitBar:
    """What there was after one commit, or after several. url: of what these did, "" where nothing came before."""

    x: int
    y: int
    width: int
    height: int
    title: str
    url: str
