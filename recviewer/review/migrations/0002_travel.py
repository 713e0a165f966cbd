"""What reviews need to travel: when a decision came into force, when tags and notes changed, names for notes."""

import uuid
from typing import Any

import django.utils.timezone
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    Decision, Note = apps.get_model("review", "Decision"), apps.get_model("review", "Note")
    Event = apps.get_model("review", "AuditEvent")
    Decision.objects.update(entered_at=Subquery(Event.objects.filter(pk=OuterRef("event")).values("at")[:1]))
    Note.objects.update(changed_at=F("at"))
    for note in Note.objects.all():
        note.uid = uuid.uuid4().hex
        note.save(update_fields=["uid"])


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial")]

    operations = [
        migrations.AddField("decision", "entered_at", models.DateTimeField(null=True)),
        migrations.AddField("tag", "changed_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField("note", "uid", models.CharField(max_length=32, null=True)),
        migrations.AddField("note", "changed_at", models.DateTimeField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("decision", "entered_at", models.DateTimeField()),
        migrations.AlterField("note", "uid", models.CharField(max_length=32, unique=True)),
        migrations.AlterField("note", "changed_at", models.DateTimeField()),
    ]
