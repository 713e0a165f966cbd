"""Findings that are let be."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0006_old_ones_back")]

    operations = [
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=60)),
                ("scope", models.CharField(max_length=10)),
                ("subject", models.TextField()),
                ("path", models.TextField(blank=True)),
                ("reason", models.TextField()),
                ("until", models.DateField(blank=True, null=True)),
                ("author", models.TextField()),
                ("is_lifted", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("rule", "scope", "subject"), name="suppression_once")],
            },
        ),
    ]
