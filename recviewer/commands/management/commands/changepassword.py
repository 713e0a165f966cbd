"""Django's command, with help in our own words."""

from __future__ import annotations

from django.contrib.auth.management.commands import changepassword
from django.core.management.base import CommandParser


class Command(changepassword.Command):
    """Ask for a new password of an account, twice."""

    help = (
        "Change the password of an account. It is asked for, twice, and has to follow the rules for passwords. "
        "Example: recviewer changepassword ana"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser._positionals._group_actions[0].metavar = "NAME"
        in_our_words(
            parser,
            username="the user name; default: the name of who runs the command",
            database="the database that has the account",
        )


def in_our_words(parser: CommandParser, **told: str) -> None:
    """Replace the help of options of a command of Django's. told: by the name that an option is stored under."""
    for action in parser._actions:
        action.help = told.get(action.dest, action.help)
