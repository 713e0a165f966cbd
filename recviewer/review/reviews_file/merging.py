"""Reviews as a file: verdicts, tags, notes, saved searches and suppressions as JSON lines that git merges (see
`lines`).

Two files are merged by taking the lines of both, and importing known lines changes nothing. Of two versions of a tag, a
note or a search the one changed later counts; of a reviewer's verdicts the one entered last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from recviewer.exchange.amounts import counted
from recviewer.review import audit, history, rows, standing
from recviewer.review.audit import Action, ActItem, Done
from recviewer.review.history import Saying, sayings
from recviewer.review.locks import acting
from recviewer.review.models import Note, SavedSearch, Suppression, Tag, TagOn
from recviewer.review.reviews_file.fields import EVER, Line, time
from recviewer.review.reviews_file.lines import (
    HEADING,
    Read,
    decision_line,
    later_note,
    note_line,
    read,
    search_line,
    suppression_line,
    tag_line,
    text,
    use_line,
)
from recviewer.review.rows import LET_BE, NOTE, ON, SEARCH, TAG, RowChange, Values, change
from recviewer.review.subjects import chunked, printable


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import. bad: (line number, why) of lines that were skipped."""

    done: Done
    bad: tuple[tuple[int, str], ...]


def export() -> bytes:
    """Return all reviews as a file."""
    lines = {text(line) for line in _all_lines()}
    return (HEADING + "\n" + "".join(f"{line}\n" for line in sorted(lines))).encode()


def _all_lines() -> Iterator[Line]:
    for saying in sayings():
        yield decision_line(saying)
    for tag in Tag.objects.all():
        yield tag_line(tag.name, tag.colour, tag.changed_at)
    for use in TagOn.objects.select_related("tag"):
        yield use_line(use.path, use.tag.name, use.actor, use.at)
    for note in Note.objects.select_related("thread"):
        yield note_line(note.uid, rows.of_note(note))
    for search in SavedSearch.objects.all():
        yield search_line(rows.of_search(search))
    for one in Suppression.objects.all():
        yield suppression_line((one.rule, one.scope, one.subject), rows.of_suppression(one))


# Merging


def bring_in(data: bytes, *, actor: str, name: str = "", now: datetime | None = None) -> Imported:
    """Merge a file into the reviews, as one action. name: of the file, for the log. Raises UnknownVersion."""
    found = read(data)
    with acting():
        leave_out_answers_to_answers(found)
        fresh = _unknown_decisions(found)
        changes = [*_changed_tags(found), *_new_uses(found), *_changed_notes(found), *_changed_searches(found)]
        changes += _changed_suppressions(found)
        if not fresh and not changes:
            left_out = f"; {counted(len(found.bad), 'line was', 'lines were')} left out" if found.bad else ""
            return Imported(Done(f"Nothing in it is new{left_out}.", None, 0), tuple(found.bad))
        event = audit.write(
            actor=actor,
            action=Action.IMPORT,
            summary=_summary(fresh, [one for one in changes if not _is_placeholder(one)], name),
            payload={"changes": changes, "decisions": len(fresh)},
            items=_items(fresh, changes),
            at=now or timezone.now(),
        )
        history.enter(event, fresh)
        rows.apply(changes)
        for some in chunked({saying.fingerprint for saying in fresh}):
            standing.update(some)
    return Imported(audit.done(event), tuple(found.bad))


def _unknown_decisions(found: Read) -> list[Saying]:
    about = {saying.fingerprint for saying in found.decisions.values()}
    known = {text(decision_line(saying)) for saying in sayings(about)}
    return sorted(saying for written, saying in found.decisions.items() if written not in known)


def _changed_tags(found: Read) -> Iterator[RowChange]:
    for name, (_, _, values) in sorted(found.tags.items()):
        tag = Tag.objects.filter(folded=name).first()
        before = rows.of_tag(tag) if tag else None
        if tag:
            mine = (time(tag.changed_at), text(tag_line(tag.name, tag.colour, tag.changed_at)))
            if mine >= found.tags[name][:2]:
                continue
        yield change(TAG, [name], before, values)


def _new_uses(found: Read) -> Iterator[RowChange]:
    changes = [change(ON, list(key), None, None) for key in sorted(found.uses)]
    there = rows.present(changes)
    for one in changes:
        path, name = one["key"]
        at, actor = found.uses[path, name]
        before = there.get((ON, path, name))
        if before and (time(datetime.fromisoformat(before["at"])), before["actor"]) <= (at, actor):
            continue
        label = before["tag"] if before else _name_of(found, name)
        yield change(ON, [path, name], before, {"tag": label, "actor": actor, "at": _parsed(at).isoformat()})


