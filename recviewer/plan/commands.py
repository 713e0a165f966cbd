"""The commands that carry a plan out, for people to copy. None of them is ever run from here."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from recviewer.plan.model import Plan, argument


@dataclass(frozen=True, slots=True)
class Feed:
    """How a command of git gets what it works on.

    before: what stands in front of it, with its pipe. file: the name it is given, "" for standard input.
    """

    before: str
    file: str


def switching(plan: Plan) -> list[str]:
    """Return the commands that check out what the patch is against; [] where it lies there already."""
    ground = plan.ground
    if ground.is_here or not ground.head:
        return []
    fetching = [f"git fetch origin {shlex.quote(ground.to_fetch)}"] if ground.to_fetch else []
    return [*fetching, f"git switch --detach {ground.head}"]


def applying(plan: Plan, feed: Feed, git: str = "git") -> list[str]:
    """Return the commands that try a patch out and apply it; [] where there is none.

    git: how it is called, at the top of a checkout.
    """
    if not plan.has_patch:
        return []
    end = f" {shlex.quote(feed.file)}" if feed.file else ""
    how = " --index" if plan.ground.is_in_git else ""
    return [f"{feed.before}{git} apply --check{end}", f"{feed.before}{git} apply{how}{end}"]


def removing(plan: Plan, feed: Feed, git: str = "git") -> list[str]:
    """Return the command that deletes by a list; [] where nothing is to be deleted, or git may not know the files."""
    if not (plan.removed and plan.ground.is_in_git):
        return []
    return [f"{feed.before}{git} rm --pathspec-from-file={shlex.quote(feed.file) if feed.file else '-'}"]


def recording(plan: Plan) -> list[str]:
    """Return the commands that run the tests to re-record, one for each test file."""
    by_file: dict[str, list[str]] = {}
    for again in plan.again:
        by_file.setdefault(again.test_id.partition("::")[0], []).append(shlex.quote(argument(again.test_id)))
    return [f"pytest {' '.join(tests)}" for tests in by_file.values()]
