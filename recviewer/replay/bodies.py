"""The JSON text of a request's body, before and after the steps of a rule."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from json import encoder
from json.encoder import encode_basestring_ascii

import orjson

from recviewer.exchange.model import Json
from recviewer.replay.steps import TextStep, concerned, rewritten

DEPTH_LIMIT = 253
"""Nesting that is followed; Python's own limits differ between releases. Real recordings nest about 20 deep."""

_ENCODER = json.JSONEncoder(sort_keys=True, check_circular=False)
"""Equivalent to the recorder's json.dumps(…, sort_keys=True), without its check for cycles, which decoded JSON cannot
have.
"""

_make = getattr(encoder, "c_make_encoder", None)
_pieces = _make and _make(
    None,
    _ENCODER.default,
    encode_basestring_ascii,
    None,
    _ENCODER.key_separator,
    _ENCODER.item_separator,
    True,  # sort_keys
    False,  # skipkeys
    True,  # allow_nan
)
"""The encoder that `_ENCODER.encode` would create anew for every value, if Python was built with it; else None."""


def to_json(value: Json) -> str:
    """Return a value as the recorder serializes it. Raises ValueError or RecursionError if Python cannot."""
    if type(value) is str:
        return encode_basestring_ascii(value)
    return "".join(_pieces(value, 0)) if _pieces else _ENCODER.encode(value)


def nests_too_deep(*values: Json) -> bool:
    """Tell whether any of the values is nested deeper than `DEPTH_LIMIT`. Needs no recursion.

    orjson has the same limit, so whatever it can serialize is not too deep, which is a hundred times faster to check.
    """
    try:
        orjson.dumps(values)
    except TypeError:
        return _is_deeper(values)
    return False


def _is_deeper(values: tuple[Json, ...]) -> bool:
    level = [value for value in values if isinstance(value, dict | list)]
    for _ in range(DEPTH_LIMIT):
        if not level:
            return False
        inner: list[Json] = []
        for value in level:
            inner += value.values() if isinstance(value, dict) else value
        level = [value for value in inner if isinstance(value, dict | list)]
    return bool(level)


@dataclass(slots=True)
class Body:
    """A body and its JSON text with sorted keys.

    needles: of all steps that may be applied. Values that any of these could change are cut out of the text once, so
    that each further rule processes only those.
    """

    value: Json
    text: str
    needles: tuple[str, ...]
    _touched: dict[TextStep, bool] = field(default_factory=dict)
    _pieces: list[str] = field(default_factory=list)
    _leaves: dict[tuple[TextStep, ...], list[Json]] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Json, needles: tuple[str, ...]) -> Body:
        """Make the body of a request. Raises ValueError if Python cannot serialize it."""
        return cls(value, to_json(value), needles)

    def effective(self, steps: tuple[TextStep, ...]) -> tuple[TextStep, ...]:
        """The steps of a rule that can change the body.

        A step's output may be input for the next one, so all steps from the first applicable one on are included.
        """
        for position, step in enumerate(steps):
            touched = self._touched.get(step)
            if touched is None:
                touched = self._touched[step] = step.may_change(self.text)
            if touched:
                return steps[position:]
        return ()

    def after(self, steps: tuple[TextStep, ...]) -> str:
        """The text of the body with steps applied in order to every string and float."""
        if not steps:
            return self.text
        if not self._pieces:
            self._pieces, self._leaves[()] = _cut(self.value, self.text, self.needles)
        parts = [""] * (2 * len(self._pieces) - 1)
        parts[::2] = self._pieces
        parts[1::2] = map(to_json, self._leaves_after(steps))
        return "".join(parts)

    def _leaves_after(self, steps: tuple[TextStep, ...]) -> list[Json]:
        """The cut-out values after some steps. Cached for each prefix of steps, because rules share their first steps."""
        known = self._leaves.get(steps)
        if known is None:
            last = steps[-1]
            known = self._leaves[steps] = [rewritten(leaf, last) for leaf in self._leaves_after(steps[:-1])]
        return known


def _cut(value: Json, text: str, needles: tuple[str, ...]) -> tuple[list[str], list[Json]]:
    """Split a text at its floats and at the strings that a step could change. Return the pieces, and these values.

    Values are replaced by a mark that the text does not contain, and the text is split at the mark. Objects are
    traversed in the order of their serialized keys, so the values come in the order of the marks.
    """
    mark = "~"
    while f'"{mark}"' in text:
        mark += "~"
    cutting = _Cutting(mark, tuple([needle for needle in needles if needle in text]))
    marked = to_json(cutting.of(value))
    return marked.split(f'"{mark}"'), cutting.leaves


@dataclass(slots=True)
class _Cutting:
    mark: str
    needles: tuple[str, ...]
    leaves: list[Json] = field(default_factory=list)

    def of(self, value: Json) -> Json:
        if isinstance(value, str):
            return self._cut(value) if concerned(value, self.needles) else value
        if isinstance(value, dict):
            return {key: self.of(value[key]) for key in sorted(value)}
        if isinstance(value, list):
            return [self.of(item) for item in value]
        return self._cut(value) if isinstance(value, float) else value

    def _cut(self, leaf: Json) -> str:
        self.leaves.append(leaf)
        return self.mark
