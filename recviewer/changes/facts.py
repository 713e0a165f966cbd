"""Facts about a change besides its two recordings: its test's expectations, and runs of the suite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from recviewer.asserts.expectations import Expectation
from recviewer.exchange.amounts import counted

NAMED = 4
"""Most runs that a clause names."""


class Met(NamedTuple):
    """An expectation of a test, and whether the answers of a change meet it.

    before, now: None if there is no such answer, or if it cannot be determined. elsewhere: another new answer of the
    test in the range meets it. plain: nothing had to be guessed, and it is about this very answer: the request has the
    question that the test spells out, and the answer ends without a call that another answer would follow. path: the
    test's file.
    """

    expectation: Expectation
    before: bool | None
    now: bool | None
    elsewhere: bool
    plain: bool
    path: str

    @property
    def is_spelled_out(self) -> bool:
        """Tell whether the test identifies the answer by spelling out its question."""
        return self.expectation.question is not None

    @property
    def is_lost(self) -> bool:
        """Tell whether the old answer met it and the new one does not, nor another answer of the test."""
        return self.before is True and self.now is False and (self.plain or not self.elsewhere)


class Expected(NamedTuple):
    """The expectations of a change's test about its answer.

    met: those that one of the two answers met. is_read: the test's source is available. unread: number of asserts about
    answers that could not be interpreted. is_cut: the source was not followed to its end. errors: names of errors that
    the test expects, if one of the two is an error.
    """

    met: tuple[Met, ...] = ()
    is_read: bool = False
    unread: int = 0
    is_cut: bool = False
    errors: tuple[str, ...] = ()

    @property
    def loses(self) -> bool:
        """Tell whether an expectation is no longer met."""
        return any(one.is_lost for one in self.met)

    @property
    def was_held(self) -> bool:
        """Tell whether the old answer met any expectation."""
        return any(one.before for one in self.met)


NOTHING_EXPECTED: Final = Expected()


class RunWords(NamedTuple):
    """What runs report about one change. unread: runs that would have read the new recording and did not, if none did.

    asked: runs that requested the deleted old one in vain. tests: how many different tests did; failed: how many of
    them failed in any run.
    """

    unread: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    tests: int = 0
    failed: int = 0

    @property
    def clause(self) -> str:
        """All of it as a clause; "" if there is nothing."""
        said = [f"never read by {_names(self.unread)}"] if self.unread else []
        if self.asked:
            said.append(f"asked for in vain by {_names(self.asked)} in {counted(self.tests, 'test')}, {self._failed}")
        return "; ".join(said)

    @property
    def _failed(self) -> str:
        if self.tests == 1:
            return "which failed" if self.failed else "which did not fail"
        return f"{self.failed:,} of which failed" if self.failed else "none of which failed"


NOTHING_SAID: Final = RunWords()


def _names(runs: Sequence[str]) -> str:
    more = f" and {len(runs) - NAMED:,} more" if len(runs) > NAMED else ""
    return f"{', '.join(runs[:NAMED])}{more}"
