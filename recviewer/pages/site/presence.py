"""Who else has a page open, reported by the page itself while it is used. Only on hosted instances."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recviewer.pages.models import Presence
from recviewer.pages.site import tokens
from recviewer.review.actors import actor_of
from recviewer.review.subjects import printable

SEEN = timedelta(seconds=60)
"""How long somebody counts as present after the last report; pages report three times a minute."""

STEP = timedelta(seconds=10)
"""Minimum interval between two stored reports."""

FORGOTTEN = timedelta(hours=1)
NAMED = 3
"""Maximum number of people who are named; of the rest the number is given."""

_PLACE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class OpenPage:
    """url: where the page reports, and asks who else has it open. words: who has it open now, "" for nobody else."""

    url: str
    words: str


def open_page(request: HttpRequest, *what: str) -> OpenPage | None:
    """Return who else has something open; None on a laptop, and for users who are not signed in.

    what: identifies it.
    """
    actor = actor_of(request) if settings.HOSTED else ""
    if not actor:
        return None
    place = hashlib.sha256(repr(what).encode("utf-8", "backslashreplace")).hexdigest()
    return OpenPage(reverse("presence:note", args=[place]), words(place, actor))


def words(place: str, actor: str) -> str:
    """Return a sentence on who else has a page open, "" for nobody."""
    since = timezone.now() - SEEN
    found = Presence.objects.filter(place=place, at__gte=since).exclude(actor=actor).order_by("actor")
    names = [printable(name, 40) for name in found.values_list("actor", flat=True)]
    if not names:
        return ""
    shown = names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} others"]
    if len(shown) == 1:
        return f"{shown[0]} has this open too."
    return f"{', '.join(shown[:-1])} and {shown[-1]} have this open too."


@require_safe
def note(request: HttpRequest, place: str) -> HttpResponse:
    """Record that the user has a page open, and answer who else has, as plain text. Tokens of scripts do not count."""
    if not _PLACE.fullmatch(place):
        raise Http404(place)
    actor = actor_of(request) if settings.HOSTED else ""
    if not actor or tokens.scope_of(request):
        return HttpResponse(status=204)
    _note(place, actor)
    return HttpResponse(words(place, actor), "text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def _note(place: str, actor: str) -> None:
    now = timezone.now()
    mine = Presence.objects.filter(place=place, actor=actor).first()
    if mine is not None and abs(now - mine.at) < STEP:
        return
    Presence.objects.update_or_create(place=place, actor=actor, defaults={"at": now})
    if mine is None:
        Presence.objects.filter(at__lt=now - FORGOTTEN).delete()


app_name = "presence"
urlpatterns = [path("open/<slug:place>", note, name="note")]
