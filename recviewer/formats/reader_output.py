"""What a reader returned for a reply: its texts and other values, for comparison with the recorded reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from recviewer.exchange.encode import SourceFloat, encode
from recviewer.exchange.model import Json, Request

MATCHED_MOST = 2_000
"""Most texts of one reply that are matched one to one; for more, only their presence is checked."""

_PLACES = frozenset({"role", "index", "choice", "is_text"})
"""Fields of the neutral model that are neither text nor values: roles and positions."""

_NUMBERS = frozenset({int, float, SourceFloat})


class ReaderOutput:
    """The texts that a reader returned. asked: returns the request, parts of which some replies repeat."""

    __slots__ = ("_asked", "_asked_text", "_given", "_held", "_joined", "_many", "_texts")

    def __init__(self, given: object, asked: Callable[[], Request] | None = None) -> None:
        self._given, self._asked = given, asked
        self._joined: str | None = None
        self._asked_text: str | None = None
        self._texts: tuple[str, ...] | None = None
        self._held: tuple[Json, ...] | None = None
        self._many: Counter[bytes] | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the reply."""
        if self._texts is None:
            self._texts = tuple(filter(None, _texts_in(self._given)))
        return self._texts

    def numbers(self) -> Counter[float]:
        """Return the numbers of the reply with their frequencies."""
        return Counter(float(one) for one in self._values() if type(one) in _NUMBERS)

    def holds(self, value: Json) -> bool:
        """Tell whether a value that is not text is among the returned ones."""
        return _key(value) in self._counted()

    def uses(self, value: Json) -> bool:
        """Like `holds`, but each returned value is used up by one match."""
        counted, key = self._counted(), _key(value)
        if not counted[key]:
            return False
        counted[key] -= 1
        return True

    def _counted(self) -> Counter[bytes]:
        if self._many is None:
            self._many = Counter(map(_key, self._values()))
        return self._many

    def _values(self) -> tuple[Json, ...]:
        if self._held is None:
            self._held = tuple(_values_in(self._given))
        return self._held

    def place_of(self, text: str) -> str:
        """Return a reference to the returned text equal to `text`; `text` itself if the request contains it; else ""."""
        if text in self.texts:
            return f"(the same as text {self.texts.index(text) + 1})"
        return text if self._has_asked(text) else ""

    def has(self, text: str) -> bool:
        """Tell whether a text equals, or is part of, a returned text."""
        if self._joined is None:
            self._joined = "\n".join(self.texts)
        if text in self._joined or encode(text).decode()[1:-1] in self._joined:
            return True
        return self._has_asked(text)

    def lacks(self, texts: Sequence[str]) -> list[int]:
        """Return the indexes of the texts that were not returned. Each returned text matches only one of them.

        Characters that belong to another matched text do not count.
        """
        rest = list(self.texts)
        left = []
        if len(texts) <= MATCHED_MOST:
            many = Counter(rest)
            for place, text in enumerate(texts):
                if many[text]:
                    many[text] -= 1
                else:
                    left.append(place)
            if not left:
                return []
            rest = list(many.elements())
            found = _not_in(rest, texts, left)
            if found:
                found = min(found, _not_in(rest, texts, sorted(left, key=lambda place: -len(texts[place]))), key=len)
        else:
            found = [place for place, text in enumerate(texts) if not self.has(text)]
        return found

    def _has_asked(self, text: str) -> bool:
        """Tell whether a text is part of the request."""
        if self._asked is None:
            return False
        if self._asked_text is None:
            self._asked_text = "\n".join(_texts_in(self._asked().messages))
        return text in self._asked_text or encode(text).decode()[1:-1] in self._asked_text


def _key(value: Json) -> bytes:
    return encode(value, is_sorted=True)


def _not_in(given: Sequence[str], texts: Sequence[str], places: Iterable[int]) -> list[int]:
    """Return the indexes of texts that are not contained in the returned ones, each match removing its characters."""
    rest = list(given)
    found = []
    for place in places:
        for text in dict.fromkeys((texts[place], encode(texts[place]).decode()[1:-1])):
            at = next((at for at, one in enumerate(rest) if text in one), None)
            if at is not None:
                before, _, behind = rest[at].partition(text)
                rest[at : at + 1] = [one for one in (before, behind) if one]
                break
        else:
            found.append(place)
    return found


def _texts_in(value: object) -> Iterator[str]:
    """Yield all texts in values of the neutral model, including keys of objects."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts_in(item)
    else:
        for name in getattr(value, "__slots__", ()):
            if name not in _PLACES:
                yield from _texts_in(getattr(value, name))


def _values_in(value: object) -> Iterator[Json]:
    """Yield all JSON values of the neutral model that are not texts."""
    if value is None or type(value) is str:
        return
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from _values_in(item)
    elif isinstance(value, bool | int | float | SourceFloat):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _values_in(item)
    else:
        for name in getattr(value, "__slots__", ()):
            if name not in _PLACES:
                yield from _values_in(getattr(value, name))
