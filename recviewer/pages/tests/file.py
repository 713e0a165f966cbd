"""A file of several recordings, shown as the conversation that it contains. `/files/<key>`."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.pages.tests.loading import load_file
from recviewer.pages.tests.test import answer


@require_safe
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show the content of a file."""
    loaded = load_file(key)
    if loaded is None:
        raise Http404(key)
    return answer(request, loaded, reverse("files:show", args=[key]))


app_name = "files"
urlpatterns = [path("files/<key:key>", show, name="show")]
