from django.db import migrations, models


class Migration(migrations.Migration):
    """Of which sort indexed words are. Rows get it when they are read again, which a new reader has them do."""

    dependencies = [("catalog", "0007_usage")]
    operations = [
        migrations.AddField("recording", name, models.TextField(default=""))
        for name in ("asked_sorts", "answered_sorts")
    ]
