"""Rows before and after: tags changed everywhere, notes, pairs, searches, and what an import brought.

An action lists its changes: a table, a key and the row's values before and after (None for no row). Applying one side
does the action, applying the other undoes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from django.db.models import ProtectedError
from django.utils import timezone

from recviewer.review import audit, standing
from recviewer.review.audit import Action
from recviewer.review.models import AuditEvent, Decision, Note, PairChoice, SavedSearch, Suppression, Tag, TagOn
from recviewer.review.refusals import NotAllowed, Overtaken
from recviewer.review.subjects import chunked
from recviewer.review.tagging import colour_for, folded

Values = dict[str, Any]
TAG, ON, NOTE, PAIR, SEARCH, LET_BE = "tag", "on", "note", "pair", "search", "suppression"
_PAIRED = ("old_path", "old_blob", "new_path", "new_blob")
_ASIDE = frozenset({"changed_at", "tag"})
NOTE_TIMES = ("at", "changed_at", "resolved_at", "withdrawn_at")


class RowChange(TypedDict):
    """One row. table: tag, on (a tag on a path), note, pair, search or suppression.

    key: folded name; path and folded name; uid; path and blob of the old and of the new; folded name; rule, scope, subject.
    """

    table: str
    key: list[str]
    before: Values | None
    after: Values | None


def change(table: str, key: Sequence[str], before: Values | None, after: Values | None) -> RowChange:
    """Return a change as stored in a payload."""
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


def of_suppression(one: Suppression) -> Values:
    """Return a suppression's values for a payload, without its key."""
    values: Values = {name: getattr(one, name) for name in ("path", "reason", "author", "is_lifted")}
    return values | {"until": one.until.isoformat() if one.until else "", "changed_at": one.changed_at.isoformat()}


def present(changes: Iterable[RowChange]) -> dict[tuple[str, ...], Values]:
    """Return the present rows that these changes are about, by table and key."""
    keys: dict[str, list[list[str]]] = {TAG: [], ON: [], NOTE: [], PAIR: [], SEARCH: [], LET_BE: []}
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
    found.update(_suppressions(keys[LET_BE]))
    for key in keys[PAIR]:
        for row in PairChoice.objects.filter(**dict(zip(_PAIRED, key, strict=True))):
            found[PAIR, *key] = {"is_pair": row.is_pair, "actor": row.actor, "at": row.at.isoformat()}
    return found


def _suppressions(keys: Iterable[list[str]]) -> Iterator[tuple[tuple[str, ...], Values]]:
    wanted = {tuple(key) for key in keys}
    for some in chunked(dict.fromkeys(subject for _, _, subject in wanted)):
        for row in Suppression.objects.filter(subject__in=some):
            if (row.rule, row.scope, row.subject) in wanted:
                yield (LET_BE, row.rule, row.scope, row.subject), of_suppression(row)


def turn(event: AuditEvent, source: AuditEvent, *, actor: str, action: Action) -> AuditEvent:
    """Undo such an action or redo it, in batches.

    source: the event whose payload describes the present effect: the action itself, or its last redo. Raises NotAllowed
    (another's note), Overtaken (changed again since).
    """
    if event.action in audit.PERSONAL and event.actor != actor:
        raise NotAllowed(f"Only {event.actor} can take back or repeat that.")
    is_back = action is Action.UNDO
    later = total = 0
    for some in audit.batches_of(source, "changes"):
        later += _count_overtaken(some, is_back=is_back)
        total += len(some)
    if later:
        raise Overtaken(later, total)
    turned = audit.write_turned(event, source.payload, actor=actor, action=action)
    for some in audit.batches_of(source, "changes"):
        audit.add_members(turned, "changes", some)
    _apply(
        lambda: audit.batches_of(source, "changes"),
        is_back=is_back,
        at=None if event.action in audit.BROUGHT else turned.at,
    )
    if event.action in audit.BROUGHT:
        for few in chunked(set(Decision.objects.filter(event=event).values_list("fingerprint", flat=True))):
            standing.update(few)
    return turned


def _count_overtaken(changes: Sequence[RowChange], *, is_back: bool) -> int:
    """Count the rows that have neither the values that an undo or a redo starts from nor those that it leads to."""
    now = present(changes)
    later = 0
    for one in changes:
        was, becomes = (one["after"], one["before"]) if is_back else (one["before"], one["after"])
        there = _bare(now.get((one["table"], *one["key"])))
        later += there not in (_bare(was), _bare(becomes))
    return later


def apply(changes: Sequence[RowChange], *, at: datetime | None = None) -> None:
    """Set the rows to the values after the changes.

    at: the time for rows that store when they last changed; None keeps their time.
    """
    _apply(lambda: chunked(changes), is_back=False, at=at)


Wanted = dict[tuple[str, ...], Values | None]


