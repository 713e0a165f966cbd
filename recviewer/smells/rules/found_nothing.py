"""An answer that nothing was found, where other recordings of the same question found something. A heuristic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recviewer.exchange.text import Outcome, question_of, words_of
from recviewer.pairing.sides import Side
from recviewer.smells.model import (
    EVIDENCE,
    About,
    Among,
    Explained,
    Held,
    Needs,
    Noted,
    Rule,
    Severity,
    Spot,
    Surroundings,
)
from recviewer.smells.notes import DIGITS, by, function_of, keys, short_of

_COULD_NOT = r"(?:couldn['’]?t|could not|didn['’]?t|did not|was(?:n['’]t| not) able to|(?:am|was|were) unable to)"
_FIND = r"(?:find|locate|retrieve)(?! (?:any )?(?:additional|further|more)\b)"
_NO = r"no (?:relevant |specific |matching |search )?(?:results|information|documents|updates|matches)"
_NOTHING = re.compile(
    rf"\b{_COULD_NOT} {_FIND}|\b{_NO} (?:(?:were |was |could be )?(?:found|available|returned)|in the)", re.IGNORECASE
)
_FIRST = 80
"""Characters of an answer in which it would say so; later statements are about a part of the question."""

_LONGEST_QUESTION = 20_000
_FEWEST = 2
_SAID = 1 + DIGITS


def _note(side: Side) -> str:
    """Return whether nothing was found, the hash of the question, and the words that say so."""
    exchange = side.exchange
    if side.meaning.line.outcome is not Outcome.ANSWER or not side.test_id:
        return ""
    content = next((output.content for output in exchange.outputs if output.content.strip()), "")
    question = question_of(exchange)
    asked = words_of(question.parts)[:_LONGEST_QUESTION] if question else ""
    if not content or not asked:
        return ""
    found = _NOTHING.search(content[:_FIRST])
    said = content[max(0, found.start() - 20) : found.end() + 60] if found else ""
    return f"{'-' if found else '+'}{short_of(asked, exchange)}{said}"


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    for places in by(some, lambda one: (function_of(one.test_id), one.note[1:_SAID])).values():
        nothing = [place for place in places if some[place].note[0] == "-"]
        others = [place for place in places if some[place].note[0] == "+"]
        if not nothing or len(others) < max(_FEWEST, len(nothing)):
            continue
        for place in nothing:
            says = f"its answer seems to say that nothing was found; {len(others):,} of its siblings say something else"
            spot = Spot("/response/body", some[place].note[_SAID:][:EVIDENCE])
            yield (
                place,
                Held(
                    Severity.AMBER, "nothing", fault="nothing", says=says, spots=(spot,), others=keys(some, others[:5])
                ),
            )


RULE = Rule(
    "found-nothing",
    "its answer seems to say that nothing was found",
    Explained(
        what="An answer that says, in English, that nothing could be found or is known, where most recordings of the "
        "same function and question say something else.",
        why="A search came back empty on the day of the recording, and the test now holds that for right.",
        example="`I couldn't find specific updates from the US region`, and its siblings list three.",
        fix="Look at the results that stand in its request, and re-record it.",
        mistaken="Answers that say so of a part of the question only.",
        measured="44, 2 and 0; all were read, and 44 are right: 2 could not do a part of what was asked. 3 more in the "
        "later tree of OGX; all are right.",
        right={Severity.AMBER: (20, 20)},
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.CONTENT,
    is_heuristic=True,
)
