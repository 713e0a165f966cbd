"""A recording that stands in the tree twice, to the byte or in what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.exchange.amounts import counted
from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.replay.names import ReplayState
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by, is_own_file, keys

_MISSED = (ReplayState.OLDER, ReplayState.EDITED, ReplayState.UNKNOWN)


def _note(side: Side) -> str:
    return "1" if is_own_file(side) and side.subject and side.exchange.kind is not Kind.UNREADABLE else ""


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    """Amber within a test, where one of them is asked for by no name; grey across tests, and where replay finds "
    "each.
    """
    for places in by(some, lambda one: one.subject).values():
        if len(places) == 1:
            continue
        for mine in by([some[place] for place in places], lambda one: one.test_id).values():
            yield from _twins(some, places, [places[at] for at in mine])


def _twins(some: Sequence[Noted], places: Sequence[int], mine: Sequence[int]) -> Iterator[tuple[int, Held]]:
    """Yield what holds of the recordings of one test. places: all that say the same."""
    is_found = any(some[place].replay not in _MISSED for place in mine)
    for place in mine:
        others = keys(some, places, place)
        if some[place].test_id and is_found and some[place].replay in _MISSED:
            says = "it says the same as another recording of its test, and replay finds only the other"
            yield (
                place,
                Held(Severity.AMBER, "in its test", fault="in its test", says=says, others=keys(some, mine, place)),
            )
        elif any(some[other].blob == some[place].blob for other in places if other != place):
            says = "the same bytes stand elsewhere"
            yield place, Held(Severity.GREY, "the same bytes", fault="bytes", says=says, others=others)
        else:
            says = f"it says the same as {counted(len(places) - 1, 'other recording')}"
            yield place, Held(Severity.GREY, "the same words", fault="words", says=says, others=others)


RULE = Rule(
    "twin",
    "it says the same as another recording",
    Explained(
        what="Recordings that say the same: request and answer are equal in all that counts. Amber is one that replay "
        "does not find, beside a twin of the same test that it does; all others are grey.",
        why="Two tests may share what they ask, and each needs a file of its own, for the name of a recording holds "
        "the id of its test. Two of one test are one too many.",
        example="A test that runs with two clients, which both ask the same and get the same.",
        fix="Within a test, delete the one that replay does not find. Across tests there is nothing to do.",
        mistaken="None known: what they say is compared, not guessed.",
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
    levels=(Severity.AMBER, Severity.GREY),
)
