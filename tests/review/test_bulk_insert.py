"""Rows that are added in plain SQL are those that Django's objects would have added."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import post_init

from recviewer.review import audit
from recviewer.review.audit import Action, ActItem
from recviewer.review.bulk_insert import ANYWAY, add, instead
from recviewer.review.decide import decide
from recviewer.review.locks import acting
from recviewer.review.models import AuditEvent, Decision, EventItem, EventMember, Kept, Standing
from recviewer.review.subjects import Seen
from recviewer.review.undoing import redo, undo

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
SAYS = ("state", "by", "at", "note", "rule")


def test_moments_bytes_and_payloads_come_back_as_they_were():
    event = AuditEvent.objects.create(at=AT, actor="Ana", action=Action.APPROVE, summary="approved", count=1)
    told = {"a": [1, None, "é\n%s"], "b": {"c": True}}

    add(EventMember, ("event_id", "part", "told"), [(event.pk, "rows", told)])
    add(Kept, ("fingerprint", "blob", "size", "data"), [("2:aa", "0" * 40, 3, b"\0\xff%")])
    add(Standing, ("fingerprint", *SAYS), [("2:aa", "approved", "Ana", AT, "100 %", "")])

    assert EventMember.objects.get().told == told
    assert bytes(Kept.objects.get().data) == b"\0\xff%"
    assert Standing.objects.get().at == AT
    assert Standing.objects.get().note == "100 %"


def test_rows_are_added_in_their_order_over_batches():
    event = AuditEvent.objects.create(at=AT, actor="Ana", action=Action.APPROVE, summary="approved", count=1)

    rows = ((event.pk, f"r/{number}.json", "2:aa", "") for number in range(7))
    add(EventItem, ("event_id", *ActItem._fields), rows, batch=3)

    assert [item["path"] for item in audit.items_of(event)] == [f"r/{number}.json" for number in range(7)]


def test_what_is_there_already_stays_or_is_replaced_as_was_asked():
    names = ("fingerprint", *SAYS)
    add(Standing, names, [("2:aa", "approved", "Ana", AT, "", "")])

    add(Standing, names, [("2:aa", "rejected", "Ben", AT, "no", "")], clash=ANYWAY)
    assert Standing.objects.get().by == "Ana"
    add(Standing, names, [("2:aa", "rejected", "Ben", AT, "no", "")], clash=instead(Standing, SAYS))
    assert (Standing.objects.get().by, Standing.objects.get().note) == ("Ben", "no")
    with pytest.raises(IntegrityError), transaction.atomic():
        add(Standing, names, [("2:aa", "approved", "Ana", AT, "", "")])


def test_an_act_on_many_makes_no_object_of_each_row(make_recording):
    made = [make_recording(f"r/{number}.json", answered=f"answer {number}") for number in range(4)]
    objects = []

    def note(sender, **_):
        objects.append(sender)

    post_init.connect(note)
    try:
        decide([Seen(one.path, one.blob) for one in made], actor="Ana", verdict="approve")
    finally:
        post_init.disconnect(note)

    assert Decision.objects.count() == Standing.objects.count() == EventItem.objects.count() == 4
    assert not {Decision, EventItem, EventMember, Standing, Kept} & set(objects)


def test_an_act_that_breaks_off_leaves_nothing(make_recording, monkeypatch):
    made = [make_recording(f"r/{number}.json", answered=f"answer {number}") for number in range(3)]
    seen = [Seen(one.path, one.blob) for one in made]
    monkeypatch.setattr("recviewer.review.keeping.Keeping.write", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        decide(seen, actor="Ana", verdict="approve")

    assert not AuditEvent.objects.exists()
    assert not Standing.objects.exists()
    monkeypatch.undo()
    decide(seen, actor="Ana", verdict="approve")
    undo(actor="Ana")
    assert not Standing.objects.exists()
    redo(actor="Ana")
    assert set(Standing.objects.values_list("state", flat=True)) == {"approved"}


@pytest.mark.only_on("sqlite", reason="PostgreSQL writes in a process of its own")
@pytest.mark.django_db(transaction=True)
def test_an_act_has_few_pages_of_the_database_in_memory_and_the_connection_what_it_had():
    def pages():
        return connection.connection.execute("PRAGMA cache_size").fetchone()[0]

    connection.ensure_connection()
    before = pages()
    with acting():
        assert pages() == -4096
        with acting():
            assert pages() == -4096
        assert pages() == -4096
    assert pages() == before

    with pytest.raises(ZeroDivisionError), acting():
        raise ZeroDivisionError
    assert pages() == before < -4096
