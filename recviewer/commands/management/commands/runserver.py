"""Django's development server, after the same preparations as `serve`."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.management.commands.runserver import Command as Base


class Command(Base):
    def inner_run(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.start import bring_up

        bring_up(self.stdout.write, self.stderr.write)
        super().inner_run(*args, **options)

    def check_migrations(self) -> None:
        """Do nothing: the tables were just migrated."""
