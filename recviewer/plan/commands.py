"""The commands that carry out a plan, for people to copy. recviewer itself never runs them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from recviewer.plan.model import Plan, argument


@dataclass(frozen=True, slots=True)
class Feed:
    """How a git command gets its input.

    before: a command before it, with its pipe. file: the name of the input file, "" for standard input.
    """

    before: str
    file: str


def switching(plan: Plan) -> list[str]:
    """Return the commands that check out the patch's commit; [] if it is already checked out."""
    ground = plan.ground
    if ground.is_here or not ground.head:
        return []
    fetching = [f"git fetch origin {shlex.quote(ground.to_fetch)}"] if ground.to_fetch else []
    return [*fetching, f"git switch --detach {ground.head}"]


def applying(plan: Plan, feed: Feed, git: str = "git") -> list[str]:
    """Return the commands that test and apply a patch; [] if there is none.

    git: how git is called, at the top of a checkout.
    """
    if not plan.has_patch:
        return []
    end = f" {shlex.quote(feed.file)}" if feed.file else ""
    how = " --index" if plan.ground.is_in_git else ""
    return [f"{feed.before}{git} apply --check{end}", f"{feed.before}{git} apply{how}{end}"]


def removing(plan: Plan, feed: Feed, git: str = "git") -> list[str]:
    """Return the command that deletes the files of a list; [] if there are none, or if git may not know the files."""
    if not (plan.removed and plan.ground.is_in_git):
        return []
    return [f"{feed.before}{git} rm --pathspec-from-file={shlex.quote(feed.file) if feed.file else '-'}"]


def recording(plan: Plan) -> list[str]:
    """Return the commands that run the tests to re-record, one for each test file."""
    by_file: dict[str, list[str]] = {}
    for again in plan.again:
        by_file.setdefault(again.test_id.partition("::")[0], []).append(shlex.quote(argument(again.test_id)))
    return [f"pytest {' '.join(tests)}" for tests in by_file.values()]
