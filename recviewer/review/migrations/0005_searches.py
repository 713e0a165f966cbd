"""Searches that have a name."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0004_members")]

    operations = [
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("folded", models.CharField(max_length=180, unique=True)),
                ("query", models.TextField()),
                ("sort", models.CharField(blank=True, max_length=20)),
                ("author", models.TextField()),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"verbose_name": "named search", "verbose_name_plural": "named searches"},
        ),
    ]
