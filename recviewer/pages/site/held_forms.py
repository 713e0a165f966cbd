"""What somebody sent when they were signed out: kept, signed, in the page that says so, and offered again afterwards.

The act goes with the blob that its maker saw, so that it is refused where something else is there meanwhile. Nothing is
kept on the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote

from django.core import signing
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

from recviewer.pages.site.next_page import page_of

_SALT = "recviewer.pages.site.held"
_FOR = timedelta(hours=12)
_LONGEST = 1_000_000
"""Characters of all fields together; a choice of more recordings is to be made again."""
_LEFT_OUT = frozenset({"csrfmiddlewaretoken", "password", "held"})


@dataclass(frozen=True, slots=True)
class HeldForm:
    """A form that was sent in vain. action: the path that it goes to. fields: names and values, in order. back: its page."""

    action: str
    fields: tuple[tuple[str, str], ...]
    back: str

    def signed(self) -> str:
        """Return it as the value of a field that nobody can make up."""
        return signing.dumps([self.action, self.fields, self.back], salt=_SALT, compress=True)

    @property
    def what(self) -> str:
        """What it is called: the verdict, or the act's own name."""
        of_verdict = {"approve": "approve", "reject": "re-record", "delete": "mark for deletion", "clear": "no verdict"}
        of_verdict["revert"] = "take the old one back"
        verdict = dict(self.fields).get("verdict", "")
        return of_verdict.get(verdict) or self.action.partition("?")[0].rstrip("/").rpartition("/")[2]

    @property
    def about(self) -> str:
        """The key of the one recording that it is about, "" for many."""
        return unquote(dict(self.fields).get("key", ""))

    @property
    def note(self) -> str:
        """What was typed: a reason, a note, the name of a tag."""
        sent = dict(self.fields)
        reason = sent.get("note", "") if "verdict" in sent else ""
        return sent.get("body") or reason or sent.get("name", "")


def held_from(request: HttpRequest) -> HeldForm | None:
    """Return the form that a request sends, None where it sends none that could be sent again."""
    if request.method != "POST" or request.content_type != "application/x-www-form-urlencoded":
        return None
    try:
        resolve(request.path_info)
    except Resolver404:
        return None
    fields = tuple((name, value) for name, values in request.POST.lists() if name not in _LEFT_OUT for value in values)
    if sum(len(name) + len(value) for name, value in fields) > _LONGEST:
        return None
    return HeldForm(request.get_full_path(), fields, page_of(request) or reverse("recordings:listing"))


def held_of(value: str) -> HeldForm | None:
    """Return what `HeldForm.signed` wrote, None for anything else and after half a day."""
    try:
        action, fields, back = signing.loads(value, salt=_SALT, max_age=_FOR)
        return HeldForm(str(action), tuple((str(name), str(text)) for name, text in fields), str(back))
    except (signing.BadSignature, ValueError, TypeError):
        return None
