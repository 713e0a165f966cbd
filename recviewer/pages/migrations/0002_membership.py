"""Roles. Who has an account already keeps what every account could do until now, which is what a maintainer may do."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_rights(apps: Any, schema_editor: Any) -> None:
    user = apps.get_model(*settings.AUTH_USER_MODEL.split("."))
    membership = apps.get_model("pages", "Membership")
    rows = [membership(user_id=key, role="maintainer") for key in user.objects.values_list("pk", flat=True)]
    membership.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        max_length=10,
                        choices=[("viewer", "viewer"), ("reviewer", "reviewer"), ("maintainer", "maintainer")],
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="membership",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunPython(keep_rights, migrations.RunPython.noop),
    ]
