"""The plan as text for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from recviewer.commands.terminal import safe
from recviewer.review.plan import LeftOut, Plan

NAMED = 50
"""Recordings that one list names; the rest is a number, and `--format json` has all."""


def words(plan: Plan, *, root: str = "") -> str:
    """Return the plan as text, with the commands to run next. root: as it was named on the command line."""
    command = f"recviewer plan --recordings {shlex.quote(root)}" if root else "recviewer plan"
    return safe("\n".join(_lines(plan, command))) + "\n"


def _lines(plan: Plan, command: str) -> Iterator[str]:
    if plan.is_empty:
        yield "Nothing is marked for deletion, and nothing is to be recorded again."
        return
    yield from _deletions(plan)
    yield from _left_out("Changed since they were marked, and left out", plan.changed)
    yield from _left_out("Not marked themselves, and left out", plan.alike)
    if plan.again:
        count = _count(len(plan.again), "test")
        yield f"To record again: {count}"
        for again in plan.again:
            yield f"  {again.test_id}"
            for by, note in again.reasons:
                yield f"    {by}: {' '.join(note.split())}"
        yield ""
    yield from _left_out(
        "To record again, but no test is known for them", tuple(LeftOut(path, "", "") for path in plan.orphans)
    )
    yield from _next(plan, command)


def _deletions(plan: Plan) -> Iterator[str]:
    if not plan.deletions:
        return
    yield f"To delete: {_count(len(plan.deletions), 'recording')}, {plan.size:,} bytes, of {_count(plan.tests, 'test')}"
    for item in plan.deletions[:NAMED]:
        yield f"  {item.path}  ({item.by}{': ' + ' '.join(item.note.split()) if item.note else ''})"
    yield from _rest(len(plan.deletions))
    yield ""
    if plan.losses:
        yield f"Careful: {_count(len(plan.losses), 'test')} would lose what replays"
        for loss in plan.losses:
            left = f"{loss.left} left, none of them replays for sure" if loss.left else "no recording left"
            yield f"  {loss.test_id}  ({left})"
        yield ""


def _left_out(title: str, items: tuple[LeftOut, ...]) -> Iterator[str]:
    if not items:
        return
    yield f"{title}: {len(items):,}"
    for item in items[:NAMED]:
        yield f"  {item.path}{'  (' + item.why + ')' if item.why else ''}"
    yield from _rest(len(items))
    yield ""


def _rest(count: int) -> Iterator[str]:
    if count > NAMED:
        yield f"  and {count - NAMED:,} more"


def _next(plan: Plan, command: str) -> Iterator[str]:
    if plan.deletions or plan.again:
        yield "Next:"
    if plan.deletions and plan.work_tree:
        top = shlex.quote(str(plan.work_tree))
        yield f"  {command} --format patch | git -C {top} apply --index"
        yield "or"
        yield f"  {command} --format git-rm | git -C {top} rm --pathspec-from-file=-"
    elif plan.deletions:
        yield f"  {command} --format patch | git apply       (the paths are relative to the recordings root)"
    if plan.again:
        yield "and, with your recorder switched to recording,"
        yield f"  pytest {' '.join(shlex.quote(again.test_id) for again in plan.again)}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
