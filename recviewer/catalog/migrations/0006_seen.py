from django.db import migrations, models


class Migration(migrations.Migration):
    """Pictures, and thinking in the answer. Rows get it when they are read again, which a new reader has them do."""

    dependencies = [("catalog", "0005_finding")]
    operations = [
        migrations.AddField("recording", name, models.BooleanField(default=False)) for name in ("picture", "leaked")
    ]
