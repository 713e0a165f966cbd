"""Filters on what people said: verdicts, their authors, tags, notes, and assignees, each as a condition on recordings."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr

from recviewer.catalog.filters import SAID, Recordings
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.language.tree import Term
from recviewer.review import mentions
from recviewer.review.filters import with_tags, with_verdict
from recviewer.review.models import Note, Standing, TagOn
from recviewer.review.subjects import BLOB_PREFIX

KEYS = ("state", "tag", "by", "for")
"""Filters on what people said, whatever their value."""

_STATES = {
    "pending": "undecided",
    "approved": "approved",
    "rerecord": "rejected",
    "deleted": "delete",
    "older": "older",
}


def is_said(term: Term) -> bool:
    """Tell whether a filter depends only on what people said."""
    return term.key in KEYS or term.value in SAID.get(term.key, ())


def condition(term: Term) -> Q:
    """Return the condition for a filter on what people said, ignoring its sign."""
    if term.key == "by":
        return _decided_by(term.value)
    if term.key == "for":
        return mentions.condition(term.value)
    if term.key == "tag":
        return _those(with_tags, [term.value])
    if (term.key, term.value) == ("has", "tag"):
        return Q(path__in=TagOn.objects.values("path"))
    if (term.key, term.value) == ("has", "note"):
        return Q(path__in=Note.objects.filter(withdrawn_at=None).values("path"))
    return _those(with_verdict, term.value if term.key == "state" else _STATES[term.value])


@prepared
def people() -> QuerySet[Standing, str]:
    """Return the people whose verdict decides something."""
    return Standing.objects.order_by().values_list("by", flat=True).distinct()


def _those(narrow: Callable[..., Recordings], value: object) -> Q:
    return Q(pk__in=narrow(Recording.objects.order_by(), value).values("pk"))


def _decided_by(name: str) -> Q:
    """Recordings whose verdict is this person's."""
    standings = Standing.objects.filter(by=name)
    blobs = standings.filter(fingerprint__startswith=BLOB_PREFIX).values(
        blob=Substr("fingerprint", len(BLOB_PREFIX) + 1)
    )
    return Q(fingerprint__in=standings.values("fingerprint")) | Q(fingerprint="", blob__in=blobs)
