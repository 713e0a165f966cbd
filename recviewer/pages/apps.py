from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "recviewer.pages"
    label = "pages"
