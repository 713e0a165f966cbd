"""The fields of forms: which recordings, as they were seen, and where to go afterwards.

Keys are percent-encoded in form fields, because browsers change line ends in fields, and names may contain line ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias
from urllib.parse import quote, unquote

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from recviewer.pages.site import chosen
from recviewer.pages.site.next_page import leads_to_page
from recviewer.pages.site.numbers import is_whole
from recviewer.review.refusals import Invalid
from recviewer.review.subjects import Seen

_BLOB_DIGITS = 40
Fields: TypeAlias = tuple[tuple[str, str], ...]
"""Hidden fields of a form: names and values."""


def seen_in(sent: QueryDict) -> list[Seen]:
    """Return the recordings that a form names, each as it was seen.

    One recording: `key` (percent-encoded) and `seen`. Many: `item` for each, see `item_of`, or the result of `items_of`
    in one field. Raises Invalid.
    """
    found = [_item(line) for item in sent.getlist("item") for line in chosen.choice_in(item).split()]
    key = key_in(sent)
    if key:
        found.append(Seen(key, sent.get("seen", "")))
    return found


def key_in(sent: QueryDict) -> str:
    """Return the key of the one recording that a form names, "" if it names none or many."""
    return unquote(sent.get("key", ""))


def fields_of(key: str, seen: str) -> Fields:
    """Return the fields of a form about one recording of the catalog."""
    return ("key", quote(key, safe="")), ("seen", seen)


def item_of(path: str, blob: str, change: str = "") -> str:
    """Return the value of an `item` field for a recording: its blob, a colon, its key percent-encoded.

    change: of a range, `Change.own_subject`; it follows after another colon.
    """
    return f"{blob}:{quote(path, safe='')}" + (f":{change}" if change else "")


def items_of(items: Iterable[str]) -> str:
    """Return the value of one `item` field for many recordings, each by `item_of`. See `chosen` for long ones."""
    return chosen.field_of(" ".join(items))


def next_of(request: HttpRequest, sent: QueryDict) -> str:
    """Return the URL to go to afterwards: that in the form if it is a page of ours, else the list."""
    wanted = sent.get("next", "")
    return wanted if leads_to_page(request, wanted) else reverse("recordings:listing")


def event_in(sent: QueryDict) -> int | None:
    """Return the event that a form names, None if it names none. Raises Invalid."""
    given = sent.get("event", "")
    if not given:
        return None
    if not is_whole(given):
        raise Invalid("There is no such action.")
    return int(given)


def _item(value: str) -> Seen:
    blob, colon, rest = value.partition(":")
    path, _, change = rest.partition(":")
    if not colon or not path or len(blob) not in (0, _BLOB_DIGITS):
        raise Invalid("The selection cannot be read. Open the page again.")
    return Seen(unquote(path), blob, change)
