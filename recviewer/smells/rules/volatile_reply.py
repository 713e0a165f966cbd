"""A reply with ids, times or durations that its recorder did not replace by fixed values."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.notes import is_own_file
from recviewer.smells.rest import values
from recviewer.smells.spots import in_answer

_LISTS = (Kind.MODELS, Kind.OLLAMA_PS, Kind.UNREADABLE)
"""Kinds for which ids and times are the content."""


def _holds(case: Case) -> Held | None:
    """In a cassette every reply has a date, which nobody removes; so only files with a single exchange are examined."""
    side = case.new
    if side is None or not is_own_file(side) or side.exchange.kind in _LISTS:
        return None
    date = next(_dates(side), "")
    what = "a date of its headers" if date else side.meaning.made_anew
    if not what:
        return None
    says = f"its reply holds {what} that is new in each recording"
    says += f", which counts as different: “{date[:60]}”" if date else ""
    return Held(Severity.GREY, what, fault=what, says=says, spots=in_answer(side, date))


def _dates(side: Side) -> Iterator[str]:
    return (one for one in values(side.exchange.rest, "date") if isinstance(one, str))


RULE = Rule(
    "volatile-reply",
    "its reply holds what is new in each recording",
    Explained(
        what="A recording of OGX whose reply has an id, a time or a duration as the provider gave it, or the date in the "
        "headers of HTTP. Its recorder writes fixed values in such places of the replies that it knows. Lists of models "
        "are left out, for their times are what they tell.",
        why="Whoever re-records changes the file, though nothing else changed; a date in the headers counts as "
        "different besides, so that nobody may pass over it.",
        example="`id: v1_ChdXV0R…` and `created: 2026-04-09T…` in a reply of Gemini's.",
        fix="Let the recorder put fixed values there. What is recorded is right, and needs nothing.",
        mistaken="Recordings of before October 2025, when the recorder left all of this in.",
        measured="19, 50 and 0: 42 ids, 25 times and 2 durations; each kind was read, and is right.",
        right={Severity.GREY: (20, 20)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.PLACE,
    levels=(Severity.GREY,),
)
