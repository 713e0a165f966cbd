"""The definition of a kind of secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from recviewer.secrets.live import is_fake, is_made, is_public


class Level(StrEnum):
    """How severe a secret is: red gives access, amber identifies somebody or expires, grey is informative."""

    RED = "red"
    AMBER = "amber"
    GREY = "grey"


class LatePattern:
    """A pattern that is compiled when it is first used: of some 400, most never are, and all take 90 ms."""

    __slots__ = ("_compiled", "_source")

    def __init__(self, source: str) -> None:
        self._source = source
        self._compiled: re.Pattern[str] | None = None

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match."""
        return self._pattern().search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield all matches."""
        return self._pattern().finditer(text)

    @property
    def groupindex(self) -> Mapping[str, int]:
        """The numbers of its named groups."""
        return self._pattern().groupindex

    def _pattern(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self._source)
        return self._compiled


@dataclass(frozen=True, slots=True)
class SecretKind:
    """One kind of secret. name: also in findings. called: for people, with an article.

    hints: every text with such a secret contains one of them, in lower case if `pattern` ignores case. pattern: matches
    it; its group `secret` is masked, and `shown` before it is kept. holds: whether a match could be a secret.
    is_masked: whether it is hidden. is_guessable: people choose such secrets, so the mask reveals less. is_in_address:
    it precedes a host, where square brackets would break the URL. quick: matches whenever `pattern` does, but fails
    faster; None if the pattern itself is fast. quick_low: the same, for lower-case text.
    """

    name: str
    called: str
    level: Level
    hints: tuple[str, ...]
    pattern: LatePattern
    holds: Callable[[str], bool] = lambda _: True
    is_masked: bool = True
    is_guessable: bool = False
    is_in_address: bool = False
    quick: LatePattern | None = None
    quick_low: LatePattern | None = None


def is_key(value: str) -> bool:
    """Tell whether a value looks generated, and does not declare itself fake."""
    return not is_fake(value) and is_made(value)


def is_mixed(value: str) -> bool:
    """For keys with a short prefix: require upper case, lower case and digits."""
    return is_key(value) and value.lower() != value != value.upper() and not is_public(value)
