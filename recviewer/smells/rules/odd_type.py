"""A typed value that names a package which no recorder is known to write: replay would import what it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recviewer.pairing.sides import Side
from recviewer.smells.model import Case, Explained, Held, Instance, Needs, Rule, Severity, Told, counted
from recviewer.smells.rest import values

_SDKS = ("openai", "ollama", "anthropic", "google", "vertexai", "litellm", "together", "groq", "mistralai", "cohere")
_SERVERS = ("llama_stack", "llama_stack_api", "llama_stack_client", "ogx", "ogx_api", "ogx_client")
_PACKAGES = frozenset((*_SDKS, *_SERVERS))
"""The packages whose types recorders are known to write."""


def _holds(case: Case) -> Held | None:
    """Red is a type that took the place of another; of a new recording it may be that of a new recorder."""
    if case.new is None:
        return None
    odd = _odd(case.new)
    if not odd or (case.known is not None and odd <= _odd(case.known)):
        return None
    what = ", ".join(sorted(odd)[:3])
    return Held(Severity.AMBER, what) if case.old is None else Held(Severity.RED, what, is_compared=True)


def _odd(side: Side) -> frozenset[str]:
    names = {
        name
        for held in values(side.exchange.rest, "types", "__type__")
        for name in (held if isinstance(held, list) else [held])
        if isinstance(name, str)
    }
    return frozenset(name for name in names if name.partition(".")[0] not in _PACKAGES)


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    kinds = Counter(one.held.what for one in some)
    named = ", ".join(f"{what} ×{count:,}" for what, count in kinds.most_common(3))
    title = f"{counted(len(some), 'recording')} of a type that no recorder is known to write"
    return Told(title, f"Replay would import it: {named}.", next(iter(kinds)))


RULE = Rule(
    "odd-type",
    "it is of a type that no recorder is known to write",
    Explained(
        what="A typed value (`__type__`) that names a package which no recorder is known to write.",
        why="Replay imports what a recording names: whoever can change a recording can choose code that runs.",
        example='`"__type__": "os.system"`.',
        fix="Find out who wrote it. Record it again, or delete it.",
        mistaken="The types of a recorder that came up since.",
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    levels=(Severity.RED, Severity.AMBER),
)
