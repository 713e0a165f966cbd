"""Who has which page open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pages", "0003_tokens")]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=64)),
                ("actor", models.TextField()),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("place", "actor"), name="presence_once")]},
        ),
    ]
