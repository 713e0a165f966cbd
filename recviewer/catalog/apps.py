from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "recviewer.catalog"
    label = "catalog"