def _name_of(found: Read, name: str) -> str:
    """Return the spelling of a tag once the whole file is imported."""
    tag = Tag.objects.filter(folded=name).first()
    mine = (time(tag.changed_at), text(tag_line(tag.name, tag.colour, tag.changed_at))) if tag else ("", "")
    written: str = tag.name if tag and mine >= found.tags[name][:2] else found.tags[name][2]["name"]
    return written


def _parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _changed_notes(found: Read) -> Iterator[RowChange]:
    """Yield notes that are new or later than ours. A missing thread gets a deleted note to attach its replies to."""
    wanted = dict(found.notes)
    for _, _, values in found.notes.values():
        if values["thread"]:
            later_note(wanted, values["thread"], _placeholder(values))
    changes = [change(NOTE, [uid], None, None) for uid in sorted(wanted)]
    there = rows.present(changes)
    for one in changes:
        (uid,) = one["key"]
        before, (changed, written, values) = there.get((NOTE, uid)), wanted[uid]
        if before:
            mine = (time(datetime.fromisoformat(before["changed_at"])), text(note_line(uid, before)))
            if mine >= (changed, written):
                continue
        yield change(NOTE, [uid], before, values)


def _changed_searches(found: Read) -> Iterator[RowChange]:
    changes = [change(SEARCH, [name], None, None) for name in sorted(found.searches)]
    there = rows.present(changes)
    for one in changes:
        (name,) = one["key"]
        before, (changed, written, values) = there.get((SEARCH, name)), found.searches[name]
        if before and (time(_parsed(before["changed_at"])), text(search_line(before))) >= (changed, written):
            continue
        yield change(SEARCH, [name], before, values)


def _changed_suppressions(found: Read) -> Iterator[RowChange]:
    changes = [change(LET_BE, key, None, None) for key in sorted(found.suppressions)]
    there = rows.present(changes)
    for one in changes:
        rule, scope, subject = one["key"]
        before, (changed, written, values) = (
            there.get((LET_BE, rule, scope, subject)),
            found.suppressions[rule, scope, subject],
        )
        mine = (time(_parsed(before["changed_at"])), text(suppression_line(one["key"], before))) if before else ("", "")
        if mine < (changed, written):
            yield change(LET_BE, one["key"], before, values)


def leave_out_answers_to_answers(found: Read) -> None:
    """Remove notes that answer a reply, or that have replies and would become one: a thread has one root."""
    named = {values["thread"] for _, _, values in found.notes.values() if values["thread"]}
    threads: dict[str, str] = {}
    answered: set[str] = set()
    for some in chunked(named | set(found.notes)):
        threads.update(Note.objects.filter(uid__in=some).exclude(thread=None).values_list("uid", "thread__uid"))
        answered.update(Note.objects.filter(thread__uid__in=some).values_list("thread__uid", flat=True))
    threads |= {uid: values["thread"] for uid, (_, _, values) in found.notes.items()}
    for uid, (_, _, values) in list(found.notes.items()):
        if values["thread"] and (threads.get(values["thread"]) or uid in answered):
            del found.notes[uid]
            found.bad.append((found.numbers[uid], "the note answers an answer, not the beginning of a thread"))
    found.bad.sort()


def _placeholder(reply: Values) -> Values:
    gone = {"author": "", "body": "", "thread": "", "resolved_by": "", "resolved_at": None, "anchor": "", "blob": ""}
    ever = EVER.isoformat()
    return {**gone, "path": reply["path"], "at": ever, "changed_at": ever, "withdrawn_at": ever}


def _is_placeholder(one: RowChange) -> bool:
    """Tell whether a change only creates such a placeholder, and not a note that anybody wrote."""
    return one["table"] == NOTE and one["before"] is None and not (one["after"] or {}).get("author")


def _items(fresh: Iterable[Saying], changes: Iterable[RowChange]) -> Iterator[ActItem]:
    for saying in fresh:
        yield ActItem(saying.path, saying.fingerprint, saying.blob)
    for one in changes:
        if one["table"] == ON:
            yield ActItem(one["key"][0], "", "")
        elif one["table"] == NOTE and one["after"]:
            yield ActItem(one["after"]["path"], "", one["after"]["blob"])


def _summary(fresh: Iterable[Saying], changes: Iterable[RowChange], name: str) -> str:
    tables = [one["table"] for one in changes]
    counts = (
        (len(list(fresh)), "verdict", ""),
        (tables.count(ON), "tag on a recording", "tags on recordings"),
        (tables.count(TAG), "tag", ""),
        (tables.count(NOTE), "note", ""),
        (tables.count(SEARCH), "saved search", "saved searches"),
        (tables.count(LET_BE), "suppression", ""),
    )
    said = [counted(count, one, many) for count, one, many in counts if count]
    listed = " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))
    return f"imported {listed or 'a deleted note'}{f' from {printable(name, 80)}' if name else ''}"
