"""A recording that is duplicated in the tree, byte for byte or in meaning."""

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
    """Amber: each that replay does not find beside a duplicate of its test that it does; grey: the first of all others."""
    for places in by(some, lambda one: one.subject).values():
        odd: set[int] = set()
        for at in by([some[place] for place in places], lambda one: one.test_id).values() if len(places) > 1 else ():
            mine = [places[one] for one in at]
            missed = [place for place in mine if some[place].replay in _MISSED and some[place].test_id]
            if len(missed) < len(mine):
                odd.update(missed)
                for place in missed:
                    yield place, _odd(keys(some, mine, place))
        rest = [place for place in places if place not in odd]
        if len(rest) > 1:
            yield rest[0], _told(some, rest)


def _odd(others: tuple[str, ...]) -> Held:
    says = "it says the same as another recording of its test, and replay finds only the other"
    return Held(Severity.AMBER, "in its test", fault="in its test", says=says, others=others, is_surplus=True)


def _told(some: Sequence[Noted], places: Sequence[int]) -> Held:
    first, others = some[places[0]], [some[place] for place in places[1:]]
    same = sum(one.blob == first.blob for one in others)
    says = f"it says the same as {counted(len(others), 'other recording')}"
    says += f", {same:,} of them to the byte" if same else ""
    what = "the same bytes" if same else "the same words"
    return Held(Severity.GREY, what, fault=what, says=says, others=keys(some, places[1:]))


RULE = Rule(
    "twin",
    "it says the same as another recording",
    Explained(
        what="Recordings that say the same: request and answer are equal in all that counts. Amber is one that replay "
        "does not find, beside a twin of the same test that it does; all others are grey.",
        why="Two tests may share what they ask, and each needs a file of its own, for the name of a recording holds "
        "the id of its test. Two of one test are one too many.",
        example="A test that runs with two clients, which both ask the same and get the same.",
        fix="Within a test, mark the one that replay does not find for deletion; a plan leaves alone what was not marked "
        "itself. Across tests there is nothing to do.",
        mistaken="None known: what they say is compared, not guessed.",
        measured="301, 17 and 0, of which 5, 0 and 0 are amber; 25 were read, and all are right.",
        right={Severity.AMBER: (5, 5), Severity.GREY: (20, 20)},
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
    levels=(Severity.AMBER, Severity.GREY),
)
