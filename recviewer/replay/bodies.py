"""The JSON text of a request's body, as it is and as it is after the steps of a rule."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from recviewer.exchange.model import Json
from recviewer.replay.steps import TextStep, rewritten

# What the recorder's json.dumps(…, sort_keys=True) writes, without looking for cycles that decoded JSON cannot have.
to_json = json.JSONEncoder(sort_keys=True, check_circular=False).encode


@dataclass(slots=True)
class Body:
    """A body and its JSON text with sorted keys.

    The values that any step could change are cut out of the text once, so that each further rule costs only those.
    """

    value: Json
    text: str
    _pieces: list[str] = field(default_factory=list)
    _leaves: list[Json] = field(default_factory=list)

    @classmethod
    def of(cls, value: Json) -> Body:
        """The body of a request. Raises RecursionError and ValueError where Python cannot write it as JSON."""
        return cls(value, to_json(value))

    def after(self, steps: tuple[TextStep, ...], all_steps: Iterable[TextStep]) -> str:
        """The text of the body with every string and float put through steps.

        all_steps: every step that this body may ever be asked for.
        """
        if not self._pieces:
            self._pieces, self._leaves = _cut(self.value, self.text, all_steps)
        changed = [to_json(rewritten(leaf, steps)) for leaf in self._leaves]
        return "".join([part for pair in zip(self._pieces, [*changed, ""], strict=True) for part in pair])


def _cut(value: Json, text: str, steps: Iterable[TextStep]) -> tuple[list[str], list[Json]]:
    """Cut the floats, and the strings that steps could change, out of a text: the pieces around them, and they.

    They are replaced by a mark that the text does not contain, and the new text is split at it. Objects are walked in
    the order in which their keys are written, so the marks come in the order of the values.
    """
    mark = "~"
    while f'"{mark}"' in text:
        mark += "~"
    cutting = _Cutting(mark, tuple(step for step in steps if step.may_change(text)))
    marked = to_json(cutting.of(value))
    return marked.split(f'"{mark}"'), cutting.leaves


@dataclass(slots=True)
class _Cutting:
    mark: str
    steps: tuple[TextStep, ...]
    leaves: list[Json] = field(default_factory=list)

    def of(self, value: Json) -> Json:
        if isinstance(value, str):
            return self._cut(value) if self._concerned(value) else value
        if isinstance(value, dict):
            return {key: self.of(value[key]) for key in sorted(value)}
        if isinstance(value, list):
            return [self.of(item) for item in value]
        return self._cut(value) if isinstance(value, float) else value

    def _concerned(self, text: str) -> bool:
        return any(step.concerns(text) for step in self.steps)

    def _cut(self, leaf: Json) -> str:
        self.leaves.append(leaf)
        return self.mark
