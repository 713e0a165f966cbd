from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "recviewer.pages"
    label = "pages"

    def ready(self) -> None:
        """Make known what addresses are made of."""
        from django.urls import register_converter

        from recviewer.pages.keys import KeyConverter

        register_converter(KeyConverter, "key")
