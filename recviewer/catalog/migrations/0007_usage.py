from django.db import migrations, models


class Migration(migrations.Migration):
    """What runs of the suite say of each recording."""

    dependencies = [("catalog", "0006_seen")]
    operations = [
        migrations.AddField("recording", "reads", models.BigIntegerField(null=True)),
        migrations.AddField("recording", "used_by", models.TextField(null=True)),
        migrations.AddField("recording", "uses", models.TextField(null=True)),
        migrations.CreateModel(
            "SuiteRun",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField(unique=True)),
                ("began", models.DateTimeField()),
                ("ended", models.DateTimeField(null=True)),
                ("exit", models.IntegerField(null=True)),
                ("commit", models.TextField()),
                ("is_clean", models.BooleanField(null=True)),
                ("files", models.IntegerField()),
                ("read", models.IntegerField()),
                ("tests", models.JSONField(default=dict)),
                ("left_out", models.IntegerField(default=0)),
                ("why", models.TextField()),
            ],
        ),
    ]
