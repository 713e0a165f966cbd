"""The plan as text for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from recviewer.commands.terminal import safe
from recviewer.exchange.amounts import counted
from recviewer.plan import commands
from recviewer.plan.commands import Feed
from recviewer.plan.model import FileToDo, LeftOut, Plan

NAMED = 50
"""Recordings that one list names; of the rest it gives the number, and `--format json` has all."""


def words(plan: Plan, *, command: str = "recviewer plan") -> str:
    """Return the plan as text, with the commands to run next. command: prints this plan from any directory."""
    return safe("\n".join(_lines(plan, command))) + "\n"


def _lines(plan: Plan, command: str) -> Iterator[str]:
    if plan.ground.spec:
        yield f"{plan.ground.spec}: {plan.ground.base[:9]}…{plan.ground.head[:9] or 'the files on disk'}"
    if plan.is_empty:
        yield "Nothing is marked for deletion, and nothing is to be re-recorded."
        return
    yield from _deletions(plan)
    yield from _left_out("Changed since they were marked, and left out", plan.changed)
    yield from _left_out("Not marked themselves, and left out", plan.alike)
    yield from _back(plan)
    yield from _taken_back(plan)
    yield from _again(plan)
    yield from _next(plan, command)


def _deletions(plan: Plan) -> Iterator[str]:
    if plan.deletions:
        of_tests = f", of {counted(plan.tests, 'test')}" if plan.tests else ""
        yield f"To delete: {counted(len(plan.deletions), 'recording')}, {plan.size:,} bytes{of_tests}"
        yield from _files(plan.deletions)
    if plan.cut:
        yield f"Cut out of files that stay: {counted(plan.cut, 'recording')}; the patch leaves every other byte of them"
        yield ""
    if plan.elsewhere:
        yield f"Marked too, but not part of this range: {counted(plan.elsewhere, 'recording')}"
        yield ""
    if plan.losses:
        yield f"Careful: {counted(len(plan.losses), 'test')} would lose what replays"
        for loss in plan.losses:
            left = f"{loss.left} left, none of them replays for sure" if loss.left else "no recording left"
            by_range = f"; {counted(loss.removed, 'recording')} removed by this range" if loss.removed else ""
            yield f"  {loss.test_id}  ({left}{by_range})"
        yield ""


def _back(plan: Plan) -> Iterator[str]:
    if plan.back:
        yield f"To restore, as they were in {plan.ground.base[:9]}: {counted(len(plan.back), 'recording')}"
        yield from _files(plan.back)
    if plan.put_back:
        yield f"Put back into files that they shared: {counted(plan.put_back, 'recording')}; every other byte of these stays"
        yield ""
    yield from _left_out("To restore, but no patch can", plan.stuck)


def _taken_back(plan: Plan) -> Iterator[str]:
    if plan.taken_back:
        count = counted(len(plan.taken_back), "old recording")
        yield f"To take back, as they were in {plan.ground.base[:9]}: {count}"
        for one in plan.taken_back[:NAMED]:
            where = "" if one.is_at_one_path else f" -> {one.old.path}"
            yield f"  {one.new.path}{where}  ({one.new.by})"
        yield from _rest(len(plan.taken_back))
        yield ""
    yield from _left_out("To take back, but left out", plan.kept)


def _again(plan: Plan) -> Iterator[str]:
    if plan.again:
        yield f"To re-record: {counted(len(plan.again), 'test')}"
        for again in plan.again:
            yield f"  {again.test_id}"
            for by, note in again.reasons:
                yield f"    {by}: {' '.join(note.split())}"
        yield ""
    orphans = tuple(LeftOut(path, "", "") for path in plan.orphans)
    yield from _left_out("To re-record, but no test is known for them", orphans)


def _files(files: Sequence[FileToDo]) -> Iterator[str]:
    for item in files[:NAMED]:
        yield f"  {item.path}  ({item.by}{': ' + ' '.join(item.note.split()) if item.note else ''})"
    yield from _rest(len(files))
    yield ""


def _left_out(title: str, items: Sequence[LeftOut]) -> Iterator[str]:
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
    ground = plan.ground
    git = f"git -C {shlex.quote(str(ground.work_tree))}" if ground.work_tree and ground.is_here else "git"
    patching = commands.applying(plan, Feed(f"{command} --format patch | ", ""), git)
    listing = commands.removing(plan, Feed(f"{command} --format git-rm | ", ""), git)
    switching = commands.switching(plan)
    if patching:
        yield "Next, at the top of a checkout of this head:" if switching else "Next:"
        yield from (f"  {line}" for line in switching + patching)
        if not ground.work_tree and not ground.spec:
            yield "  (the paths are relative to the recordings root)"
    if listing:
        yield "or, for the deletions alone:" if plan.back or plan.taken_back else "or"
        yield from (f"  {line}" for line in listing)
    if plan.again:
        yield f"{'and' if patching else 'Next'}, with your recorder switched to recording,"
        yield from (f"  {line}" for line in commands.recording(plan))
