"""Saved searches: names for filters of the list. They belong to everybody on the instance, as tags do.

A team says "look through *cut off*" and means one list; so a name stands for the same search on everybody's page, and
whoever may decide may change it. Nothing is lost by that: each change is logged with the previous value, and can be
undone.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from recviewer.review import audit, rows
from recviewer.review.audit import Action, Done
from recviewer.review.locks import acting
from recviewer.review.models import SavedSearch
from recviewer.review.refusals import Invalid
from recviewer.review.rows import SEARCH, RowChange, Values, change, of_search
from recviewer.review.subjects import printable, unfit
from recviewer.review.tagging import folded
from recviewer.secrets.named import without_secrets

NAME_LENGTH = 60
QUERY_LENGTH = 4_000
"""Maximum length of a query: longer than a URL of the list can be."""
MOST = 60
"""Maximum number of searches on an instance, because each is a line beside the list."""


def clean_name(name: str) -> str:
    """Normalise a search's name: white space is collapsed. Raises Invalid."""
    tidy = " ".join(name.split())
    if not tidy:
        raise Invalid("A saved search needs a name.")
    if len(tidy) > NAME_LENGTH:
        raise Invalid(f"The name of a saved search has at most {NAME_LENGTH} characters.")
    if not tidy.isprintable():
        raise Invalid("The name of a saved search cannot have invisible characters.")
    if without_secrets(tidy, most=NAME_LENGTH) != tidy:
        raise Invalid("The name of a saved search cannot hold a secret.")
    return tidy


def clean_query(query: str) -> str:
    """Normalise a query. Raises Invalid."""
    tidy = " ".join(query.split())
    if not tidy:
        raise Invalid("There is nothing to save: the list has no filters.")
    if len(tidy) > QUERY_LENGTH or unfit(tidy):
        raise Invalid("This search cannot be saved: it is too long, or contains invalid characters.")
    if without_secrets(tidy, most=QUERY_LENGTH) != tidy:
        raise Invalid("This search cannot be saved: it holds a secret, and everybody can read saved searches.")
    return tidy


def listing() -> list[SavedSearch]:
    """Return all saved searches by name."""
    return list(SavedSearch.objects.order_by("folded"))


def save(name: str, query: str, *, actor: str, sort: str = "", over: str = "", now: datetime | None = None) -> Done:
    """Save a query under a name. over: the query that the name had when its new one was chosen, "" for a new name.

    Raises Invalid, also if the name has another query than `over`.
    """
    name, query = clean_name(name), clean_query(query)
    with acting():
        found = SavedSearch.objects.filter(folded=folded(name)).first()
        if found is not None and (found.query, found.sort) == (query, sort):
            return Done(f"The search {found.name} is saved already.", None, 0)
        if found is not None and found.query != over:
            raise Invalid(
                f"There is a search {found.name} already, for {printable(found.query, 120)}. Choose another name."
            )
        if found is None and SavedSearch.objects.count() >= MOST:
            raise Invalid(f"{MOST} searches are saved already. Delete one first.")
        at = now or timezone.now()
        after: Values = {"name": found.name if found else name, "query": query, "sort": sort, "author": actor}
        after |= {"changed_at": at.isoformat()}
        one = change(SEARCH, [folded(name)], of_search(found) if found else None, after)
        verb = "saved the search" if found is None else "changed the search"
        return _act(actor, f"{verb} {after['name']}: {printable(query, 120)}", [one], at)


def rename(name: str, to: str, *, actor: str, now: datetime | None = None) -> Done:
    """Rename a search. Raises Invalid, also if there is a search of that name."""
    to = clean_name(to)
    with acting():
        found = _named(name)
        if found.name == to:
            return Done(f"The search is called {to} already.", None, 0)
        at = now or timezone.now()
        after = of_search(found) | {"name": to, "changed_at": at.isoformat()}
        other = SavedSearch.objects.filter(folded=folded(to)).exclude(pk=found.pk).first()
        if other is not None:
            raise Invalid(f"There is a search {other.name} already.")
        changes = [change(SEARCH, [found.folded], of_search(found), None if found.folded != folded(to) else after)]
        if found.folded != folded(to):
            changes.append(change(SEARCH, [folded(to)], None, after))
        return _act(actor, f"renamed the search {found.name} to {to}", changes, at)


def remove(name: str, *, actor: str, now: datetime | None = None) -> Done:
    """Delete a search; the recordings that it finds are not affected. Raises Invalid."""
    with acting():
        found = _named(name)
        changes = [change(SEARCH, [found.folded], of_search(found), None)]
        return _act(actor, f"deleted the search {found.name}", changes, now or timezone.now())


def _named(name: str) -> SavedSearch:
    found = SavedSearch.objects.filter(folded=folded(name)).first()
    if found is None:
        raise Invalid("There is no such search any more.")
    return found


def _act(actor: str, summary: str, changes: list[RowChange], at: datetime) -> Done:
    event = audit.write(
        actor=actor, action=Action.SEARCH, summary=summary, payload={"changes": changes}, items=[], at=at
    )
    rows.apply(changes)
    return audit.done(event)
