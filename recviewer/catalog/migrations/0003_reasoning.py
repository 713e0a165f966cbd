from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether an answer shows reasoning. Rows get it when they are read again, which a new reader has them do."""

    dependencies = [("catalog", "0002_words")]
    operations = [migrations.AddField("recording", "reasoning", models.BooleanField(default=False))]
