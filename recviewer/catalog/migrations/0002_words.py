from django.db import migrations

from recviewer.catalog import search


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(search.CREATE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(search.DROP)


class Migration(migrations.Migration):
    """The full-text table. It belongs to no model: see `catalog.search`."""

    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
