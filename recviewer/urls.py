"""All addresses. Pages are discovered: there is no list to edit.

Each module in the folders of `pages/` that has addresses lists them as `urlpatterns`, with the name of their space as
`app_name` ("" for none). Several may share one. A recording's key may hold any character but NUL.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from recviewer import pages


def _spaces() -> Iterator[tuple[str, list[URLPattern]]]:
    """Yield (name of the space, its addresses), in the order of the modules' names."""
    found: dict[str, list[URLPattern]] = {}
    for folder in pkgutil.iter_modules(pages.__path__, f"{pages.__name__}."):
        if not folder.ispkg:
            continue
        for module in pkgutil.iter_modules(importlib.import_module(folder.name).__path__, f"{folder.name}."):
            page = importlib.import_module(module.name)
            if hasattr(page, "app_name"):
                found.setdefault(page.app_name, []).extend(page.urlpatterns)
    yield from found.items()


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((patterns, name) if name else patterns)) for name, patterns in _spaces()
]

if settings.HAS_ADMIN:
    from django.contrib import admin

    from recviewer.pages.site import login

    urlpatterns.append(path("admin/", include([path("login/", login.of_admin)])))
    urlpatterns.append(path("admin/", admin.site.urls))

handler404 = "recviewer.pages.site.errors.not_found"
handler500 = "recviewer.pages.site.errors.server_error"
