"""Showing the secrets of a recording: after a confirmation, with an entry in the log, and on a hosted instance only to
maintainers.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from recviewer.catalog.content import Content
from recviewer.catalog.heavy import asked
from recviewer.catalog.models import Recording
from recviewer.exchange.amounts import counted
from recviewer.exchange.secret import Secret
from recviewer.pages.recording.recording import content_of
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site import roles
from recviewer.review import audit
from recviewer.review.actors import actor_of
from recviewer.review.audit import Action, ActItem
from recviewer.secrets import documents, raw
from recviewer.secrets.mask import mask_of, proof

MOST = 200
"""Secrets that are shown of a recording."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """A secret. value: all of it, "" if it was not revealed, or cannot be found again."""

    secret: Secret
    value: str = ""


@dataclass(frozen=True, slots=True)
class RevealPage:
    """The confirmation, or the secrets. more: number of secrets that are not listed."""

    recording: Recording
    url: str
    found: tuple[Revealed, ...]
    more: int
    is_shown: bool


@require_safe
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for a confirmation."""
    recording, content = _of(request, key)
    return _answer(request, recording, asked(content, secrets_of, is_shown=False), is_shown=False)


@require_POST
def reveal(request: HttpRequest) -> HttpResponse:
    """Show the secrets, and log who saw them."""
    recording, content = _of(request, request.POST.get("key", ""))
    found = asked(content, secrets_of, is_shown=True)
    with transaction.atomic():
        audit.write(
            actor=actor_of(request),
            action=Action.REVEAL,
            summary=f"looked at {counted(len(found), 'secret')} in {recording.path}",
            payload={},
            items=[ActItem(recording.path, recording.fingerprint, content.blob)],
        )
    return _answer(request, recording, found, is_shown=True)


def _of(request: HttpRequest, key: str) -> tuple[Recording, Content]:
    """Return a recording and the content of its file. Raises PermissionDenied, or Http404."""
    if not roles.may(request, roles.Role.MAINTAINER):
        raise PermissionDenied(roles.SAYS[roles.Role.MAINTAINER])
    recording = Recording.objects.filter(path=key).first()
    if recording is None:
        raise Http404(key)
    return recording, content_of(recording)


def _answer(request: HttpRequest, recording: Recording, found: tuple[Revealed, ...], *, is_shown: bool) -> HttpResponse:
    page = RevealPage(recording, url_of(recording.path), found[:MOST], max(0, len(found) - MOST), is_shown)
    response = render(request, "recording/reveal.html", {"page": page})
    response.headers["Cache-Control"] = "no-store"
    return response


def secrets_of(content: Content, *, is_shown: bool) -> tuple[Revealed, ...]:
    """Return the masked secrets of a content. is_shown: with their values."""
    secrets = [one for one in content.reading.exchange.secrets if "masked " in one.told]
    if not is_shown:
        return tuple(map(Revealed, secrets))
    values = {proof(value): (value, mask) for value, mask in documents.masked(content.reading.hashed).values.items()}
    text = content.data.decode("utf-8", "replace")
    for one in raw.found_in(text):
        value = text[one.start : one.end]
        values.setdefault(proof(value), (value, mask_of(one, text)))
    return tuple([Revealed(one, _value(one, values)) for one in secrets])


def _value(secret: Secret, values: dict[str, tuple[str, str]]) -> str:
    """Return a secret's value, "" if unknown. values: each with its mask, by a proof of identity."""
    value, mask = values.get(secret.proof, ("", ""))
    return secret.told.removesuffix(mask) + value if value and secret.told.endswith(mask) else ""


app_name = "secrets"
urlpatterns = [
    path("secrets/of/<key:key>", ask, name="ask"),
    path("secrets/shown", reveal, name="reveal"),
]
