"""The lists in an event's payload are rows: what an act on many costs a page that names it."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from recviewer.review import audit, keeping, standing
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, Decision, EventMember
from recviewer.review.refusals import Overtaken
from recviewer.review.subjects import Seen, chunked
from recviewer.review.tagging import tag
from recviewer.review.undoing import redo, undo

pytestmark = pytest.mark.django_db
members = import_module("recviewer.review.migrations.0004_members")


def many(make_recording, count):
    made = [make_recording(f"r/{number:03}.json", answered=f"answer {number}") for number in range(count)]
    return [Seen(recording.path, recording.blob) for recording in made]


@pytest.mark.slow
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


def test_an_act_on_many_holds_a_few_at_a_time(make_recording, monkeypatch):
    here = many(make_recording, 20)
    for module in ("decide", "audit"):
        monkeypatch.setattr(f"recviewer.review.{module}.chunked", lambda values: chunked(values, 7))
    asked = []
    update = standing.update

    def watched(subjects, *, first=()):
        asked.append(len(subjects) + len(first))
        update(subjects, first=first)

    monkeypatch.setattr(standing, "update", watched)

    decide(here, actor="Ana", verdict="approve")
    undo(actor="Ana")
    redo(actor="Ana")

    assert asked == [7, 7, 6] * 3
    told = [audit.payload_of(event) for event in AuditEvent.objects.order_by("pk")]
    assert told[0] == told[1] == told[2]
    assert [one["before"] for one in told[0]["decisions"]] == [None] * 20


def test_what_says_the_same_is_decided_on_once_over_batches(make_recording, monkeypatch):
    made = [make_recording(f"r/{number}.json", answered="The same.") for number in range(5)]
    monkeypatch.setattr("recviewer.review.decide.chunked", lambda values: chunked(values, 2))

    decide([Seen(one.path, one.blob) for one in made], actor="Ana", verdict="approve")

    assert Decision.objects.count() == 1
    assert AuditEvent.objects.get().count == 5


def test_an_act_on_many_is_not_taken_back_where_one_batch_was_decided_on_since(make_recording, monkeypatch):
    here = many(make_recording, 5)
    for module in ("decide", "audit"):
        monkeypatch.setattr(f"recviewer.review.{module}.chunked", lambda values: chunked(values, 2))
    decide(here, actor="Ana", verdict="approve")
    act = AuditEvent.objects.get()
    decide(here[4:], actor="Ana", verdict="delete")
    said = Decision.objects.count()

    with pytest.raises(Overtaken):
        undo(actor="Ana", event=act.pk)

    assert Decision.objects.count() == said


def test_approved_contents_wait_in_a_file_where_they_are_many(make_recording, root, monkeypatch):
    monkeypatch.setattr(keeping, "IN_MEMORY", 10)
    monkeypatch.setattr(keeping, "BATCH", 2)
    here = many(make_recording, 5)

    decide(here, actor="Ana", verdict="approve")

    for one in here:
        fingerprint = Decision.objects.get(path=one.path).fingerprint
        assert keeping.kept_bytes(fingerprint) == (root / one.path).read_bytes()
