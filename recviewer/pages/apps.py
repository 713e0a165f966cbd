from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "recviewer.pages"
    label = "pages"

    def ready(self) -> None:
        """Make known what addresses are made of."""
        from django.urls import register_converter
        from django.urls.converters import get_converters

        from recviewer.pages.site.keys import KeyConverter

        if "key" not in get_converters():
            register_converter(KeyConverter, "key")
