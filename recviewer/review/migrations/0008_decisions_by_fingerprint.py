"""The index that finds decisions by what they say: databases of PostgreSQL made before had none."""

from typing import Any

from django.db import migrations


def add(apps: Any, schema_editor: Any) -> None:
    """Make it where it lacks."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('CREATE INDEX IF NOT EXISTS decision_latest ON review_decision ("fingerprint")')


class Migration(migrations.Migration):
    dependencies = [("review", "0007_suppressions")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
