"""A tool in the request that was renamed since, according to other recordings of its tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from recviewer.exchange.amounts import counted
from recviewer.exchange.tools import function_of, offered
from recviewer.pairing.sides import Side
from recviewer.replay.names import ReplayState
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by, is_own_file, keys

_MOST, _LONGEST = 30, 80
"""Most tools of a request that are noted, and most characters of a name."""

_MISSED = (ReplayState.OLDER, ReplayState.EDITED, ReplayState.UNKNOWN)

_CLEARLY = 1.5
"""Required ratio between the shares of recordings that replay finds with the new and the old name."""

Offered = Mapping[str, Sequence[int]]
"""The indexes of a test's recordings, by the tool names that they offer."""


def _note(side: Side) -> str:
    """The names of the offered functions, one per line."""
    if not side.exchange.request.tools or not is_own_file(side) or not side.test_id:
        return ""
    told = [function_of(tool).get("name") for tool in offered(side.exchange.request.tools)]
    names = {name for name in told if isinstance(name, str) and 0 < len(name) <= _LONGEST and name.isprintable()}
    return "\n".join(islice(sorted(names), _MOST))


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    """A renamed tool: every test that offers the old name has recordings with the new one instead."""
    tests = [_offered(some, places) for places in by(some, lambda one: one.test_id).values()]
    with_name: defaultdict[str, list[Offered]] = defaultdict(list)
    for named in tests:
        for name in named if len(named) > 1 else ():
            with_name[name].append(named)
    alone = {name for named in tests if len(named) == 1 for name in named}
    found: dict[int, Held] = {}
    for old, mine in with_name.items():
        new = _heir(some, old, mine) if old not in alone else ""
        for named in mine if new else ():
            for place in named[old]:
                found.setdefault(place, _held(some, place, old, new, named[new]))
    yield from found.items()


def _offered(some: Sequence[Noted], places: Sequence[int]) -> Offered:
    named: defaultdict[str, list[int]] = defaultdict(list)
    for place in places:
        for name in some[place].note.split("\n"):
            named[name].append(place)
    return named


def _heir(some: Sequence[Noted], old: str, tests: Sequence[Offered]) -> str:
    """Return the name that some tests all offer instead of the old one, and of which replay finds clearly more; else ""."""
    names = [name for name in tests[0] if all(_is_instead(one, old, name) for one in tests)]
    before = _share(some, old, tests) if names else 1.0
    shares = {name: _share(some, name, tests) for name in names if before < 1.0}
    best = max(shares, key=lambda name: shares[name], default="")
    return best if best and shares[best] >= _CLEARLY * before and shares[best] > 0 else ""


def _is_instead(named: Offered, old: str, new: str) -> bool:
    return new in named and set(named[old]).isdisjoint(named[new])


def _share(some: Sequence[Noted], name: str, tests: Sequence[Offered]) -> float:
    """Return the share of recordings with a name that replay finds."""
    places = [place for one in tests for place in one[name]]
    return sum(some[place].replay == ReplayState.CURRENT for place in places) / len(places)


def _held(some: Sequence[Noted], place: int, old: str, new: str, others: Sequence[int]) -> Held:
    says = f"it offers {old}, in whose place {counted(len(others), 'other recording')} of its test have {new}"
    return Held(
        Severity.AMBER,
        old,
        fault=old,
        says=says.replace("recording of its test have", "recording of its test has"),
        others=keys(some, others, place),
        is_surplus=some[place].replay in _MISSED,
    )


RULE = Rule(
    "retired-tool",
    "it offers a tool that has another name by now",
    Explained(
        what="A recording of OGX whose request offers a tool by an old name. Every test that offers it has other recordings "
        "with another tool in its place, and none with both; and replay finds clearly more of those with the other one "
        "(half as much again).",
        why="The server or the test calls the tool something else now, so nobody asks like this any more: also where the "
        "file's name is still the one that replay would look for.",
        example="28 tests have recordings that offer `knowledge_search`, and others that offer `file_search`.",
        fix="See what the tool is called now, and delete those with the old name; re-record the test where nothing else "
        "is left.",
        mistaken="Tests that offer one tool first and another later in the same conversation.",
        measured="328, 0 and 0, and the same 328 in the later tree of OGX: all are right, as its notes on the release "
        "say in which the tool was renamed. 69 of them have a name that replay would look for. No other two names "
        "came near.",
        right={Severity.AMBER: (20, 20)},
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
)
