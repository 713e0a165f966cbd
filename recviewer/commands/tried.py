"""Trying a plan: running the suite on a copy of the work tree before and after it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from recviewer.git import repository
from recviewer.git.repository import first_line
from recviewer.plan import model as plans
from recviewer.plan.model import FileToDo, Plan
from recviewer.recorders.registry import claims
from recviewer.store.paths import key_of
from recviewer.used.comparing import Compared, compare
from recviewer.used.trial import CannotTry, ToTry, try_it


def tried(plan: Plan, words: tuple[str, ...], say: Callable[[str], object]) -> Compared:
    """Run a command on a copy before and after a plan, and return what differs.

    Raises CannotTry, CannotRun, EndedBySignal, Refusal, GitFailed, OSError.
    """
    if not plan.has_patch:
        raise CannotTry("The plan asks for no file to go or to come back, so there is nothing to try.")
    if not plan.ground.is_here:
        raise CannotTry("The plan is for another commit than the one that lies here: check that out first.")
    patch = b"".join(plans.patch(plan))
    root = Path(settings.RECORDINGS_ROOT)
    top = plan.ground.work_tree or root
    here = Path(os.getcwd())
    is_inside = os.path.commonpath([os.path.realpath(here), os.path.realpath(top)]) == os.path.realpath(top)

    def apply(copy: Path) -> None:
        done = repository.run(
            ("-C", copy, "apply", "--whitespace=nowarn", "-"), env=_environment(copy.parent), feed=patch
        )
        if done.returncode:
            raise CannotTry(f"The plan does not fit the files: {first_line(done)}.")

    runs = try_it(ToTry(top, root, here if is_inside else top, words, apply), claims(), say)
    start = os.path.relpath(os.path.realpath(root), os.path.realpath(top))
    prefix = b"" if start == "." else os.fsencode(start) + b"/"
    deleted = [*plan.deletions, *[one.new for one in plan.taken_back if not one.is_at_one_path]]
    brought = [*plan.back, *[one.old for one in plan.taken_back]]
    return compare(*runs, deleted=_keys(deleted, prefix), brought=_keys(brought, prefix))


def _environment(above: Path) -> dict[str, str]:
    """Return an environment in which git treats a copy as a plain folder and looks for no repository above it."""
    return repository.environment() | {"GIT_DIR": str(above / "none"), "GIT_CEILING_DIRECTORIES": str(above)}


def _keys(files: list[FileToDo], prefix: bytes) -> set[str]:
    """Return the paths of files below the root. prefix: the path from the top to the root."""
    return {key_of(one.name[len(prefix) :]) for one in files if one.name.startswith(prefix)}
