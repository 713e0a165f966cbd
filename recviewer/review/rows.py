"""Rows as they were and as they became: tags changed everywhere, notes, pairs, searches, and what an import brought.

An act lists its changes, each a table, a key and the row's values before and after (None for no row). Applying one side
does the act, applying the other takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import ProtectedError
from django.utils import timezone

from recviewer.review import audit, standing
from recviewer.review.audit import Action, ActItem
from recviewer.review.models import AuditEvent, Decision, Note, PairChoice, SavedSearch, Tag, TagOn
from recviewer.review.refusals import NotAllowed, Overtaken
from recviewer.review.subjects import chunked
from recviewer.review.tagging import colour_for, folded

Values = dict[str, Any]
TAG, ON, NOTE, PAIR, SEARCH = "tag", "on", "note", "pair", "search"
_PAIRED = ("old_path", "old_blob", "new_path", "new_blob")
_ASIDE = frozenset({"changed_at", "tag"})
NOTE_TIMES = ("at", "changed_at", "resolved_at", "withdrawn_at")


class RowChange(TypedDict):
    """One row. table: tag, on (a tag on a path), note, pair or search.

    key: folded name; path and folded name; uid; path and blob of the old and of the new; folded name.
    """

    table: str
    key: list[str]
    before: Values | None
    after: Values | None


def change(table: str, key: Sequence[str], before: Values | None, after: Values | None) -> RowChange:
    """Return a change as it stands in a payload."""
    return {"table": table, "key": list(key), "before": before, "after": after}


def of_tag(tag: Tag) -> Values:
    """Return a tag's values for a payload."""
    return {"name": tag.name, "colour": tag.colour, "changed_at": tag.changed_at.isoformat()}


def of_use(use: TagOn) -> Values:
    """Return the values of a tag on a path for a payload. use: with its tag."""
    return {"tag": use.tag.name, "actor": use.actor, "at": use.at.isoformat()}


def of_note(note: Note) -> Values:
    """Return a note's values for a payload. note: with its thread."""
    values: Values = {
        "path": note.path,
        "blob": note.blob,
        "anchor": note.anchor,
        "thread": note.thread.uid if note.thread else "",
        "author": note.author,
        "body": note.body,
        "resolved_by": note.resolved_by,
    }
    for name in NOTE_TIMES:
        moment = getattr(note, name)
        values[name] = moment.isoformat() if moment else None
    return values


def of_search(search: SavedSearch) -> Values:
    """Return a saved search's values for a payload."""
    values: Values = {name: getattr(search, name) for name in ("name", "query", "sort", "author")}
    return values | {"changed_at": search.changed_at.isoformat()}


def present(changes: Iterable[RowChange]) -> dict[tuple[str, ...], Values]:
    """Return the rows that these changes are about, as they are now, by table and key."""
    keys: dict[str, list[list[str]]] = {TAG: [], ON: [], NOTE: [], PAIR: [], SEARCH: []}
    for one in changes:
        keys[one["table"]].append(one["key"])
    found: dict[tuple[str, ...], Values] = {}
    for some in chunked(key[0] for key in keys[TAG]):
        found.update(((TAG, tag.folded), of_tag(tag)) for tag in Tag.objects.filter(folded__in=some))
    wanted = {tuple(key) for key in keys[ON]}
    for some in chunked(dict.fromkeys(key[0] for key in keys[ON])):
        for use in TagOn.objects.filter(path__in=some).select_related("tag"):
            if (use.path, use.tag.folded) in wanted:
                found[ON, use.path, use.tag.folded] = of_use(use)
    for some in chunked(key[0] for key in keys[NOTE]):
        rows = Note.objects.filter(uid__in=some).select_related("thread")
        found.update(((NOTE, note.uid), of_note(note)) for note in rows)
    for some in chunked(key[0] for key in keys[SEARCH]):
        searches = SavedSearch.objects.filter(folded__in=some)
        found.update(((SEARCH, one.folded), of_search(one)) for one in searches)
    for key in keys[PAIR]:
        for row in PairChoice.objects.filter(**dict(zip(_PAIRED, key, strict=True))):
            found[PAIR, *key] = {"is_pair": row.is_pair, "actor": row.actor, "at": row.at.isoformat()}
    return found


