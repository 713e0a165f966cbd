"""What waits for a person by name: recordings tagged `@name`, and those with an open note that contains `@name`.

The tag assigns: it is added, undone and removed like any other tag, and stays when a recording is made again. The note
asks: it waits until its thread is resolved.
"""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.review.models import Note, Tag, TagOn
from recviewer.review.tagging import folded

MARK = "@"
_NAMED = re.compile(r"(?<![\w@.])@(\w[\w.-]*\w|\w)")
"""A name in a note; such a name has no spaces."""


def condition(name: str) -> Q:
    """Return the condition for recordings that wait for somebody."""
    tagged = TagOn.objects.filter(tag__folded=folded(MARK + name)).values("path")
    return Q(path__in=tagged) | Q(path__in=_noted(name))


def paths_for(name: str) -> set[str]:
    """Return the paths of recordings that wait for somebody, whatever is at them now."""
    tagged = TagOn.objects.filter(tag__folded=folded(MARK + name)).values_list("path", flat=True)
    return {*tagged, *_noted(name)} if name else set()


def waiting_for(name: str) -> int:
    """Return how many recordings wait for somebody."""
    if not name or not (_has_tag(folded(MARK + name)) or _noted(name)):
        return 0
    return Recording.objects.filter(condition(name)).count()


def people() -> list[str]:
    """Return the people named by a tag or an open note; names in notes end at a space."""
    found = {name.removeprefix(MARK) for name in _tags()}
    for body, _ in _open_notes():
        found |= set(_NAMED.findall(body))
    by_folded = {folded(name): name for name in sorted(found, reverse=True) if name.strip()}
    return sorted(by_folded.values())


def is_named(name: str, text: str) -> bool:
    """Tell whether a text contains `@name`, and not `@name-and-more` or `someone@name`, ignoring case."""
    return re.search(rf"(?<![\w@.]){re.escape(MARK + name.casefold())}(?![\w@-])(?!\.\w)", text.casefold()) is not None


def _noted(name: str) -> set[str]:
    """Return the paths of recordings with an open note that names somebody."""
    return {path for body, path in _open_notes() if is_named(name, body)}


@prepared
def _open_notes() -> QuerySet[Note, tuple[str, str]]:
    is_open = Q(thread=None, resolved_at=None) | Q(thread__isnull=False, thread__resolved_at=None)
    return Note.objects.filter(is_open, withdrawn_at=None, body__contains=MARK).values_list("body", "path")


@prepared
def _has_tag(name: str) -> QuerySet[Tag, int]:
    return Tag.objects.filter(folded=name).values_list("pk", flat=True)[:1]


@prepared
def _tags() -> QuerySet[Tag, str]:
    return Tag.objects.filter(folded__startswith=MARK, uses__isnull=False).values_list("name", flat=True).distinct()
