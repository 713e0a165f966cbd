"""A list of models from another provider."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Case, Explained, Held, Instance, Needs, Rule, Severity, Told, counted

_SHARED = 0.1
"""Lists that share less than this part of all their models are of two providers."""


def _holds(case: Case) -> Held | None:
    old, new = case.old, case.new
    if old is None or new is None or not old.meaning.models or not new.meaning.models:
        return None
    before, after = old.meaning.models, new.meaning.models
    shared = len(before & after) / len(before | after)
    is_elsewhere = old.meaning.host != new.meaning.host and shared < _SHARED
    return Held(Severity.AMBER, is_compared=True) if is_elsewhere else None


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    detail = f"Before: {_lists([one.case.old for one in some])}. Now: {_lists([one.case.new for one in some])}."
    return Told(f"{counted(len(some), 'model list')} recorded from another provider", detail)


def _lists(sides: Sequence[Side | None]) -> str:
    counts = Counter((len(side.meaning.models), side.meaning.host) for side in sides if side)
    return ", ".join(
        f"{size:,} models of {host or 'no host'} in {count:,}" for (size, host), count in counts.most_common(4)
    )


RULE = Rule(
    "model-list-host",
    "recorded from another provider",
    Explained(
        what="A list of models that has next to nothing in common with the old one and came from another host.",
        why="Replay answers with models that the provider under test does not have.",
        example="The file of the list for Ollama holds the models of OpenAI.",
        fix="Record the list with the provider that the test is for.",
        measured="14 in seven pull requests of OGX; all were read and are right: lists of OpenAI's "
        "in tests of Bedrock. Nothing in seven changes of cassettes.",
        right={Severity.AMBER: (14, 14)},
    ),
    _holds,
    _tell,
    needs=Needs.CHANGE,
    about=About.PLACE,
)
