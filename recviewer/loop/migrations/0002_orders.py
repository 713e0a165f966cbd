"""Orders of maintainers, and the jobs that carry them out."""

from django.db import migrations, models

KINDS = [
    ("list", "ask which requests are open"),
    ("look", "fetch and compare"),
    ("tell", "post status and comment"),
    ("branch", "push the plan"),
    ("record", "start re-recording"),
]


class Migration(migrations.Migration):
    dependencies = [("loop", "0001_initial")]

    operations = [
        migrations.AlterField("hostjob", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.CreateModel(
            name="HostOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("number", models.PositiveIntegerField()),
                ("base", models.CharField(max_length=40)),
                ("head", models.CharField(max_length=40)),
                ("digest", models.CharField(max_length=64)),
                ("actor", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                            ("unsure", "Unsure"),
                        ],
                        max_length=10,
                    ),
                ),
                ("told", models.TextField(blank=True)),
                ("done_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
