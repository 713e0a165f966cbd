"""Bars of an inline drawing: only numbers, so that a template can write them as SVG attributes."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 800, 40
"""Size of a drawing of what commits did, one after the other."""


@dataclass(frozen=True, slots=True)
class CommitBar:
    """The state after one commit, or after several. url: of what these did, "" if nothing came before."""

    x: int
    y: int
    width: int
    height: int
    title: str
    url: str
