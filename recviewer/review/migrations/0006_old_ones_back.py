"""A further verdict: the old recording of a change is to come back instead of the new one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0005_searches")]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="verdict",
            field=models.CharField(
                max_length=8,
                choices=[
                    ("approve", "approve"),
                    ("reject", "re-record"),
                    ("delete", "mark for deletion"),
                    ("revert", "take the old one back"),
                    ("clear", "no verdict"),
                ],
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="state",
            field=models.CharField(
                max_length=10,
                choices=[
                    ("approved", "approved"),
                    ("rejected", "re-record"),
                    ("delete", "to delete"),
                    ("revert", "old one back"),
                    ("undecided", "undecided"),
                ],
            ),
        ),
    ]
