"""The result of a report as a single word: a commit status, an exit code."""

from __future__ import annotations

from enum import StrEnum

from recviewer.report.links import Links
from recviewer.report.report import Report
from recviewer.report.sentence import status


class Check(StrEnum):
    """The states of a commit status. pending: something is undecided. failure: see `is_red`."""

    SUCCESS = "success"
    PENDING = "pending"
    FAILURE = "failure"


class FailOn(StrEnum):
    """What makes a run fail. undecided: undecided or red changes. red: only red ones. none: nothing."""

    UNDECIDED = "undecided"
    RED = "red"
    NONE = "none"


def is_red(report: Report) -> bool:
    """Tell whether a change is to be re-recorded, or a red finding is open.

    A finding is open until all of its changes are decided on: whoever approves a recorded error has seen it.
    """
    return report.numbers.rejected > 0 or report.numbers.red > 0


def check(report: Report) -> Check:
    """Return the state of the commit status: success only if everything was examined and decided on."""
    if is_red(report):
        return Check.FAILURE
    return Check.SUCCESS if report.is_clean else Check.PENDING


def fails(report: Report, level: FailOn) -> bool:
    """Tell whether a run fails."""
    match level:
        case FailOn.NONE:
            return False
        case FailOn.RED:
            return is_red(report)
        case FailOn.UNDECIDED:
            return not report.is_clean


def as_status(report: Report, links: Links | None = None) -> dict[str, str]:
    """Return the fields of a commit status: `state`, `description` (140 characters at most), `target_url` if known."""
    told = {"state": check(report).value, "description": status(report.found)}
    return told | {"target_url": links.page} if links and links.page else told
