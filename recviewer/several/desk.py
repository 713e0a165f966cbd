"""The page at the top: the repositories that its visitor may see.

It has no accounts and opens nothing of any instance. A browser that signed in to an instance has a ticket, which that
instance signed and only it can read; the page passes each ticket to its instance, and shows the answer. An instance
that does not confirm a ticket is not named, whether it exists or not.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from recviewer.serving.url_prefix import TICKET, of_site

SECONDS = 2.0
_ANSWER_BYTES = 10_000
_LONGEST_TICKET = 1000
_MOST_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A repository. name, role: of the visitor, there; "" if nobody is signed in."""

    title: str
    url: str
    name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class DeskPage:
    """missing: how many tickets of this browser no instance confirms now, for whatever reason."""

    rows: tuple[DeskRow, ...]
    missing: int


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """List what this browser may see."""
    sent = {name.removeprefix(TICKET): value for name, value in request.COOKIES.items() if name.startswith(TICKET)}
    return render(request, "several/desk.html", {"page": page_of(settings.DESK["instances"], sent)})  # type: ignore[misc]


def page_of(instances: Iterable[Mapping[str, Any]], sent: Mapping[str, str]) -> DeskPage:
    """Return what a browser is shown. sent: names of instances, and its tickets for them."""
    known = {one["name"]: one for one in instances}
    with_ticket = [name for name in known if 0 < len(sent.get(name, "")) <= _LONGEST_TICKET]
    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        visitors = dict(zip(with_ticket, pool.map(lambda name: ask(known[name], sent[name]), with_ticket), strict=True))
    rows = []
    for name, one in known.items():
        visitor = visitors.get(name)
        if visitor:
            rows.append(DeskRow(one["title"], one["url"], visitor["name"], visitor["role"]))
        elif one["is_listed"]:
            rows.append(DeskRow(one["title"], one["url"]))
    open_ones = {name for name, one in known.items() if one["is_listed"]}
    missing = sum(1 for name in sent if not visitors.get(name) and name not in open_ones)
    return DeskPage(tuple(sorted(rows, key=lambda row: (row.title.casefold(), row.url))), missing)


def ask(instance: Mapping[str, Any], ticket: str) -> dict[str, str] | None:
    """Return name and role of the owner of a ticket; None if the instance does not confirm it, or does not answer."""
    server = http.client.HTTPConnection("127.0.0.1", instance["port"], timeout=SECONDS)
    headers = {
        "Host": settings.ALLOWED_HOSTS[0],
        "X-Forwarded-Proto": "https",
        "X-Desk-Key": instance["key"],
        "X-Desk-Ticket": ticket,
    }
    try:
        server.request("GET", f"{of_site(instance['url'])}/desk", headers=headers)
        answer = server.getresponse()
        reply = json.loads(answer.read(_ANSWER_BYTES)) if answer.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        server.close()
    if not isinstance(reply, dict) or not isinstance(reply.get("name"), str) or not isinstance(reply.get("role"), str):
        return None
    return {"name": reply["name"][:150], "role": reply["role"][:20]}


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process is alive."""
    return HttpResponse("ok\n", content_type="text/plain")


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a URL that does not exist."""
    return render(request, "several/not_there.html", status=404)


app_name = ""
urlpatterns = [path("", show, name="desk"), path("healthz", alive, name="alive")]
handler404 = not_there
