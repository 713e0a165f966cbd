"""Django's command, with password rules that cannot be bypassed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import UserManager
from django.contrib.auth.password_validation import validate_password
from django.core.management.base import CommandParser

from recviewer.commands.management.commands.changepassword import in_our_words


class Command(createsuperuser.Command):
    """Django offers to accept a bad password, and does not check it with `--noinput`; here it is an error."""

    help = (
        "Create a user with all permissions; the password has to follow the rules. Example: recviewer createsuperuser"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        in_our_words(
            parser,
            username="the user name",
            email="the e-mail address",
            interactive="ask for nothing: --username and --email are required, and without the variable "
            "DJANGO_SUPERUSER_PASSWORD the user cannot log in until a password is set",
            database="the database that gets the user",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the user.

        The rules are applied where Django's command passes the password on; it reports a ValidationError. Tables that are
        missing are created first.
        """
        from recviewer.commands.start import prepare

        prepare(static=False)
        plainly = UserManager.create_superuser

        def by_the_rules(users: Any, username: str, email: Any = None, password: Any = None, **more: Any) -> Any:
            if password is not None:
                validate_password(password, users.model(username=username, email=email or ""))
            return plainly(users, username, email, password, **more)

        UserManager.create_superuser = by_the_rules  # type: ignore[method-assign, assignment]
        try:
            super().handle(*args, **options)
        finally:
            UserManager.create_superuser = plainly  # type: ignore[method-assign]
