"""Tokens that import reviews."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pages", "0004_presence")]

    operations = [
        migrations.AlterField(
            model_name="apitoken",
            name="scope",
            field=models.CharField(
                choices=[("read", "read"), ("decide", "decide"), ("import", "import")], max_length=10
            ),
        )
    ]
