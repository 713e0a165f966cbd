"""Whether a value matches a JSON schema, as far as that can be determined in bounded time.

A recorded schema is untrusted. So only the keywords of JSON Schema that models must follow are checked; patterns are
never matched (they may take exponential time), external references are never followed, and the number of steps is
limited. Whatever is not checked is considered a match.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Json

MOST_STEPS = 20_000
"""Most (value, schema) pairs that are checked for one value."""

DEEPEST = 60

LONGEST_REFERENCE = 200
"""Longer references are considered to match anything."""

_TYPES = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


class _TooMuch(Exception):
    """The limit of steps was reached."""


def fault(value: Json, schema: Json) -> str:
    """Return how a value violates a schema, as a clause with a JSON pointer; "" if it matches or cannot be determined."""
    try:
        return next(_Checker(schema).faults(value, schema, ""), "")
    except (_TooMuch, RecursionError):
        return ""


class _Checker:
    """Checks one value."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self._left = MOST_STEPS

    def faults(self, value: Json, schema: Json, at: str, depth: int = 0) -> Iterator[str]:
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            raise _TooMuch
        if schema is False:
            yield f"{_where(at)} is not allowed"
        if not isinstance(schema, dict):
            return
        if isinstance(schema.get("$ref"), str):
            yield from self.faults(value, self._target(schema["$ref"]), at, depth + 1)
        yield from self._of_itself(value, schema, at)
        yield from self._of_choices(value, schema, at, depth)
        if isinstance(value, dict):
            yield from self._of_object(value, schema, at, depth)
        elif isinstance(value, list):
            items = schema.get("items")
            for place, item in enumerate(value if isinstance(items, dict) else ()):
                yield from self.faults(item, items, f"{at}/{place}", depth + 1)

    def _target(self, reference: str) -> Json:
        """Return the target of a reference inside the schema; external ones match anything."""
        if not reference.startswith("#") or len(reference) > LONGEST_REFERENCE:
            return True
        found = self._root
        for step in reference[1:].split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            found = found.get(key, True) if isinstance(found, dict) else True
        return found

    def _of_itself(self, value: Json, schema: dict[str, Json], at: str) -> Iterator[str]:
        wanted = schema.get("type")
        names = [name.lower() for name in (wanted if isinstance(wanted, list) else [wanted]) if isinstance(name, str)]
        may_be_null = schema.get("nullable") is True and value is None
        if (
            names
            and all(name in _TYPES for name in names)
            and not (any(_is(value, name) for name in names) or may_be_null)
        ):
            yield f"{_where(at)} is {_kind(value)}, not {' or '.join(names)}"
        allowed = schema.get("enum")
        self._left -= len(allowed) if isinstance(allowed, list) else 0
        if isinstance(allowed, list) and not any(_same(value, one) for one in allowed) and not may_be_null:
            yield f"{_where(at)} is none of the allowed values"
        if "const" in schema and not _same(value, schema["const"]):
            yield f"{_where(at)} is not the one allowed value"

    def _of_choices(self, value: Json, schema: dict[str, Json], at: str, depth: int) -> Iterator[str]:
        for each in _listed(schema, "allOf"):
            yield from self.faults(value, each, at, depth + 1)
        for name in ("anyOf", "oneOf"):
            choices = _listed(schema, name)
            if choices and not any(self._fits(value, one, at, depth) for one in choices):
                yield f"{_where(at)} fits none of the allowed forms"

    def _fits(self, value: Json, schema: Json, at: str, depth: int) -> bool:
        return next(self.faults(value, schema, at, depth + 1), None) is None

    def _of_object(self, value: dict[str, Json], schema: dict[str, Json], at: str, depth: int) -> Iterator[str]:
        known = schema.get("properties")
        known = known if isinstance(known, dict) else {}
        for name in _listed(schema, "required"):
            if isinstance(name, str) and name not in value:
                yield f"{_where(f'{at}/{_escaped(name)}')} is missing"
        more = schema.get("additionalProperties", True) if "patternProperties" not in schema else True
        for name, item in value.items():
            inner = known.get(name, more)
            if inner is False:
                yield f"{_where(f'{at}/{_escaped(name)}')} is not in the schema"
            else:
                yield from self.faults(item, inner, f"{at}/{_escaped(name)}", depth + 1)


def _listed(schema: dict[str, Json], name: str) -> list[Json]:
    found = schema.get(name)
    return found if isinstance(found, list) else []


def _is(value: Json, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _same(one: Json, other: Json) -> bool:
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _kind(value: Json) -> str:
    return next((name for name in ("boolean", "integer", *_TYPES) if _is(value, name)), "something else")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _where(at: str) -> str:
    return at or "the whole"
