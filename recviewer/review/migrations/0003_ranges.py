"""What reviewing ranges needs: approvals by a rule, and which recordings belong together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0002_travel")]

    operations = [
        migrations.AddField(
            "decision", "rule", models.CharField(max_length=20, blank=True, default=""), preserve_default=False
        ),
        migrations.AddField(
            "standing", "rule", models.CharField(max_length=20, blank=True, default=""), preserve_default=False
        ),
        migrations.AddIndex("decision", models.Index(fields=["origin"], name="decision_origin")),
        migrations.CreateModel(
            name="PairChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old_path", models.TextField()),
                ("old_blob", models.CharField(max_length=40)),
                ("new_path", models.TextField()),
                ("new_blob", models.CharField(max_length=40)),
                ("is_pair", models.BooleanField()),
                ("actor", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["new_blob"], name="pair_new")],
                "constraints": [
                    models.UniqueConstraint(fields=("old_blob", "new_blob", "old_path", "new_path"), name="pair_once")
                ],
            },
        ),
    ]
