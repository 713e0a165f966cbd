"""A recording in the folder of other tests."""

from __future__ import annotations

from recviewer.replay.lists import is_common, is_folder_of, test_folder
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.notes import is_own_file

HOME = "recordings"
"""The folder beside a test in which OGX looks for its recordings; before October 2025 there was one for all, with
subfolders of other names.
"""


def _holds(case: Case) -> Held | None:
    """Recordings that were moved there have a rule of their own."""
    if case.new is None or (case.old is not None and case.old.folder != case.new.folder):
        return None
    side = case.new
    folder = side.folder.rstrip("/")
    if not is_own_file(side) or not test_folder(side.test_id) or not _is_home(folder):
        return None
    if is_common(folder) or is_folder_of(folder, side.test_id):
        return None
    says = f"it lies in {folder}, and its test looks in {test_folder(side.test_id)}"
    return Held(Severity.AMBER, folder, fault=folder, says=says)


def _is_home(folder: str) -> bool:
    parent, _, name = folder.rpartition("/")
    return name == HOME and parent not in ("", "tests", "tests/integration")


RULE = Rule(
    "wrong-folder",
    "it lies where its test does not look",
    Explained(
        what="A recording of OGX in a folder `recordings` that is neither beside its test nor the shared one.",
        why="Replay looks beside the test and in the shared folder, so it never finds the file.",
        example="A recording of `tests/integration/agents/…` in `tests/integration/responses/recordings`.",
        fix="Move it beside its test, or delete it and re-record the test.",
        mistaken="Trees of other layouts, as before October 2025; those of that time are known and left alone.",
        measured="nothing in any of them, nor in the later two; other code found none either in the 3,804 of OGX that name "
        "a test.",
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.PLACE,
)
