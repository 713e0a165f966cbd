"""Create an account, and print the URL at which its owner chooses a password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Create an account with a role, or change the role of an existing one, and print a URL at which its owner "
        "chooses a password, once and within three days. Whoever has the URL can do so, so keep it secret. "
        "Example: recviewer invite ana --role reviewer"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the user name, as shown beside verdicts")
        parser.add_argument(
            "--role",
            choices=("viewer", "reviewer", "maintainer"),
            help="the role; default: unchanged; a new account is a viewer",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from django.contrib.auth.models import User
        from django.contrib.auth.tokens import default_token_generator
        from django.core.exceptions import ValidationError
        from django.urls import reverse
        from django.utils.encoding import force_bytes
        from django.utils.http import urlsafe_base64_encode

        from recviewer.commands.start import prepare
        from recviewer.pages.models import Membership
        from recviewer.serving.url_prefix import outside

        if not settings.HOSTED:
            raise CommandError("Only a hosted instance has accounts: set RECVIEWER_HOSTED=1.", returncode=2)
        prepare(static=False)
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            user = User(username=options["name"])
            try:
                user.full_clean(exclude=["password"])
            except ValidationError as error:
                raise CommandError(" ".join(error.messages), returncode=2) from None
            user.set_password(None)  # no sign-in before one is chosen
            user.save()
        if options["role"]:
            Membership.objects.update_or_create(user=user, defaults={"role": options["role"]})
        given = [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
        self.stdout.write(outside(reverse("account:invited", args=given), settings.PUBLIC_URL))
