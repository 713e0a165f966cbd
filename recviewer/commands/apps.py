from django.apps import AppConfig


class CommandsConfig(AppConfig):
    name = "recviewer.commands"
    label = "commands"
