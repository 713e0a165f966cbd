"""Suppressing findings, and making them count again."""

from __future__ import annotations

from datetime import date
from urllib.parse import unquote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from recviewer.pages.site.forms import next_of
from recviewer.review import suppressing
from recviewer.review.actors import actor_of
from recviewer.review.audit import Done
from recviewer.review.refusals import Invalid
from recviewer.review.suppressing import Aim
from recviewer.smells.suppressing import Reach


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Suppress findings, or with `lift` make them count again.

    rule, reach (finding, test, path, folder), reason, until, and identity, test and path of the finding on which it was
    decided, the last two percent-encoded.
    """
    sent = request.POST
    aim = _aim(sent.get("rule", ""), sent.get("reach", ""), sent.get("identity", ""), *_places(request))
    if "lift" in sent:
        done = suppressing.lift(_lifted(aim, sent.get("identity", ""), *_places(request)), actor=actor_of(request))
    else:
        done = suppressing.suppress([aim], sent.get("reason", ""), actor=actor_of(request), until=_until(request))
    return told(request, done)


def told(request: HttpRequest, done: Done) -> HttpResponse:
    """Redirect after an action, with its sentence and its undo."""
    messages.success(request, done.sentence, extra_tags=f"undo-{done.event}" if done.event else "")
    return HttpResponseRedirect(next_of(request, request.POST), status=303)


def _places(request: HttpRequest) -> tuple[str, str]:
    return unquote(request.POST.get("test", "")), unquote(request.POST.get("path", ""))


def _aim(rule: str, reach: str, identity: str, test: str, path: str) -> Aim:
    folder = path.rpartition("/")[0]
    subjects = {
        "finding": (Reach.FINDING, identity),
        "test": (Reach.TEST, test),
        "path": (Reach.PATH, path),
        "folder": (Reach.PATH, f"{folder}/" if folder else ""),
    }
    if reach not in subjects:
        raise Invalid("Say what is to be suppressed.")
    return Aim(rule, *subjects[reach], path)


def _lifted(aim: Aim, identity: str, test: str, path: str) -> list[Aim]:
    """Return everything that may suppress a finding: all of it is lifted."""
    folders = [path[: place + 1] for place, sign in enumerate(path) if sign == "/"]
    paths = [Aim(aim.rule, Reach.PATH, subject, path) for subject in (path, *folders)]
    tests = [Aim(aim.rule, Reach.TEST, test, path)] if test else []
    return [Aim(aim.rule, Reach.FINDING, identity, path), *tests, *paths]


def _until(request: HttpRequest) -> date | None:
    given = request.POST.get("until", "").strip()
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Invalid("The last day is not a date such as 2026-12-31.") from None
