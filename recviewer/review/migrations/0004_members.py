"""The lists in the payloads of events become rows: an act on 30,000 recordings costs no page that names it."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

BATCH = 500


def part(apps: Any, schema_editor: Any) -> None:
    """Move the members of each list out of the payloads, oldest event first, one event at a time."""
    event_model, member_model = apps.get_model("review", "AuditEvent"), apps.get_model("review", "EventMember")
    for pk in list(event_model.objects.order_by("pk").values_list("pk", flat=True)):
        event = event_model.objects.get(pk=pk)
        lists = {key: value for key, value in event.payload.items() if isinstance(value, list) and value}
        for key, value in lists.items():
            for start in range(0, len(value), BATCH):
                rows = [member_model(event=event, part=key, told=told) for told in value[start : start + BATCH]]
                member_model.objects.bulk_create(rows)
        if lists:
            event_model.objects.filter(pk=pk).update(payload=event.payload | dict.fromkeys(lists, []))


def join(apps: Any, schema_editor: Any) -> None:
    """Put the members back into the payloads."""
    event_model, member_model = apps.get_model("review", "AuditEvent"), apps.get_model("review", "EventMember")
    for pk in list(member_model.objects.order_by("event").values_list("event", flat=True).distinct()):
        payload = event_model.objects.get(pk=pk).payload
        for key in [key for key, value in payload.items() if value == []]:
            told = member_model.objects.filter(event=pk, part=key).order_by("pk").values_list("told", flat=True)
            payload[key] = list(told)
        event_model.objects.filter(pk=pk).update(payload=payload)


class Migration(migrations.Migration):
    dependencies = [("review", "0003_ranges")]

    operations = [
        migrations.CreateModel(
            name="EventMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=20)),
                ("told", models.JSONField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="review.auditevent"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(part, join),
    ]
