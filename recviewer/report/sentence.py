"""The first sentence about a range, and the line for a commit status. Clauses with the number zero are omitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recviewer.changes.expected import kept
from recviewer.changes.numbers import Numbers
from recviewer.changes.overview import Overview
from recviewer.difference.model import Churn
from recviewer.exchange.amounts import counted, size
from recviewer.report.lists import TITLES

STATUS = 140
"""Most characters of a commit status's description."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A number and what it counts. classes: those it covers, for a link; of churn only that without findings."""

    count: int
    words: str
    classes: tuple[Churn, ...]
    is_found: bool | None = None

    def __str__(self) -> str:
        return f"{self.count:,} {self.words}"


_WORDS: tuple[tuple[str, str, tuple[Churn, ...]], ...] = (
    ("became an error, an answer, or another error", "became errors, answers, or other errors", (Churn.OUTCOME,)),
    ("with another tool call", "with other tool calls", (Churn.TOOL_CALL,)),
    ("ended for another reason", "ended for another reason", (Churn.FINISH,)),
    ("re-recorded with other words", "re-recorded with other words", (Churn.TEXT,)),
    ("not read", "not read", (Churn.UNREAD,)),
    ("changed in its request alone", "changed in their requests alone", (Churn.REQUEST,)),
    ("new", "new", (Churn.NEW,)),
    ("deleted", "deleted", (Churn.GONE,)),
    ("with other details", "with other details", (Churn.DETAILS,)),
)
_SAME = (Churn.IDENTICAL, Churn.CHUNKING)


def clauses(found: Overview) -> list[Clause]:
    """Return what happened, most important first, without zeros."""
    tallies = found.classes()
    made = []
    for one, many, classes in _WORDS:
        count = sum(tallies[churn].changes for churn in classes)
        if count:
            made.append(Clause(count, one if count == 1 else many, classes))
    return [*made, *_churn(found)]


def _churn(found: Overview) -> Iterator[Clause]:
    same = [change for change in found.changes if change.is_quiet]
    churn = sum(change.is_churn for change in same)
    if len(same) > churn:
        yield Clause(len(same) - churn, "churn with a finding", _SAME, is_found=True)
    if churn:
        yield Clause(churn, "only churn", _SAME, is_found=False if len(same) > churn else None)


def figures(numbers: Numbers) -> tuple[str, ...]:
    """Return the figures of a row in a table of classes: changes, recordings, tests, size, undecided."""
    return (
        f"{numbers.changes:,}",
        f"{numbers.recordings:,}",
        f"{numbers.tests:,}",
        size(numbers.size),
        f"{numbers.undecided:,}",
    )


def opening(found: Overview) -> str:
    """Return how many recordings changed, and the number of changes if pairs make it smaller."""
    count, changes = found.source.recordings, len(found.changes)
    if not changes:
        return "No recording is touched"
    touched = f"{counted(count, 'recording')} touched"
    return touched if count == changes else f"{touched} in {counted(changes, 'change')}"


def ending(found: Overview) -> str:
    """Return how many changes need a person, and the number of items if grouping makes it smaller."""
    numbers, problems = found.numbers, found.source.problems
    unseen = f"{len(problems):,} not looked at" if problems else ""
    waiting = sum(change.is_waiting and change.needs_you for change in found.changes)
    if not numbers.need_you:
        rest = counted(numbers.waiting, "change waits", "changes wait") if numbers.waiting else ""
        return unseen or (f"{rest} for another person" if rest else "nothing needs you")
    count, some = numbers.need_you, numbers.need_you_items
    items = f", as {counted(some, 'item')}" if some < count else ""
    others = f", {waiting:,} of them another person" if waiting else ""
    return f"{counted(count, 'needs', 'need')} you{items}{others}{f', {unseen}' if unseen else ''}"


def sentence(found: Overview) -> str:
    """Return the sentence: `154 recordings touched in 91 changes: 3 with other tool calls, …; 90 need you.`."""
    if not found.changes:
        return f"{opening(found)}{f'; {ending(found)}' if found.source.problems else ''}."
    return f"{opening(found)}: {', '.join(map(str, clauses(found)))}; {ending(found)}."


def about_tests(found: Overview) -> str:
    """Return how many answers with other words keep what their tests look for; "" if none contained any of it."""
    told = kept(found.changes)
    if not told.of:
        return ""
    if told.of == 1:
        which = "keeps" if told.keep else "does not keep"
        return (
            f"The one answer with other words whose test was seen to look for words that it held {which} all of them."
        )
    return (
        f"{told.keep:,} of {told.of:,} answers with other words keep every word that their tests were seen to look for."
    )


def about_runs(found: Overview) -> str:
    """Return about how many recordings runs of the suite report something; "" if none."""
    unread = sum(bool(change.runs.unread) for change in found.changes)
    asked = sum(bool(change.runs.asked) for change in found.changes)
    said = [f"{counted(unread, 'new recording')} never read by a run of the suite that would have"] if unread else []
    said += [f"{counted(asked, 'deleted recording')} that a run of the suite asked for in vain"] if asked else []
    return "; ".join(said)


def status(found: Overview) -> str:
    """Return the same in 140 characters at most: what needs a person first, details as far as they fit."""
    if not found.changes:
        return sentence(found)
    line = f"{_standing(found)}; {opening(found)}"
    for clause in _short(found):
        longer = f"{line}, {clause}"
        if len(longer) > STATUS - 1:
            break
        line = longer
    return f"{line[: STATUS - 1]}."


def _standing(found: Overview) -> str:
    """Return what is left to do, as the start of a sentence."""
    again, back = found.numbers.rejected, found.numbers.to_revert
    said = [f"{again:,} to re-record"] if again else []
    said += [f"{counted(back, 'old one')} to take back"] if back else []
    if found.numbers.need_you or not found.numbers.churn:
        said.append(ending(found))
    else:
        said.append(f"{found.numbers.churn:,} undecided, only churn")
        said += [ending(found)] if found.source.problems else []
    line = ", ".join(said)
    return line[:1].upper() + line[1:]


def _short(found: Overview) -> Iterator[str]:
    reds = found.numbers.red
    if reds:
        yield f"{reds:,} with a red finding"
    for churn, tally in found.classes().items():
        if tally.changes and churn not in _SAME:
            yield f"{tally.changes:,} {TITLES[churn]}"
    yield from map(str, _churn(found))
