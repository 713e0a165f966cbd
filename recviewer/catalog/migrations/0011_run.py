from django.db import migrations, models


class Migration(migrations.Migration):
    """Which run wrote a row, so that a page after a change reads only what was changed. Older rows count as read."""

    dependencies = [("catalog", "0010_reader")]
    operations = [
        migrations.AddField("recording", "run", models.BigIntegerField(default=0)),
        migrations.AddIndex("recording", models.Index(fields=["run"], name="recording_run")),
    ]
