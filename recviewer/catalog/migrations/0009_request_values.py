from django.db import migrations, models


class Migration(migrations.Migration):
    """What a request holds besides its messages. Rows get it when they are read again, which a new reader has them do."""

    dependencies = [("catalog", "0008_sorts")]
    operations = [migrations.AddField("recording", "request_values", models.TextField(default=""))]
