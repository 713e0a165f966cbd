from django.apps import AppConfig


class LoopConfig(AppConfig):
    name = "recviewer.loop"
    label = "loop"
