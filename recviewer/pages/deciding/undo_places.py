"""Where an undo or a redo leads, and what is said of it there."""

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
"""Returns the address at which an act on some subjects is seen, "" where it is what the page shows, or is not there."""

PLACES: dict[str, Finder] = {}
"""By the field that a form has, who finds the place: the pages of ranges put theirs here."""


def tell(request: HttpRequest, actor: str, done: Done) -> None:
    """Say on the next page what was undone, what an undo would take back next, and that it can be done again."""
    before, again = audit.last_undoable(actor), audit.last_redoable(actor)
    more = f"Before that you {before.summary}." if before else "There is nothing more to undo."
    tags = ([f"redo-{again.pk}"] if again else []) + ([f"{'more' if again else 'undo'}-{before.pk}"] if before else [])
    messages.success(request, f"{done.sentence} {more}", extra_tags=" ".join(tags))


def elsewhere(request: HttpRequest, done: Done) -> str:
    """Return the address of what was undone or done again; "" where it is what the page shows, or is not there."""
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
    """Return an address of the list with the first row that an act was about as the place in it; others as they are."""
    parts = urlsplit(target)
    if parts.path != reverse("recordings:listing") or parts.fragment or done.event is None:
        return target
    path = EventItem.objects.filter(event=done.event).order_by("pk").values_list("path", flat=True).first()
    row = Recording.objects.filter(path=path).values_list("pk", flat=True).first()
    return f"{target}#row-{row}" if row is not None else target
