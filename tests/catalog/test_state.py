from datetime import UTC, datetime

import pytest

from recviewer.catalog import indexer, readers
from recviewer.catalog.models import IndexRun
from recviewer.catalog.state import current_state, if_stable, stable_state


@pytest.mark.django_db
def test_state_of_the_catalog_has_another_name_after_each_change(put):
    names = [current_state()]
    place = put()
    for change in (lambda: None, lambda: put(answered="Venus."), place.unlink):
        change()
        indexer.refresh(processes=1)
        names.append(current_state())

    assert len(set(names)) == 4


@pytest.mark.django_db
def test_a_catalog_that_was_built_again_is_not_taken_for_the_one_before():
    names = set()
    for day in (1, 2):
        IndexRun.objects.all().delete()
        IndexRun.objects.create(id=1, started_at=datetime(2026, 1, day, tzinfo=UTC))
        names.add(current_state())

    assert len(names) == 2


@pytest.mark.django_db
def test_nothing_is_kept_while_a_run_writes():
    run = IndexRun.objects.create(started_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (stable_state(), if_stable(current_state())) == ("", "")

    run.finished_at = run.started_at
    run.save()

    assert stable_state() == current_state() != ""


@pytest.mark.django_db
def test_what_is_kept_stays_true_while_files_are_only_read(put, monkeypatch):
    put()
    indexer.refresh(processes=1)
    put(answered="Venus.")
    before, read, seen = stable_state(), readers.read_all, []
    monkeypatch.setattr(
        readers, "read_all", lambda *given: [seen.append(stable_state()) or done for done in read(*given)]
    )

    indexer.refresh(processes=1)

    assert seen == [before] != [""]
    assert stable_state() != before
