"""A typed value that names a package that no known recorder writes: replay would import it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recviewer.pairing.sides import Side
from recviewer.smells.model import Case, Explained, Held, Instance, Needs, Rule, Severity, Told, counted
from recviewer.smells.rest import values
from recviewer.smells.spots import in_answer

_SDKS = ("openai", "ollama", "anthropic", "google", "vertexai", "litellm", "together", "groq", "mistralai", "cohere")
_SERVERS = ("llama_stack", "llama_stack_api", "llama_stack_client", "ogx", "ogx_api", "ogx_client")
_PACKAGES = frozenset((*_SDKS, *_SERVERS))
"""The packages whose types known recorders write."""

_VANISHED = frozenset({"llama_stack", "llama_stack_api", "llama_stack_client"})
"""Those that no longer exist: since 2026-04-24 the project is OGX, and its packages were renamed."""


def _holds(case: Case) -> Held | None:
    """Red is an unknown package: replay would import it. Amber is a known one that no longer exists."""
    if case.new is None:
        return None
    named = frozenset(
        name for name in _named(case.new) if _package(name) in _VANISHED or _package(name) not in _PACKAGES
    )
    if named and case.known is not None:
        named -= _named(case.known)
    if not named:
        return None
    odd = sorted(name for name in named if _package(name) not in _PACKAGES)
    gone = sorted(name for name in named if _package(name) in _VANISHED)
    what = ", ".join((odd or gone)[:3])
    says = f"it names {what}, of a package that {'no recorder is known to write' if odd else 'is no longer there'}"
    return Held(
        Severity.RED if odd else Severity.AMBER,
        what,
        is_compared=bool(odd) and case.old is not None,
        says=says,
        spots=in_answer(case.new, what),
    )


def _named(side: Side) -> frozenset[str]:
    return frozenset(
        name
        for held in values(side.exchange.rest, "types", "__type__")
        for name in (held if isinstance(held, list) else [held])
        if isinstance(name, str)
    )


def _package(name: str) -> str:
    return name.partition(".")[0]


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    kinds = Counter(one.held.what for one in some)
    named = ", ".join(f"{what} ×{count:,}" for what, count in kinds.most_common(3))
    is_odd = some[0].held.severity is Severity.RED or some[0].held.is_compared
    why = "no recorder is known to write" if is_odd else "is no longer there"
    title = f"{counted(len(some), 'recording')} of a type that {why}"
    return Told(title, f"Replay would import it: {named}.", next(iter(kinds)))


RULE = Rule(
    "odd-type",
    "it is of a type that no recorder is known to write",
    Explained(
        what="A typed value (`__type__`) that names a package which no recorder is known to write. Amber is a package "
        "that is known and no longer there, such as one of before a project was renamed.",
        why="Replay imports what a recording names: whoever can change a recording can choose code that runs.",
        example='`"__type__": "os.system"`.',
        fix="Find out who wrote it. Re-record it, or delete it.",
        mistaken="The types of a recorder that came up since.",
        measured="2, 6 and 0, all of a package that is gone; all were read and are right.",
        right={Severity.AMBER: (20, 20)},
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    levels=(Severity.RED, Severity.AMBER),
)