def turn(event: AuditEvent, payload: dict[str, Any], *, actor: str, action: Action) -> AuditEvent:
    """Take such an act back or do it again. Raises NotAllowed (another's note), Overtaken (changed again since)."""
    if event.action in audit.PERSONAL and event.actor != actor:
        raise NotAllowed(f"Only {event.actor} can take back or repeat that.")
    changes: list[RowChange] = payload["changes"]
    is_back = action is Action.UNDO
    now = present(changes)
    later = 0
    for one in changes:
        was, becomes = (one["after"], one["before"]) if is_back else (one["before"], one["after"])
        there = _bare(now.get((one["table"], *one["key"])))
        later += there not in (_bare(was), _bare(becomes))
    if later:
        raise Overtaken(later, len(changes))
    turned = audit.write(
        actor=actor,
        action=action,
        summary=f"{action.label}: {event.summary}",
        payload=payload,
        items=[ActItem(*item) for item in event.items.values_list("path", "fingerprint", "blob")],
        target=event,
    )
    apply(changes, is_back=is_back, at=None if event.action in audit.BROUGHT else turned.at)
    if event.action in audit.BROUGHT:
        standing.update(set(Decision.objects.filter(event=event).values_list("fingerprint", flat=True)))
    return turned


def apply(changes: Sequence[RowChange], *, is_back: bool = False, at: datetime | None = None) -> None:
    """Make the rows what the changes say: as they became or, with is_back, as they were.

    at: when, for rows that tell when they changed last; None keeps the time they had.
    """
    wanted: dict[str, dict[tuple[str, ...], Values | None]] = {TAG: {}, ON: {}, NOTE: {}, PAIR: {}, SEARCH: {}}
    for one in changes:
        wanted[one["table"]][tuple(one["key"])] = one["before"] if is_back else one["after"]
    _put_tags(wanted[TAG], at)
    _put_uses(wanted[ON])
    for (name,), values in wanted[TAG].items():
        if values is None:
            Tag.objects.filter(folded=name, uses__isnull=True).delete()
    _put_notes(wanted[NOTE], at)
    _put_pairs(wanted[PAIR])
    _put_searches(wanted[SEARCH], at)


def _bare(values: Values | None) -> Values | None:
    """Return what counts when rows are compared: not when they changed, nor how a tag that they name is written."""
    return None if values is None else {name: value for name, value in values.items() if name not in _ASIDE}


def _put_tags(wanted: dict[tuple[str, ...], Values | None], at: datetime | None) -> None:
    for (name,), values in wanted.items():
        if values is not None:
            told = {**values, "changed_at": at or datetime.fromisoformat(values["changed_at"])}
            Tag.objects.update_or_create(folded=name, defaults=told)


def _put_uses(wanted: dict[tuple[str, ...], Values | None]) -> None:
    names = {key[1]: (values or {}).get("tag", key[1]) for key, values in wanted.items()}
    tags = {tag.folded: tag for some in chunked(names) for tag in Tag.objects.filter(folded__in=some)}
    for name in {key[1] for key, values in wanted.items() if values is not None} - set(tags):
        tags[name] = Tag.objects.create(name=names[name], folded=folded(name), colour=colour_for(name))
    for name, tag in tags.items():
        for some in chunked(key[0] for key in wanted if key[1] == name):
            TagOn.objects.filter(tag=tag, path__in=some).delete()
    rows = [
        TagOn(tag=tags[name], path=path, actor=values["actor"], at=datetime.fromisoformat(values["at"]))
        for (path, name), values in wanted.items()
        if values is not None
    ]
    TagOn.objects.bulk_create(rows, batch_size=500)


def _put_notes(wanted: dict[tuple[str, ...], Values | None], at: datetime | None) -> None:
    roots_first = sorted(wanted.items(), key=lambda item: bool(item[1] and item[1]["thread"]))
    for (uid,), values in roots_first:
        if values is None:
            continue
        told = dict(values)
        for name in NOTE_TIMES:
            told[name] = datetime.fromisoformat(values[name]) if values[name] else None
        told["changed_at"] = at or told["changed_at"] or timezone.now()
        told["thread"] = Note.objects.filter(uid=values["thread"]).first() if values["thread"] else None
        Note.objects.update_or_create(uid=uid, defaults=told)
    gone = [uid for (uid,), values in wanted.items() if values is None]
    try:
        for some in chunked(gone):
            Note.objects.filter(uid__in=some).exclude(thread=None).delete()
            Note.objects.filter(uid__in=some).delete()
    except ProtectedError:
        raise Overtaken(1, len(gone)) from None


def _put_pairs(wanted: dict[tuple[str, ...], Values | None]) -> None:
    for key, values in wanted.items():
        place: dict[str, Any] = dict(zip(_PAIRED, key, strict=True))
        if values is None:
            PairChoice.objects.filter(**place).delete()
        else:
            told = {**values, "at": datetime.fromisoformat(values["at"])}
            PairChoice.objects.update_or_create(**place, defaults=told)


def _put_searches(wanted: dict[tuple[str, ...], Values | None], at: datetime | None) -> None:
    for (name,), values in wanted.items():
        if values is None:
            SavedSearch.objects.filter(folded=name).delete()
        else:
            told = {**values, "changed_at": at or datetime.fromisoformat(values["changed_at"])}
            SavedSearch.objects.update_or_create(folded=name, defaults=told)
