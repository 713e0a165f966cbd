from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from recviewer.catalog import engines


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in engines.of(schema_editor.connection.vendor).create():
        schema_editor.execute(statement)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(f"DROP TABLE IF EXISTS {engines.TABLE}")


class Migration(migrations.Migration):
    """The full-text table. It belongs to no model: see `catalog.search`."""

    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
