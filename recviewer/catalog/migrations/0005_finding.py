from django.db import migrations, models


class Migration(migrations.Migration):
    """What filters ask for. Rows get it when they are read again, which a new reader has them do."""

    dependencies = [("catalog", "0004_files")]
    operations = [
        migrations.AddField("recording", name, models.TextField(default=""))
        for name in ("finish", "provider", "test_file", "recorder")
    ]
