"""What is known of a change besides its two recordings: what its test looks for, and what runs of the suite say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from recviewer.asserts.expectations import Expectation
from recviewer.exchange.amounts import counted

NAMED = 4
"""Runs that a clause names."""


class Met(NamedTuple):
    """An expectation of a test, and whether the answers of a change hold it.

    before, now: None where there is no such answer, or nothing can be told of it. elsewhere: another new answer of the
    test in the range holds it now. plain: nothing had to be guessed, and it is about this very answer: it asks the question
    that the test spells out, and ends without a call that another answer would follow. path: the file of the test.
    """

    expectation: Expectation
    before: bool | None
    now: bool | None
    elsewhere: bool
    plain: bool
    path: str

    @property
    def is_spelled_out(self) -> bool:
        """Tell whether the test says which answer it is about, by its question."""
        return self.expectation.question is not None

    @property
    def is_lost(self) -> bool:
        """Tell whether the old answer held it, and the new one does not, nor one that follows it."""
        return self.before is True and self.now is False and (self.plain or not self.elsewhere)


class Expected(NamedTuple):
    """What the test of a change looks for in its answer.

    met: what one of both answers held. is_read: the source of the test is at hand. unread: asserts about answers that could
    not be read. is_cut: the source was not followed to its end. errors: names of errors that the test expects, where one of
    both is an error.
    """

    met: tuple[Met, ...] = ()
    is_read: bool = False
    unread: int = 0
    is_cut: bool = False
    errors: tuple[str, ...] = ()

    @property
    def loses(self) -> bool:
        """Tell whether something is lost."""
        return any(one.is_lost for one in self.met)

    @property
    def was_held(self) -> bool:
        """Tell whether the old answer held anything."""
        return any(one.before for one in self.met)


NOTHING_EXPECTED: Final = Expected()


class RunWords(NamedTuple):
    """What runs say of one change. unread: those that would have read the new recording and did not, where none did.

    asked: those that asked for the old one in vain, which is deleted; in how many different tests, of which so many failed
    in any of them.
    """

    unread: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    tests: int = 0
    failed: int = 0

    @property
    def clause(self) -> str:
        """All of it in words; "" for nothing."""
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
