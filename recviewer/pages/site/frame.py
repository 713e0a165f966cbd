"""The frame of every page: where we are, how fresh the index is, who the user is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import timezone

import recviewer
from recviewer.catalog import last_look
from recviewer.catalog.prepared import prepared
from recviewer.pages.site import roles
from recviewer.pages.site.following import Followed, followed
from recviewer.pages.site.proxy_login import is_by_proxy
from recviewer.review.actors import actor_of
from recviewer.review.models import Tag
from recviewer.serving.url_prefix import above

NAV = (
    ("Recordings", "recordings", ("recordings:listing",)),
    ("Tests", "tests", ("tests:listing",)),
    ("Changes", "changes", ("changes:listing",)),
    ("Findings", "smells", ("smells:listing",)),
    ("Models", "models", ("models:listing",)),
    ("Plan", "plan", ("plan:show",)),
    ("Tags", "tags", ("tags:listing",)),
    ("Activity", "activity", ("activity:listing", "activity:log", "activity:show")),
    ("Trash", "trash", ("trash:listing", "trash:show")),
    ("Operations", "operations", ("operations:show",)),
)
"""Title, namespace and URL names of the pages in the top bar; missing pages are left out."""


BELOW = {
    "recording": "recordings",
    "history": "recordings",
    "queue": "recordings",
    "bulk": "recordings",
    "growth": "recordings",
    "searches": "recordings",
}
"""Namespaces without their own entry, and the entry that is highlighted for them."""


@dataclass(frozen=True, slots=True)
class BarLink:
    """One link of the top bar."""

    title: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The content of base.html's frame."""

    root: str
    """Short name of the recordings root, "" for users who may see nothing."""
    root_path: str
    """Its path, "" when hosted."""
    nav: tuple[BarLink, ...]
    """Empty for users who may see nothing."""
    actor: str
    may_review: bool
    may_maintain: bool
    """may_review, may_maintain: whether the user may decide, and move recordings."""
    version: str
    is_hosted: bool
    may_sign_out: bool
    """There is a session to end."""
    is_read_only: bool
    is_demo: bool
    mirror: str
    """The name of a bare repository of which only the changes are shown, "" if there are recordings."""
    indexed_at: datetime | None
    """When the catalog was last compared with the disk."""
    followed: Followed | None
    """What the page polls for, None for nothing."""
    prefix: str
    desk: str
    """The URL of the page above, which lists several repositories, "" for none."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` in every template."""
    root = settings.RECORDINGS_ROOT
    here = request.resolver_match.namespace if request.resolver_match else ""
    return {
        "frame": Frame(
            root=_root(request),
            root_path="" if settings.HOSTED else str(settings.PLACES.mirror or root),
            nav=()
            if _is_outside(request)
            else _nav(BELOW.get(here, here), get_script_prefix(), _left_out(request, here)),
            actor=_actor(request),
            may_review=roles.may(request, roles.Role.REVIEWER),
            may_maintain=roles.may(request, roles.Role.MAINTAINER),
            version=recviewer.__version__,
            is_hosted=settings.HOSTED,
            may_sign_out=settings.HOSTED and not is_by_proxy(request),
            is_read_only=settings.READ_ONLY,
            is_demo=settings.PLACES.is_demo,
            mirror=settings.PLACES.mirror.name if settings.PLACES.mirror else "",
            indexed_at=_checked(),
            followed=followed(request),
            prefix=settings.PREFIX,
            desk=above(settings.PREFIX) if settings.DESK_KEY else "",
        )
    }


def _is_outside(request: HttpRequest) -> bool:
    """Tell whether the user may see nothing: every page of the bar would ask them to sign in, or refuse."""
    return roles.role_of(request) is roles.Role.NOBODY and not settings.PUBLIC_READ


def _root(request: HttpRequest) -> str:
    """Return a name for what is shown; "" for users who may not know even that."""
    if _is_outside(request):
        return ""
    places = settings.PLACES
    return "demo" if places.is_demo else short((places.mirror or settings.RECORDINGS_ROOT).parts)


def _checked() -> datetime | None:
    """Return when the catalog was last compared with the disk."""
    age = last_look.seconds_ago()
    return None if age is None else timezone.now() - timedelta(seconds=age)


def short(parts: tuple[str, ...]) -> str:
    """Return the last two components of a path: `tests/integration`."""
    return "/".join(part for part in parts[-2:] if part != "/") or "/"


@prepared
def _tags() -> QuerySet[Tag, int]:
    return Tag.objects.values_list("pk", flat=True)[:1]


def _left_out(request: HttpRequest, here: str) -> frozenset[str]:
    """Return the namespaces that are not useful now: tags if there are none, operations for users who are not
    operators.
    """
    out = {"tags"} if here != "tags" and not _tags() else set()
    if settings.HOST is None or not roles.may(request, roles.Role.SUPERUSER):
        out.add("operations")
    if roles.role_of(request) is roles.Role.NOBODY:
        out |= roles.NAMES_PEOPLE
    return frozenset(out - {here})


@lru_cache(100)
def _nav(here: str, prefix: str, left_out: frozenset[str]) -> tuple[BarLink, ...]:
    """Return the links of the top bar. prefix: the prefix of all URLs."""
    found = []
    for title, namespace, names in NAV:
        if namespace in left_out:
            continue
        for name in names:
            try:
                found.append(BarLink(title, reverse(name), namespace == here))
                break
            except NoReverseMatch:
                continue
    return tuple(found)


def _actor(request: HttpRequest) -> str:
    try:
        return actor_of(request)
    except PermissionDenied:
        return ""
