"""What is told of a secret that a recording holds."""

from __future__ import annotations

from typing import NamedTuple


class Secret(NamedTuple):
    """A secret that a recording holds. kind: its name, see `recviewer.secrets`. called: for people, with its article.

    level: `red`, `amber` or `grey`. where: a JSON path in the file, or `file`. told: what is shown of it: its mask. proof: a
    digest that no two secrets share, where a mask has a few digits of one: for comparing alone, it is shown nowhere.
    """

    kind: str
    called: str
    level: str
    where: str
    told: str
    proof: str = ""
