"""A recording that asks what only another test asks, or got what only another test stored. A heuristic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from recviewer.exchange.model import Exchange, Kind, Part, Text, ToolResult
from recviewer.exchange.text import ASKING, words_of
from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by, function_of, is_own_file, keys, short_of

_LONG = 40
"""Shorter questions and lines may coincide by chance."""

_MOST = 60
"""Most lines of a recording that are noted."""

_LONGEST = 20_000
_FEWEST = 2
"""Fewest tests of a function that must agree on having, or not having, such a question."""

_ASKED, _STORED, _GIVEN = "a", "s", "g"


def _note(side: Side) -> str:
    """Hashes of the first question, of the lines that were stored, and of those that a tool returned."""
    exchange = side.exchange
    if not is_own_file(side) or not side.test_id or exchange.kind is Kind.MODELS:
        return ""
    if exchange.kind is Kind.EMBEDDINGS:
        some = [
            _STORED + mark
            for mark in _lines([part for one in exchange.request.messages for part in one.parts], exchange)
        ]
    else:
        asked = next((one for one in exchange.request.messages if one.role in ASKING), None)
        words = words_of(asked.parts)[:_LONGEST].strip() if asked else ""
        results = [part for one in exchange.request.messages for part in one.parts if isinstance(part, ToolResult)]
        some = [_ASKED + short_of(words, exchange)] if len(words) >= _LONG else []
        some += [_GIVEN + mark for one in results for mark in _lines(one.parts, exchange)]
    return " ".join(islice(dict.fromkeys(some), _MOST))


def _lines(parts: Sequence[Part], exchange: Exchange) -> Iterator[str]:
    """Yield a hash for each long line of some texts. A word before a colon, such as `Content:`, is left out."""
    for part in parts:
        for line in part.text[:_LONGEST].splitlines() if isinstance(part, Text) else ():
            lead, colon, rest = line.strip().partition(": ")
            told = rest if colon and lead.isalpha() else line.strip()
            if len(told) >= _LONG:
                yield short_of(told, exchange)


class _Functions:
    """Which tests of which functions have a mark. A test is an id with parameters, a function one without."""

    def __init__(self, some: Sequence[Noted]) -> None:
        self.tests: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._with: defaultdict[str, set[str]] = defaultdict(set)
        for test, places in by(some, lambda one: one.test_id).items():
            marks, function = (
                frozenset([mark for place in places for mark in some[place].note.split()]),
                function_of(test),
            )
            self.tests[function][test] = marks
            self._counts[function].update(marks)
            for mark in marks:
                self._with[mark].add(function)

    def who_asks(self, mark: str, test: str) -> str:
        """Return the only other function that asks a question that one test of a function has and no sibling, else ""."""
        mine = function_of(test)
        others = self._with[mark] - {mine}
        if len(others) != 1 or self._counts[mine][mark] != 1:
            return ""
        asking = sum(any(one[0] == _ASKED for one in marks) for marks in self.tests[mine].values())
        is_like_others = any(one[0] == _ASKED and self._counts[mine][one] > 1 for one in self.tests[mine][test])
        owner = next(iter(others))
        is_sure = asking > _FEWEST and is_like_others and self._counts[owner][mark] >= _FEWEST
        return owner if is_sure else ""

    def who_stored(self, mark: str, test: str) -> str:
        """Return the first function that stored a line that a tool returned to another function, which stored other
        lines.
        """
        mine, owners = function_of(test), self._with.get(_STORED + mark[1:], set())
        stores = any(one[0] == _STORED for one in self._counts[mine])
        return min(owners) if owners and mine not in owners and stores else ""


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    """Marks of another function on a test that has what its siblings have, while no sibling has that mark."""
    functions = _Functions(some)
    for place, one in enumerate(some):
        for mark in one.note.split():
            if mark[0] == _ASKED and (owner := functions.who_asks(mark, one.test_id)):
                yield (
                    place,
                    _held(some, mark, owner, f"it asks what only {owner} asks, and no other test of its function"),
                )
                break
            if mark[0] == _GIVEN and (owner := functions.who_stored(mark, one.test_id)):
                yield place, _held(some, _STORED + mark[1:], owner, f"a tool gave it what only {owner} stored")
                break


def _held(some: Sequence[Noted], mark: str, owner: str, says: str) -> Held:
    what = "a question" if mark[0] == _ASKED else "a passage"
    places = [at for at, one in enumerate(some) if mark in one.note.split() and function_of(one.test_id) == owner]
    return Held(Severity.GREY, what, fault=what, says=says, others=keys(some, places))


RULE = Rule(
    "foreign-content",
    "it seems to hold what belongs to another test",
    Explained(
        what="A recording whose first question only tests of one other function ask, and no other test of its own, "
        "though it shares other questions with these; or to which a tool gave back a line that only other tests stored "
        "as embeddings, while its own function stored others. Questions and lines below 40 characters are left out.",
        why="Tests that run at once, or share a server or a store, got into each other's way: the recording belongs to a "
        "test that does not make that call when it runs alone.",
        example="A search of `test_filter_by_region` gives back a passage that only `test_filter_by_date` stored.",
        fix="Give each test a store and a session of its own, and re-record it alone.",
        mistaken="Tests whose parameters decide what they ask, or that share a store on purpose.",
        measured="nothing in any of them, nor in the later two: how often it is right is not known, so it is only told. Of "
        "12 real recordings that were given the question of another test all were found, and nothing else.",
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
    levels=(Severity.GREY,),
    is_heuristic=True,
)
