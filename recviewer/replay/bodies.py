"""The JSON text of a request's body, as it is and as it is after the steps of a rule."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from json import encoder
from json.encoder import encode_basestring_ascii

import orjson

from recviewer.exchange.model import Json
from recviewer.replay.steps import TextStep, concerned, rewritten

DEPTH_LIMIT = 253
"""Nesting that is followed; Python's own limits differ from release to release. Real recordings nest about 20 deep."""

_ENCODER = json.JSONEncoder(sort_keys=True, check_circular=False)
"""What the recorder's json.dumps(…, sort_keys=True) writes, without looking for cycles that decoded JSON cannot have."""

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
"""What `_ENCODER.encode` makes anew for every value where Python was built with it, None elsewhere."""


def to_json(value: Json) -> str:
    """Return a value as the recorder writes it. Raises ValueError, RecursionError where Python cannot."""
    if type(value) is str:
        return encode_basestring_ascii(value)
    return "".join(_pieces(value, 0)) if _pieces else _ENCODER.encode(value)


def nests_too_deep(*values: Json) -> bool:
    """Tell whether any of some values holds objects and lists nested deeper than `DEPTH_LIMIT`. Needs no recursion.

    orjson writes just as many levels, so what it writes is not too deep, which is known a hundred times sooner.
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

    needles: of every step that it may ever be put through. The values that any of those could change are cut out of
    the text once, so that each further rule costs only those.
    """

    value: Json
    text: str
    needles: tuple[str, ...]
    _touched: dict[TextStep, bool] = field(default_factory=dict)
    _pieces: list[str] = field(default_factory=list)
    _leaves: dict[tuple[TextStep, ...], list[Json]] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Json, needles: tuple[str, ...]) -> Body:
        """The body of a request. Raises ValueError where Python cannot write it as JSON."""
        return cls(value, to_json(value), needles)

    def effective(self, steps: tuple[TextStep, ...]) -> tuple[TextStep, ...]:
        """Those of a rule's steps that can change the body.

        What one step leaves behind may be something for the next, so from the first that applies all follow.
        """
        for position, step in enumerate(steps):
            touched = self._touched.get(step)
            if touched is None:
                touched = self._touched[step] = step.may_change(self.text)
            if touched:
                return steps[position:]
        return ()

    def after(self, steps: tuple[TextStep, ...]) -> str:
        """The text of the body with every string and float put through steps in order."""
        if not steps:
            return self.text
        if not self._pieces:
            self._pieces, self._leaves[()] = _cut(self.value, self.text, self.needles)
        parts = [""] * (2 * len(self._pieces) - 1)
        parts[::2] = self._pieces
        parts[1::2] = map(to_json, self._leaves_after(steps))
        return "".join(parts)

    def _leaves_after(self, steps: tuple[TextStep, ...]) -> list[Json]:
        """The values cut out, after some steps. Rules share their first steps, so each stage is kept."""
        known = self._leaves.get(steps)
        if known is None:
            last = steps[-1]
            known = self._leaves[steps] = [rewritten(leaf, last) for leaf in self._leaves_after(steps[:-1])]
        return known


def _cut(value: Json, text: str, needles: tuple[str, ...]) -> tuple[list[str], list[Json]]:
    """Cut the floats, and the strings that a step could change, out of a text: the pieces around them, and they.

    They are replaced by a mark that the text does not contain, and the new text is split at it. Objects are walked in
    the order in which their keys are written, so the marks come in the order of the values.
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
