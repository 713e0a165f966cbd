"""Django's development server, after the same preparations as `serve`."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.management.commands.runserver import Command as Base


class Command(Base):
    def inner_run(self, *args: Any, **options: Any) -> None:
        from recviewer.catalog import indexer, provenance
        from recviewer.commands.management.commands.index import sentence
        from recviewer.commands.start import prepare

        prepare(static=True)
        try:
            report = indexer.refresh(processes=1)
            provenance.refresh(catalog_changed=report.did_anything)
            self.stdout.write(sentence(report))
        except indexer.Busy as busy:
            self.stderr.write(f"{busy}; serving what is indexed so far.")
        super().inner_run(*args, **options)

    def check_migrations(self) -> None:
        """Ask nothing: the tables were just brought up to date."""
