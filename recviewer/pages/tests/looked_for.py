"""What a test looks for in its answers, beside them: read from its source in git at HEAD, never imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recviewer.asserts.expectations import AnswerPiece, Expectation, Expectations
from recviewer.asserts.held import Verification, asks, holding_of
from recviewer.asserts.patterns import limited
from recviewer.asserts.reading import expectations_of
from recviewer.asserts.sources import SourceFiles
from recviewer.bounded.cache import Recent
from recviewer.exchange.model import Exchange
from recviewer.git import repository
from recviewer.git.repository import GitFailed
from recviewer.git.texts import texts_of
from recviewer.memory import git_contents
from recviewer.pages.text.expectations import PERHAPS, ExpectedLine, line_of
from recviewer.pages.text.folds import PLAIN, Folds
from recviewer.pages.text.test_ids import TestId

MOST = 40
"""Maximum number of lines beside one answer, and in the list of all."""

MOST_ANSWERS = 200
"""Maximum number of answers in which each expectation is looked for."""


@dataclass(frozen=True, slots=True)
class LookedFor:
    """What a test looks for. path: of its source. every: each thing once; lacking: indexes of those in no answer.

    is_alone: there is one answer, so that the source cannot mean another.
    """

    path: str = ""
    every: tuple[Expectation, ...] = ()
    lacking: frozenset[int] = frozenset()
    is_alone: bool = False

    def beside(self, exchange: Exchange, folds: Folds) -> tuple[ExpectedLine, ...]:
        """Return the expectations that an answer meets, and those that it does not meet although it certainly is the
        one that is meant.
        """
        lines = []
        for place, one in enumerate(self.every if exchange.outputs else ()):
            if one.question is not None and not asks(exchange, one.question):
                continue
            found = holding_of(one, [exchange])
            if found.state is Verification.THERE and not one.absent:
                said = "there" if one.question is not None or self.is_alone else f"there{PERHAPS}"
                lines.append(line_of(one, self.path, ("good", "ok", said)))
            elif found.exact and place in self.lacking and _ends_here(one, exchange):
                lines.append(line_of(one, self.path, ("warn", "warn", "there" if one.absent else "not there")))
        folds.spend(PLAIN * min(len(lines), MOST))
        return tuple(lines[:MOST])

    def missing(self) -> tuple[ExpectedLine, ...]:
        """Return the expectations that no answer of the test meets."""
        some = [self.every[place] for place in sorted(self.lacking)[:MOST]]
        said = {True: "in an answer", False: "in no answer here"}
        return tuple([line_of(one, self.path, ("warn", "warn", said[one.absent])) for one in some])


def _ends_here(one: Expectation, exchange: Exchange) -> bool:
    """Tell whether no later answer may be meant by the test."""
    return one.where is AnswerPiece.TOOL or not any(output.tool_calls for output in exchange.outputs)


@dataclass(frozen=True, slots=True)
class LookedForBlock:
    """The summary for the page. count: number of expectations.

    lacking: number of those that no answer meets; missing: the first of them. unread, is_cut: as read. errors: that the
    test expects. is_partial: not all answers were searched.
    """

    count: int
    lacking: int
    missing: tuple[ExpectedLine, ...]
    unread: int
    is_cut: bool
    errors: tuple[str, ...]
    is_partial: bool


def of_answers(read: Expectations | None, exchanges: Sequence[Exchange]) -> LookedFor:
    """Return what a test looks for, and which of it no answer has. read: None if its source is not available."""
    if read is None:
        return LookedFor()
    every = tuple(_once(read.expected))
    some = [one for one in exchanges if one.outputs][:MOST_ANSWERS]
    with limited():
        lacking = [place for place, one in enumerate(every) if holding_of(one, some).state is Verification.MISSING]
    return LookedFor(read.path, every, frozenset(lacking), is_alone=len(some) == 1)


def block_of(
    read: Expectations | None, looked: LookedFor, exchanges: Sequence[Exchange], *, is_partial: bool
) -> LookedForBlock | None:
    """Return the summary; None if the test's source is not available. exchanges: all that were read."""
    if read is None:
        return None
    is_cut = len([one for one in exchanges if one.outputs]) > MOST_ANSWERS
    errors = tuple(dict.fromkeys(name for one in read.raises for name in one.names))[:MOST]
    return LookedForBlock(
        len(looked.every),
        len(looked.lacking),
        looked.missing(),
        len(read.unread),
        read.cut,
        errors,
        is_partial or is_cut,
    )


def _once(expected: Sequence[Expectation]) -> list[Expectation]:
    """Return each expectation once, even if several assertions have it."""
    seen: dict[str, Expectation] = {}
    for one in expected:
        key = repr((one.where, one.how, one.any_of, one.absent, one.steps, one.inside, one.question))
        seen.setdefault(key, one)
    return list(seen.values())


_kept = Recent[tuple[str, str], tuple[Expectations | None]](64)
"""By commit and test."""


def expectations(test: TestId) -> Expectations | None:
    """Return the expectations in the source of a test; None if it is not available."""
    here = git_contents.here() if test.file.removesuffix("::").endswith(".py") else None
    if here is None:
        return None
    try:
        commit = repository.resolve(here, "HEAD")
        known = _kept.get((commit, test.whole))
        if known is None:
            with texts_of(here, commit) as text:
                known = _kept.put((commit, test.whole), (expectations_of(SourceFiles(text), test.whole),))
    except (GitFailed, UnicodeEncodeError):
        return None
    return known[0]
