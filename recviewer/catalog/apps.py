from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


def adapt(connection: BaseDatabaseWrapper, **more: object) -> None:
    """Make a PostgreSQL connection write and read text as SQLite does."""
    if connection.vendor == "postgresql":
        from recviewer.catalog.engines.postgresql_text import adapt

        adapt(connection)


def fit(using: str, **more: object) -> None:
    """Set up on PostgreSQL what Django's tables lack."""
    if connections[using].vendor == "postgresql":
        from recviewer.catalog.engines.postgresql_text import fit

        fit(connections[using])


class CatalogConfig(AppConfig):
    name = "recviewer.catalog"
    label = "catalog"

    def ready(self) -> None:
        """Register the case rules for conditions, and prepare new connections and new tables."""
        from recviewer.catalog import letter_case
        from recviewer.catalog.database import note_file

        letter_case.register()
        connection_created.connect(note_file)
        connection_created.connect(adapt)
        post_migrate.connect(fit, dispatch_uid="recviewer.fit")
