"""What is told of a kind of secrets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from recviewer.secrets.live import is_fake, is_made, is_public


class Level(StrEnum):
    """How bad a secret is: red gives access, amber tells who or expires, grey is worth knowing."""

    RED = "red"
    AMBER = "amber"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class SecretKind:
    """One kind of secret. name: also in findings. called: for people, with its article.

    hints: one of them stands in every text that holds such a secret, in small letters where `pattern` ignores case.
    pattern: finds it; its group `secret` is what is masked, and `shown` before it is kept. holds: whether what was found
    could be one. is_masked: whether it is hidden. is_guessable: people choose such secrets, so a mask tells less of them.
    is_in_address: it stands before a host, where brackets would spoil the address. quick: finds something wherever `pattern`
    does, and takes less time where there is nothing to find; None for kinds whose pattern is quick itself. quick_low: the
    same, of the text in small letters.
    """

    name: str
    called: str
    level: Level
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = lambda _: True
    is_masked: bool = True
    is_guessable: bool = False
    is_in_address: bool = False
    quick: re.Pattern[str] | None = None
    quick_low: re.Pattern[str] | None = None


def is_key(value: str) -> bool:
    """Tell whether a value looks made by a machine, and does not say that it is no key."""
    return not is_fake(value) and is_made(value)


def is_mixed(value: str) -> bool:
    """Of keys with a short beginning: both cases of letters and digits."""
    return is_key(value) and value.lower() != value != value.upper() and not is_public(value)