def _apply(batches: Callable[[], Iterator[list[RowChange]]], *, is_back: bool, at: datetime | None) -> None:
    """Set the rows to the values after the changes or, with is_back, before them.

    batches: yields them from the start, whenever it is called. Notes take two passes, because a reply needs its root:
    roots are written first and deleted last.
    """
    unused: list[str] = []
    has_answers = False
    for some in batches():
        wanted = _wanted(some, is_back=is_back)
        _put_tags(wanted[TAG], at)
        _put_uses(wanted[ON])
        unused += [name for (name,), values in wanted[TAG].items() if values is None]
        _put_notes({key: told for key, told in wanted[NOTE].items() if told and not told["thread"]}, at)
        gone = _gone(wanted[NOTE])
        for few in chunked(gone):
            Note.objects.filter(uid__in=few).exclude(thread=None).delete()
        has_answers = has_answers or bool(gone) or any(told and told["thread"] for told in wanted[NOTE].values())
        _put_pairs(wanted[PAIR])
        _put_searches(wanted[SEARCH], at)
        _put_suppressions(wanted[LET_BE], at)
    for few in chunked(unused):
        Tag.objects.filter(folded__in=few, uses__isnull=True).delete()
    for some in batches() if has_answers else ():
        wanted = _wanted(some, is_back=is_back)
        _put_notes({key: told for key, told in wanted[NOTE].items() if told and told["thread"]}, at)
        _take_notes(_gone(wanted[NOTE]))


def _wanted(changes: Iterable[RowChange], *, is_back: bool) -> dict[str, Wanted]:
    """Return the values that rows should have, by table and key."""
    wanted: dict[str, Wanted] = {TAG: {}, ON: {}, NOTE: {}, PAIR: {}, SEARCH: {}, LET_BE: {}}
    for one in changes:
        wanted[one["table"]][tuple(one["key"])] = one["before"] if is_back else one["after"]
    return wanted


def _gone(wanted: Wanted) -> list[str]:
    return [key[0] for key, values in wanted.items() if values is None]


def _bare(values: Values | None) -> Values | None:
    """Return the values that count in comparisons: not the time of the change, nor the spelling of a tag."""
    return None if values is None else {name: value for name, value in values.items() if name not in _ASIDE}


def _put_tags(wanted: Wanted, at: datetime | None) -> None:
    for (name,), values in wanted.items():
        if values is not None:
            told = {**values, "changed_at": at or datetime.fromisoformat(values["changed_at"])}
            Tag.objects.update_or_create(folded=name, defaults=told)


def _put_uses(wanted: Wanted) -> None:
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


def _put_notes(wanted: Wanted, at: datetime | None) -> None:
    """Write notes, some of which may exist: either replies, or roots."""
    threads: dict[str, Note] = {}
    for some in chunked({values["thread"] for values in wanted.values() if values and values["thread"]}):
        threads.update((note.uid, note) for note in Note.objects.filter(uid__in=some))
    notes = []
    for (uid,), values in wanted.items():
        told = dict(values or {})
        for name in NOTE_TIMES:
            told[name] = datetime.fromisoformat(told[name]) if told[name] else None
        told["changed_at"] = at or told["changed_at"] or timezone.now()
        told["thread"] = threads.get(told["thread"])
        notes.append(Note(uid=uid, **told))
    if notes:
        fields = [field.name for field in Note._meta.concrete_fields if field.name not in ("id", "uid")]
        Note.objects.bulk_create(
            notes, batch_size=200, update_conflicts=True, unique_fields=["uid"], update_fields=fields
        )


def _take_notes(gone: list[str]) -> None:
    """Delete notes whose replies are already deleted. Raises Overtaken if there are others."""
    try:
        for some in chunked(gone):
            Note.objects.filter(uid__in=some).delete()
    except ProtectedError:
        raise Overtaken(1, len(gone)) from None


def _put_pairs(wanted: Wanted) -> None:
    for key, values in wanted.items():
        place: dict[str, Any] = dict(zip(_PAIRED, key, strict=True))
        if values is None:
            PairChoice.objects.filter(**place).delete()
        else:
            told = {**values, "at": datetime.fromisoformat(values["at"])}
            PairChoice.objects.update_or_create(**place, defaults=told)


def _put_searches(wanted: Wanted, at: datetime | None) -> None:
    for (name,), values in wanted.items():
        if values is None:
            SavedSearch.objects.filter(folded=name).delete()
        else:
            told = {**values, "changed_at": at or datetime.fromisoformat(values["changed_at"])}
            SavedSearch.objects.update_or_create(folded=name, defaults=told)


def _put_suppressions(wanted: Wanted, at: datetime | None) -> None:
    for (rule, scope, subject), values in wanted.items():
        key: dict[str, Any] = {"rule": rule, "scope": scope, "subject": subject}
        if values is None:
            Suppression.objects.filter(**key).delete()
        else:
            told = {**values, "changed_at": at or datetime.fromisoformat(values["changed_at"])}
            told["until"] = date.fromisoformat(values["until"]) if values["until"] else None
            Suppression.objects.update_or_create(**key, defaults=told)
