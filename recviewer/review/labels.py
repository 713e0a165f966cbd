"""Tags everywhere at once: rename, merge, colour, delete. Each is one action, with one undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.review import audit, rows
from recviewer.review.audit import Action, ActItem, Done
from recviewer.review.locks import acting
from recviewer.review.models import Colour, Tag, TagOn
from recviewer.review.refusals import Invalid
from recviewer.review.rows import ON, TAG, RowChange, change, of_tag, of_use
from recviewer.review.subjects import chunked, subject_of
from recviewer.review.tagging import clean_name, folded

QUICK = 9
"""How many tags have a digit as their key."""


@dataclass(frozen=True, slots=True)
class Use:
    """A tag and how often it is used. count: recordings there now; gone: paths where there is none now."""

    name: str
    colour: str
    count: int
    gone: int


def listing() -> list[Use]:
    """Return all tags with their counts, the most used first."""
    made = []
    for tag in Tag.objects.annotate(total=Count("uses")).order_by("-total", "folded"):
        there = Recording.objects.filter(path__in=TagOn.objects.filter(tag=tag).values("path")).count()
        made.append(Use(tag.name, tag.colour, there, tag.total - there))
    return made


def quick() -> list[Tag]:
    """Return the most used tags, which have a digit as their key.

    They are sorted by name, so that digits do not change while in use.
    """
    return sorted(_often(), key=lambda tag: tag.folded)


@prepared
def _often() -> QuerySet[Tag]:
    return Tag.objects.annotate(total=Count("uses")).filter(total__gt=0).order_by("-total", "folded")[:QUICK]


def rename(name: str, to: str, *, actor: str, now: datetime | None = None) -> Done:
    """Give a tag another name, everywhere. Raises Invalid, also where there is a tag of that name: those are merged."""
    to = clean_name(to)
    with acting():
        tag = _named(name)
        if tag.name == to:
            return Done(f"The tag is called {to} already.", None, 0)
        at = now or timezone.now()
        after = {"name": to, "colour": tag.colour, "changed_at": at.isoformat()}
        summary = f"renamed the tag {tag.name} to {to}"
        if tag.folded == folded(to):
            return _act(actor, summary, [change(TAG, [tag.folded], of_tag(tag), after)], _uses(tag), at)
        if Tag.objects.filter(folded=folded(to)).exists():
            raise Invalid(f"There is a tag {to} already. Merge {tag.name} into it instead.")
        changes = [change(TAG, [tag.folded], of_tag(tag), None), change(TAG, [folded(to)], None, after)]
        uses = _uses(tag)
        for use in uses:
            changes.append(change(ON, [use.path, tag.folded], of_use(use), None))
            changes.append(change(ON, [use.path, folded(to)], None, {**of_use(use), "tag": to}))
        return _act(actor, summary, changes, uses, at)


def merge(name: str, into: str, *, actor: str, now: datetime | None = None) -> Done:
    """Replace one tag by another and delete it. Raises Invalid."""
    with acting():
        tag, other = _named(name), _named(into)
        if tag == other:
            raise Invalid("A tag cannot be merged into itself.")
        have = set(other.uses.values_list("path", flat=True))
        uses = _uses(tag)
        changes = [change(TAG, [tag.folded], of_tag(tag), None)]
        for use in uses:
            changes.append(change(ON, [use.path, tag.folded], of_use(use), None))
            if use.path not in have:
                changes.append(change(ON, [use.path, other.folded], None, {**of_use(use), "tag": other.name}))
        return _act(actor, f"merged the tag {tag.name} into {other.name}", changes, uses, now)


def recolour(name: str, colour: str, *, actor: str, now: datetime | None = None) -> Done:
    """Give a tag another colour. Raises Invalid."""
    if colour not in Colour.values:
        raise Invalid("There is no such colour.")
    with acting():
        tag = _named(name)
        if tag.colour == colour:
            return Done(f"The tag {tag.name} is {colour} already.", None, 0)
        at = now or timezone.now()
        after = {"name": tag.name, "colour": colour, "changed_at": at.isoformat()}
        changes = [change(TAG, [tag.folded], of_tag(tag), after)]
        return _act(actor, f"made the tag {tag.name} {colour}", changes, (), at)


def remove(name: str, *, actor: str, now: datetime | None = None) -> Done:
    """Remove a tag from everything. Raises Invalid."""
    with acting():
        tag = _named(name)
        uses = _uses(tag)
        changes = [change(TAG, [tag.folded], of_tag(tag), None)]
        changes += [change(ON, [use.path, tag.folded], of_use(use), None) for use in uses]
        return _act(actor, f"deleted the tag {tag.name}", changes, uses, now)


def _named(name: str) -> Tag:
    tag = Tag.objects.filter(folded=folded(name)).first()
    if tag is None:
        raise Invalid("There is no such tag any more.")
    return tag


def _uses(tag: Tag) -> list[TagOn]:
    return list(tag.uses.select_related("tag").order_by("path"))


def _act(actor: str, summary: str, changes: list[RowChange], uses: Iterable[TagOn], at: datetime | None) -> Done:
    event = audit.write(
        actor=actor,
        action=Action.RETAG,
        summary=summary,
        payload={"changes": changes},
        items=_items(use.path for use in uses),
        at=at,
    )
    rows.apply(changes)
    return audit.done(event)


def _items(paths: Iterable[str]) -> list[ActItem]:
    made: list[ActItem] = []
    for some in chunked(paths):
        there: dict[str, Any] = {row.path: row for row in Recording.objects.filter(path__in=some)}
        for path in some:
            row = there.get(path)
            made.append(ActItem(path, subject_of(row) if row else "", row.blob if row else ""))
    return made
