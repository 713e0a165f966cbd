from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from recviewer.catalog import search


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(search.CREATE)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(search.DROP)


class Migration(migrations.Migration):
    """The full-text table. It belongs to no model: see `catalog.search`."""

    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
