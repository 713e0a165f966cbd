"""A list of models whose entry for a model contradicts that in another list of the same request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from recviewer.exchange.amounts import counted
from recviewer.exchange.model import Kind, Table
from recviewer.pairing.sides import Side
from recviewer.replay.lists import digits_in, is_joined
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by, keys, short

_HALF = 6


def _note(side: Side) -> str:
    """The request, and for each model the hashes of its id and of its entry."""
    if side.exchange.kind is not Kind.MODELS or side.part or not is_joined(side.name):
        return ""
    rows = [row for table in side.exchange.exhibits if isinstance(table, Table) for row in table.rows if row]
    said = [short(repr(row[0]))[:_HALF] + short(repr(row))[:_HALF] for row in rows]
    return " ".join([digits_in(side.name), *said])


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    for places in by(some, lambda one: one.note.partition(" ")[0]).values():
        said: defaultdict[str, set[str]] = defaultdict(set)
        for place in places:
            for mark in some[place].note.split(" ")[1:]:
                said[mark[:_HALF]].add(mark[_HALF:])
        apart = {model for model, facts in said.items() if len(facts) > 1}
        for place in places if apart else ():
            count = len({mark[:_HALF] for mark in some[place].note.split(" ")[1:]} & apart)
            if count:
                says = f"other lists of the same request say something else of {counted(count, 'model')}"
                yield (
                    place,
                    Held(Severity.GREY, "apart", fault="apart", says=says, others=keys(some, places, place)),
                )


RULE = Rule(
    "lists-disagree",
    "other lists of the same request say something else of its models",
    Explained(
        what="Lists of models that replay joins for one request, and that say different things of the same model.",
        why="In which order the files come is not fixed, so nobody knows which of them a test is told.",
        example="Two files of Ollama's models in which `gpt-oss:20b` was made on different days.",
        fix="Look at the page of lists of models, and delete those that are older.",
        mistaken="None known. Whether a difference matters the tests know.",
        measured="19, 0 and 0; 8 were read and are right. 3 in the later tree of OGX.",
        right={Severity.GREY: (19, 19)},
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
    levels=(Severity.GREY,),
)
