"""What is known of a secret found in a recording."""

from __future__ import annotations

from typing import NamedTuple


class Secret(NamedTuple):
    """A secret found in a recording. kind: its name, see `recviewer.secrets`. called: its name for people, with an
    article.

    level: `red`, `amber` or `grey`. where: a JSON path in the file, or `file`. told: the mask that is shown in its
    place. proof: a digest that is unique to the secret (a mask has only a few digits of it); only for comparison, never
    shown.
    """

    kind: str
    called: str
    level: str
    where: str
    told: str
    proof: str = ""
