"""What is written out by hand names every column: one that is added to a model alone would be lost by an undo or a run."""

from datetime import UTC, datetime

from recviewer.catalog.models import File, Recording
from recviewer.catalog.writer import COLUMNS, FILE
from recviewer.review import decide, rows
from recviewer.review.models import Decision, Note, Tag, TagOn

AT = datetime(2026, 1, 1, tzinfo=UTC)
OF_RUNS = ("reads", "used_by", "uses")
"""Written by `catalog.usage`, which works them out anew whenever the tree was read."""


def names(model):
    return {field.name for field in model._meta.fields}


def test_a_run_writes_every_column():
    assert {field.column for field in Recording._meta.fields} == {*COLUMNS, "commit_id", *OF_RUNS}
    assert {field.column for field in File._meta.fields} == set(FILE)


def test_an_undo_knows_all_of_a_verdict():
    assert names(Decision) == {*decide.SAID, "id", "fingerprint", "reviewer", "entered_at", "event"}


def test_an_undo_knows_all_of_a_note_and_a_tag():
    tag = Tag(name="Later", folded="later", changed_at=AT)

    assert names(Note) == {*rows.of_note(Note(at=AT, changed_at=AT)), "id", "uid"}
    assert names(Tag) == {*rows.of_tag(tag), "id", "folded"}
    assert names(TagOn) == {*rows.of_use(TagOn(tag=tag, at=AT)), "id", "path"}
