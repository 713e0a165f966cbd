"""What has to be there before anything can be served or indexed: folder, tables, static files."""

from __future__ import annotations

import contextlib
import io

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from recviewer import __version__, places


def prepare(*, static: bool) -> None:
    """Create the data folder and the demo's copy, bring the tables up to date, and collect the static files if asked.

    Raises CommandError with what to do when the data folder cannot be used.
    """
    try:
        settings.PLACES.prepare()
        migrate()
        if static:
            collect_static()
    except (OSError, DatabaseError) as error:
        raise CommandError(
            f"the data folder {settings.DATA_DIR} cannot be used: {error}. Set RECVIEWER_DATA to a folder that can.",
            returncode=2,
        ) from error


def migrate() -> None:
    """Bring the tables up to date. Asks the database first: the question takes a tenth of the time of the command."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(targets):
        call_command("migrate", interactive=False, verbosity=0)


def collect_static() -> None:
    """Collect the static files into the data folder, once for each version; in a checkout, each time."""
    marker = settings.STATIC_ROOT / ".version"
    installed = places.ASSETS.name == "_bundled"
    if installed and marker.is_file() and marker.read_text() == __version__:
        return
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    marker.write_text(__version__)
