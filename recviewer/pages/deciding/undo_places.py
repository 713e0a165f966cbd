"""Where an undo or a redo leads, and what is said about it there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from recviewer.catalog.models import Recording
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site.forms import key_in
from recviewer.review import audit
from recviewer.review.audit import Done
from recviewer.review.models import EventItem

Finder: TypeAlias = Callable[[HttpRequest, set[str]], str]
"""Returns the URL at which an action on some subjects is visible, "" if the page already shows it, or it is not there.
"""

PLACES: dict[str, Finder] = {}
"""The finder for each form field: the pages of ranges register theirs here."""


def tell(request: HttpRequest, actor: str, done: Done) -> None:
    """Say on the next page what was undone, what an undo would undo next, and that it can be redone."""
    before, again = audit.last_undoable(actor), audit.last_redoable(actor)
    more = f"Before that you {before.summary}." if before else "There is nothing more to undo."
    tags = ([f"redo-{again.pk}"] if again else []) + ([f"{'more' if again else 'undo'}-{before.pk}"] if before else [])
    messages.success(request, f"{done.sentence} {more}", extra_tags=" ".join(tags))


def elsewhere(request: HttpRequest, done: Done) -> str:
    """Return the URL of what was undone or redone; "" if the page already shows it, or it is not there."""
    items = list(EventItem.objects.filter(event=done.event).order_by("pk").values_list("path", "fingerprint")[:500])
    if "range" in request.POST:
        return PLACES["range"](request, {fingerprint for _, fingerprint in items})
    paths = [path for path, _ in items]
    if not paths or key_in(request.POST) in paths:
        return ""
    there = set(Recording.objects.filter(path__in=paths).values_list("path", flat=True))
    first = next((path for path in paths if path in there), None)
    if first is None:
        return ""
    return url_of(first) + (f"?{urlencode({'in': request.POST['in']})}" if "in" in request.POST else "")


def row_of(target: str, done: Done) -> str:
    """Return a URL of the list with the first row of an action as its anchor; others unchanged."""
    parts = urlsplit(target)
    if parts.path != reverse("recordings:listing") or parts.fragment or done.event is None:
        return target
    path = EventItem.objects.filter(event=done.event).order_by("pk").values_list("path", flat=True).first()
    row = Recording.objects.filter(path=path).values_list("pk", flat=True).first()
    return f"{target}#row-{row}" if row is not None else target
