"""A cursor over untrusted JSON: a missing or mistyped value becomes a problem with its path, and a neutral value."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Json, Problem

PROBLEM_LIMIT = 50
"""Most problems kept for one recording; more would only repeat these."""

_NAMES = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}


class Lookup:
    """A JSON object with its path.

    data: the object ({} if the value is not an object). at: its path, "" at the top. problems: shared with all cursors
    derived from this one. null counts as missing and is no problem.
    """

    __slots__ = ("at", "data", "problems")

    def __init__(self, data: Json, at: str, problems: list[Problem] | None = None) -> None:
        self.problems: list[Problem] = [] if problems is None else problems
        self.at = at
        if not isinstance(data, dict):
            if data is not None:
                self._add(at, data, "an object")
            data = {}
        self.data: dict[str, Json] = data

    @property
    def kind(self) -> str:
        """The object's `type`, "" if that is not text."""
        value = self.data.get("type")
        return value if type(value) is str else ""

    def where(self, key: str) -> str:
        """Return the path of a key of this object."""
        return f"{self.at}.{key}" if self.at else key

    def note(self, key: str, value: Json, wanted: str) -> None:
        """Record the problem that a key's value is not what was expected."""
        self._add(self.where(key), value, wanted)

    def _add(self, where: str, value: Json, wanted: str) -> None:
        if len(self.problems) < PROBLEM_LIMIT:
            found = "missing" if value is None else f"{_NAMES.get(type(value), 'null')}"
            self.problems.append(Problem(where, f"{found}, where {wanted} was expected"))

    def text(self, key: str) -> str:
        """Return a string, "" if missing or null."""
        value = self.data.get(key)
        if type(value) is str:
            return value
        if value is not None:
            self.note(key, value, "text")
        return ""

    def optional_text(self, key: str) -> str | None:
        """Return a string, None if missing or null."""
        value = self.data.get(key)
        if value is None or type(value) is str:
            return value
        self.note(key, value, "text")
        return None

    def integer(self, key: str) -> int | None:
        """Return an integer, None if missing or null."""
        value = self.data.get(key)
        if value is None or type(value) is int:
            return value
        self.note(key, value, "a whole number")
        return None

    def number(self, key: str) -> float | None:
        """Return a number, None if missing or null."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        self.note(key, value, "a number")
        return None

    def mapping(self, key: str) -> dict[str, Json] | None:
        """Return an object as a plain dict, None if missing, null, or of another type (which is a problem)."""
        value = self.data.get(key)
        if value is None or type(value) is dict:
            return value
        self.note(key, value, "an object")
        return None

    def object(self, key: str, *, required: bool = False) -> Lookup:
        """Return a cursor on an object; an empty one if missing. required: a missing object is a problem."""
        value = self.data.get(key)
        if value is None and required:
            self.note(key, value, "an object")
        return Lookup(value, self.where(key), self.problems)

    def list(self, key: str) -> list[Json]:
        """Return a list, [] if missing or null."""
        value = self.data.get(key)
        if type(value) is list:
            return value
        if value is not None:
            self.note(key, value, "a list")
        return []

    def items(self, key: str) -> Iterator[Lookup]:
        """Yield a cursor on each object of a list. Other elements are reported as problems and left out."""
        where = self.where(key)
        for number, value in enumerate(self.list(key)):
            if type(value) is dict:
                yield Lookup(value, f"{where}[{number}]", self.problems)
            else:
                self._add(f"{where}[{number}]", value, "an object")
