"""The lists in an event's payload are rows: what an act on many costs a page that names it."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from recviewer.review import audit
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, EventMember
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from recviewer.review.undoing import redo, undo

pytestmark = pytest.mark.django_db
members = import_module("recviewer.review.migrations.0004_members")


def many(make_recording, count):
    made = [make_recording(f"r/{number:03}.json", answered=f"answer {number}") for number in range(count)]
    return [Seen(recording.path, recording.blob) for recording in made]


def test_a_payload_is_as_long_for_many_as_for_one(make_recording):
    decide(many(make_recording, 40), actor="Ana", verdict="approve")

    event = AuditEvent.objects.get()

    assert event.payload == {"reviewer": "Ana", "decisions": []}
    assert EventMember.objects.filter(event=event, part="decisions").count() == 40
    assert len(audit.payload_of(event)["decisions"]) == 40


def test_members_keep_their_order_over_batches(make_recording, monkeypatch):
    monkeypatch.setattr(audit, "BATCH", 7)
    here = many(make_recording, 20)

    tag(here, actor="Ana", name="later")

    rows = audit.payload_of(AuditEvent.objects.get())["rows"]
    assert [row["path"] for row in rows] == [one.path for one in here]


def test_an_act_on_many_is_taken_back_and_done_again(make_recording):
    here = many(make_recording, 12)
    decide(here, actor="Ana", verdict="approve")

    undo(actor="Ana")
    redo(actor="Ana")

    told = [audit.payload_of(event) for event in AuditEvent.objects.order_by("pk")]
    assert told[0] == told[1] == told[2]


def test_the_log_tells_lists_as_before(client, make_recording):
    decide(many(make_recording, 3), actor="Ana", verdict="approve")

    (line,) = client.get("/activity.jsonl").getvalue().decode().splitlines()

    assert json.loads(line)["payload"] == audit.payload_of(AuditEvent.objects.get())


def test_payloads_of_before_are_parted_and_can_be_joined_again(make_recording):
    here = many(make_recording, 3)
    decide(here, actor="Ana", verdict="approve")
    tag(here, actor="Ana", name="later")
    told = {event.pk: audit.payload_of(event) for event in AuditEvent.objects.all()}

    apps = MigrationLoader(connection).project_state(("review", "0004_members")).apps

    members.join(apps, None)
    assert {event.pk: event.payload for event in AuditEvent.objects.all()} == told
    apps.get_model("review", "EventMember").objects.all().delete()
    members.part(apps, None)

    assert {event.pk: audit.payload_of(event) for event in AuditEvent.objects.all()} == told
    assert EventMember.objects.count() == 6
