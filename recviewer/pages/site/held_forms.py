"""Forms that were sent while signed out: kept, signed, in the response page, and offered again after signing in.

The form contains the blob that the user saw, so it is refused if the recording has changed meanwhile. Nothing is stored
on the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote

from django.core import signing
from django.http import HttpRequest, UnreadablePostError
from django.urls import Resolver404, resolve, reverse

from recviewer.pages.site.next_page import page_of

_SALT = "recviewer.pages.site.held"
_FOR = timedelta(hours=12)
_LONGEST = 1_000_000
"""Maximum length of all fields together; larger selections have to be made again."""
_LEFT_OUT = frozenset({"csrfmiddlewaretoken", "password", "held"})


@dataclass(frozen=True, slots=True)
class HeldForm:
    """A form that was not processed. action: the path that it goes to. fields: names and values, in order.

    back: its page.
    """

    action: str
    fields: tuple[tuple[str, str], ...]
    back: str

    def signed(self) -> str:
        """Return it as a signed field value."""
        return signing.dumps([self.action, self.fields, self.back], salt=_SALT, compress=True)

    @property
    def what(self) -> str:
        """What it is called: the verdict, or the action's own name."""
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
        """The typed text: a reason, a note, the name of a tag."""
        sent = dict(self.fields)
        reason = sent.get("note", "") if "verdict" in sent else ""
        return sent.get("body") or reason or sent.get("name", "")


def held_from(request: HttpRequest) -> HeldForm | None:
    """Return the form in a request, None if there is none that can be sent again."""
    if request.method != "POST" or request.content_type != "application/x-www-form-urlencoded":
        return None
    try:
        resolve(request.path_info)
    except Resolver404:
        return None
    try:
        sent = request.POST
    except UnreadablePostError:  # it stopped in the middle
        return None
    fields = tuple((name, value) for name, values in sent.lists() if name not in _LEFT_OUT for value in values)
    if sum(len(name) + len(value) for name, value in fields) > _LONGEST:
        return None
    return HeldForm(request.get_full_path(), fields, page_of(request) or reverse("recordings:listing"))


def held_of(value: str) -> HeldForm | None:
    """Return the form in a value from `HeldForm.signed`, None for anything else and after half a day."""
    try:
        action, fields, back = signing.loads(value, salt=_SALT, max_age=_FOR)
        return HeldForm(str(action), tuple((str(name), str(text)) for name, text in fields), str(back))
    except (signing.BadSignature, ValueError, TypeError):
        return None
