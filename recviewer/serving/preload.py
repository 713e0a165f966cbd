"""What every web worker needs before its first page, loaded once by the process from which workers are forked."""

from __future__ import annotations

import gc
import os


def bring_in() -> None:
    """Import all pages, readers and rules, and compile all templates. Opens no database, and starts no thread."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recviewer.settings")
    django.setup()
    from django.template import engines
    from django.urls import get_resolver

    from recviewer import smells
    from recviewer.configuration import places
    from recviewer.formats import registry

    get_resolver().reverse_dict  # noqa: B018 - worked out where it is asked for, from all pages
    registry.formats()
    smells.rules()
    templates = places.ASSETS / "templates"
    for path in sorted(templates.rglob("*.html")):
        engines["django"].get_template(path.relative_to(templates).as_posix())
    gc.collect()
    gc.freeze()  # the collector does not touch these objects, so that their memory pages stay shared between workers
