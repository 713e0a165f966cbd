"""What is counted for the list after a change is made of what was counted before it: it is as if all was counted anew."""

import random
from datetime import UTC, datetime

import pytest

from recviewer.catalog import columns, facets, indexer
from recviewer.catalog.columns import Columns
from recviewer.catalog.groups import TestGroups, groups_of
from recviewer.catalog.models import Commit, IndexRun, Recording
from recviewer.catalog.state import current_state, rename_state, stable_state
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.recordings.questions import QuestionOrder, questions_of


def values_of(found):
    return {id: (size, found.sorts[sort]) for id, size, sort in zip(found.ids, found.sizes, found.sort_of, strict=True)}


def order_in(order, found):
    """Return the recordings in order, each with the first one of its question."""
    first = {}
    return [
        (found.ids[place], first.setdefault(number, found.ids[place]))
        for place, number in zip(order.places, order.numbers, strict=True)
    ]


def sums_of(groups, found):
    return sorted(groups.summed(b"\1" * len(found)), key=repr)


def counted():
    """Compare what pages count now with what is counted from all rows. Returns how the columns were made."""
    stable = stable_state()
    found, fresh = facets.columns(stable), Columns()
    assert values_of(found) == values_of(fresh)
    assert found.known == fresh.known
    assert facets.counts(found, found.all, ()) == facets.counts(fresh, fresh.all, ())
    made = questions_of(ListState(), stable, (found, found.all))
    assert order_in(made.order, found) == order_in(QuestionOrder(fresh), fresh)
    assert sums_of(groups_of(found, stable), found) == sums_of(TestGroups(fresh), fresh)
    return found.lineage


@pytest.fixture
def reads(monkeypatch):
    """The runs after which rows were read; -1 for all rows."""
    asked = []
    real = columns._read
    monkeypatch.setattr(columns, "_read", lambda run=-1: asked.append(run) or real(run))
    return asked


@pytest.fixture
def some(put):
    for number in range(12):
        put(f"a/recordings/{number}.json", test=f"t.py::test_{number % 4}[{number}]", asked=f"question {number % 3}")
    indexer.refresh(processes=1)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_after_any_changes_the_counts_are_those_of_all_rows(some, put, root, seed):
    chance = random.Random(seed)
    for _ in range(12):
        for _ in range(chance.randrange(1, 4)):
            number = chance.randrange(16)
            place = root / f"a/recordings/{number}.json"
            match chance.randrange(5):
                case 0 if place.exists():
                    place.unlink()
                case 1:
                    put(f"a/recordings/{number}.json", b"{" + b"x" * chance.randrange(9))
                case _:
                    test = f"t.py::test_{chance.randrange(5)}[{chance.randrange(9)}]" if chance.random() < 0.8 else None
                    put(
                        f"a/recordings/{number}.json",
                        test=test,
                        asked=chance.choice(["", "question 1", "question 2"]),
                        model=f"m-{chance.randrange(3)}",
                        answered="x" * chance.randrange(2_000),
                    )
        indexer.refresh(processes=1)
        if chance.random() < 0.6:  # not every state is looked at
            counted()
    counted()


@pytest.mark.django_db
def test_only_what_was_written_is_read_again(some, put, root, reads):
    before = counted()
    put("a/recordings/3.json", model="other", test="t.py::test_9")
    put("a/recordings/90.json")
    indexer.refresh(processes=1)
    del reads[:]

    facets.columns(stable_state())

    assert reads[0] > 0
    assert counted() is before
    (root / "a/recordings/5.json").unlink()
    indexer.refresh(processes=1)
    assert counted() is not before  # rows have moved up


@pytest.mark.django_db
def test_what_is_written_without_a_run_has_all_rows_read(some, put):
    counted()
    commit = Commit.objects.create(sha="a" * 40, author="Ana", at=datetime.now(UTC), subject="", body="")
    Recording.objects.filter(path__endswith="7.json").update(commit=commit, replay="older")
    rename_state()
    put("a/recordings/3.json", model="other")
    indexer.refresh(processes=1)

    counted()


@pytest.mark.django_db
def test_rows_of_a_run_that_was_interrupted_are_counted(some, put):
    before = counted()
    put("a/recordings/3.json", model="other")
    indexer.refresh(processes=1)
    newest = IndexRun.objects.order_by("-id")[0]
    IndexRun.objects.filter(pk=newest.pk).update(finished_at=None, added=0, changed=0)
    assert current_state().endswith("+")
    assert counted() is before  # also while a run is under way
    put("a/recordings/4.json", model="third")
    indexer.refresh(processes=1)

    counted()


@pytest.mark.django_db
def test_a_catalog_that_was_rebuilt_is_read_anew(some, put):
    counted()
    IndexRun.objects.all().update(started_at=datetime(2026, 1, 1, tzinfo=UTC))
    Recording.objects.filter(path__endswith="7.json").update(model="other")

    counted()
