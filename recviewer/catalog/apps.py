from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CatalogConfig(AppConfig):
    name = "recviewer.catalog"
    label = "catalog"

    def ready(self) -> None:
        """Have every connection remember its file."""
        from recviewer.catalog.database import note_file

        connection_created.connect(note_file)
