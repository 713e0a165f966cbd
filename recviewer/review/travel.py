"""Reviews as a file: verdicts, tags and notes as lines of JSON that git merges line by line.

The first line names the version. The others are sorted, so that the same reviews are always the same bytes. A line
stands for itself: two files are merged by taking the lines of both, and importing again what is known changes nothing.
Of two versions of a tag or a note the one changed later counts; of a reviewer's verdicts the one entered last.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recviewer.review import audit, history, standing, swaps
from recviewer.review.audit import Action, Done, Item
from recviewer.review.decide import NOTE_LENGTH
from recviewer.review.deleting import KEEPER
from recviewer.review.history import Saying, sayings
from recviewer.review.models import Colour, Note, Tag, TagOn, Verdict
from recviewer.review.notes import LENGTH
from recviewer.review.refusals import Invalid
from recviewer.review.subjects import printable
from recviewer.review.swaps import NOTE, ON, TAG, Change, Values, change
from recviewer.review.tagging import NAME_LENGTH, colour_for, folded

VERSION = 1
_HEAD = "recviewer_reviews"
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
Line = dict[str, Any]


class UnknownVersion(Invalid):
    """The file is of a version that this recviewer does not know, or names none."""


class BadLine(ValueError):
    """A line that cannot be used. The message says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import. bad: (line number, why) of lines that were left out."""

    done: Done
    bad: tuple[tuple[int, str], ...]


# Writing


def export() -> bytes:
    """Return all reviews as a file."""
    lines = {_text(line) for line in _all_lines()}
    return (_text({_HEAD: VERSION}) + "\n" + "".join(f"{line}\n" for line in sorted(lines))).encode()


def _all_lines() -> Iterator[Line]:
    for saying in sayings():
        yield _decision_line(saying)
    for tag in Tag.objects.all():
        yield _tag_line(tag.name, tag.colour, tag.changed_at)
    for use in TagOn.objects.select_related("tag"):
        yield _use_line(use.path, use.tag.name, use.actor, use.at)
    for note in Note.objects.select_related("thread"):
        yield _note_line(note.uid, swaps.of_note(note))


def _text(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _spare(line: Line) -> Line:
    """Leave out what is empty."""
    return {name: value for name, value in line.items() if value not in ("", None)}


def _decision_line(saying: Saying) -> Line:
    return _spare(
        {
            "type": "decision",
            "path": saying.path,
            "fingerprint": saying.fingerprint,
            "entered": _time(saying.entered),
            "reviewer": saying.reviewer,
            "verdict": saying.verdict,
            "note": saying.note,
            "at": _time(saying.at) if saying.at != saying.entered else "",
            "blob": saying.blob,
            "test": saying.test_id,
            "kind": saying.kind,
            "origin": saying.origin,
            "rule": saying.rule,
        }
    )


def _tag_line(name: str, colour: str, changed_at: datetime) -> Line:
    return {"type": "tag", "name": name, "colour": colour, "changed": _time(changed_at)}


def _use_line(path: str, tag: str, actor: str, at: datetime) -> Line:
    return {"type": "tagged", "path": path, "tag": folded(tag), "by": actor, "at": _time(at)}


def _note_line(uid: str, values: Values) -> Line:
    times = {name: _time(datetime.fromisoformat(values[name])) if values[name] else "" for name in swaps.NOTE_TIMES}
    return _spare(
        {
            "type": "note",
            "path": values["path"],
            "id": uid,
            "thread": values["thread"],
            "anchor": values["anchor"],
            "author": values["author"],
            "body": "" if times["withdrawn_at"] else values["body"],
            "at": times["at"],
            "changed": times["changed_at"],
            "blob": values["blob"],
            "resolved": times["resolved_at"],
            "resolved_by": values["resolved_by"],
            "withdrawn": times["withdrawn_at"],
        }
    )


# Reading


@dataclass(slots=True)
class _Read:
    """What a file says. tags, notes: the version of each that counts, with its line; uses: the earliest of each."""

    decisions: dict[str, Saying] = field(default_factory=dict)
    tags: dict[str, tuple[str, str, Values]] = field(default_factory=dict)
    uses: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    notes: dict[str, tuple[str, str, Values]] = field(default_factory=dict)
    bad: list[tuple[int, str]] = field(default_factory=list)


def read(data: bytes) -> _Read:
    """Read a file. Raises UnknownVersion; a line that cannot be used is told of and left out."""
    found, has_version = _Read(), False
    for number, raw in enumerate(data.split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            line = json.loads(raw)
            if not isinstance(line, dict):
                raise BadLine("it is no object")
            if _HEAD in line:
                _expect_version(line[_HEAD])
                has_version = True
                continue
            _take(found, line)
        except BadLine as error:
            found.bad.append((number, str(error)))
        except (ValueError, RecursionError):
            found.bad.append((number, "it is no JSON"))
    if not has_version:
        raise UnknownVersion(
            f'This is no file of reviews: no line says which version it is, as {{"{_HEAD}":{VERSION}}} would. '
            "Nothing was imported."
        )
    return found


def _expect_version(version: object) -> None:
    if version != VERSION or isinstance(version, bool):
        raise UnknownVersion(
            f"The reviews are of version {printable(str(version), 20)}, and this recviewer knows version {VERSION}. "
            "Nothing was imported; use the recviewer that wrote them, or a newer one."
        )


def _take(found: _Read, line: Line) -> None:
    match line.get("type"):
        case "decision":
            saying = _decision_of(line)
            found.decisions[_text(_decision_line(saying))] = saying
        case "tag":
            _tag_of(found, line)
        case "tagged":
            _use_of(found, line)
        case "note":
            _note_of(found, line)
        case kind:
            raise BadLine(f"its type is {printable(repr(kind), 40)}, which means nothing here")


def _string(line: Line, name: str, *, length: int = 100_000, default: str | None = None) -> str:
    value = line.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise BadLine(f"“{name}” is missing" if value in (None, "") else f"“{name}” is no text")
    if len(value) > length:
        raise BadLine(f"“{name}” is longer than {length:,} characters")
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise BadLine(f"“{name}” holds characters that no text holds")
    return value


def _moment(line: Line, name: str, *, default: datetime | None = None) -> datetime:
    if default is not None and name not in line:
        return default
    text = _string(line, name)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadLine(f"“{name}” is no time with a time zone") from None


def _decision_of(line: Line) -> Saying:
    verdict = _string(line, "verdict")
    if verdict not in Verdict.values:
        raise BadLine(f"“{printable(verdict, 40)}” is no verdict")
    entered = _moment(line, "entered")
    return Saying(
        fingerprint=_string(line, "fingerprint", length=80),
        reviewer=_string(line, "reviewer"),
        entered=entered,
        verdict=verdict,
        note=_string(line, "note", length=NOTE_LENGTH, default=""),
        at=_moment(line, "at", default=entered),
        path=_string(line, "path", default=""),
        blob=_string(line, "blob", length=40, default=""),
        test_id=_string(line, "test", default=""),
        kind=_string(line, "kind", length=20, default=""),
        origin=_string(line, "origin", default=""),
        rule=_string(line, "rule", length=20, default=""),
    )


def _tag_of(found: _Read, line: Line) -> None:
    name, colour = _string(line, "name", length=NAME_LENGTH), _string(line, "colour")
    if colour not in Colour.values:
        raise BadLine(f"“{printable(colour, 40)}” is no colour of a tag")
    if not folded(name) or "," in name:
        raise BadLine("“name” is no name of a tag")
    _later_tag(found.tags, name, colour, _moment(line, "changed"))


def _later_tag(tags: dict[str, tuple[str, str, Values]], name: str, colour: str, changed: datetime) -> None:
    made = (_time(changed), _text(_tag_line(name, colour, changed)))
    values = {"name": name, "colour": colour, "changed_at": changed.isoformat()}
    if made > tags.get(folded(name), ("", ""))[:2]:
        tags[folded(name)] = (*made, values)


def _use_of(found: _Read, line: Line) -> None:
    name = _string(line, "tag", length=NAME_LENGTH * 2)
    if not folded(name) or "," in name:
        raise BadLine("“tag” is no name of a tag")
    key = (_string(line, "path"), folded(name))
    made = (_time(_moment(line, "at")), _string(line, "by"))
    found.uses[key] = min(made, found.uses.get(key, made))
    _later_tag(found.tags, folded(name), colour_for(name), _EVER)


def _note_of(found: _Read, line: Line) -> None:
    at = _moment(line, "at")
    withdrawn = _moment(line, "withdrawn").isoformat() if "withdrawn" in line else None
    values: Values = {
        "path": _string(line, "path"),
        "blob": _string(line, "blob", length=40, default=""),
        "anchor": _string(line, "anchor", length=40, default=""),
        "thread": _string(line, "thread", length=32, default=""),
        "author": _string(line, "author", default=""),
        "body": _string(line, "body", length=LENGTH, default="" if withdrawn else None),
        "resolved_by": _string(line, "resolved_by", default=""),
        "at": at.isoformat(),
        "changed_at": _moment(line, "changed", default=at).isoformat(),
        "resolved_at": _moment(line, "resolved").isoformat() if "resolved" in line else None,
        "withdrawn_at": withdrawn,
    }
    uid = _string(line, "id", length=32)
    if values["thread"] == uid:
        raise BadLine("the note answers itself")
    _later_note(found.notes, uid, values)


def _later_note(notes: dict[str, tuple[str, str, Values]], uid: str, values: Values) -> None:
    made = (_time(datetime.fromisoformat(values["changed_at"])), _text(_note_line(uid, values)))
    if made > notes.get(uid, ("", ""))[:2]:
        notes[uid] = (*made, values)


# Merging


def bring_in(data: bytes, *, actor: str, name: str = "", now: datetime | None = None) -> Imported:
    """Merge a file into the reviews, as one act. name: of the file, for the log. Raises UnknownVersion."""
    found = read(data)
    with transaction.atomic():
        fresh = _unknown_decisions(found)
        changes = [*_changed_tags(found), *_new_uses(found), *_changed_notes(found)]
        if not fresh and not changes:
            return Imported(Done("Nothing in it is new.", None, 0), tuple(found.bad))
        event = audit.write(
            actor=actor,
            action=Action.IMPORT,
            summary=_summary(fresh, changes, name),
            payload={"changes": changes, "decisions": len(fresh)},
            items=_items(fresh, changes),
            at=now or timezone.now(),
        )
        history.enter(event, fresh)
        swaps.apply(changes)
        standing.update({saying.fingerprint for saying in fresh})
    return Imported(audit.done(event), tuple(found.bad))


def _unknown_decisions(found: _Read) -> list[Saying]:
    about = {saying.fingerprint for saying in found.decisions.values()}
    known = {_text(_decision_line(saying)) for saying in sayings(about)}
    return sorted(saying for text, saying in found.decisions.items() if text not in known)


def _changed_tags(found: _Read) -> Iterator[Change]:
    for name, (_, _, values) in sorted(found.tags.items()):
        tag = Tag.objects.filter(folded=name).first()
        before = swaps.of_tag(tag) if tag else None
        if tag:
            mine = (_time(tag.changed_at), _text(_tag_line(tag.name, tag.colour, tag.changed_at)))
            if mine >= found.tags[name][:2]:
                continue
        yield change(TAG, [name], before, values)


def _new_uses(found: _Read) -> Iterator[Change]:
    changes = [change(ON, list(key), None, None) for key in sorted(found.uses)]
    there = swaps.present(changes)
    for one in changes:
        path, name = one["key"]
        at, actor = found.uses[path, name]
        before = there.get((ON, path, name))
        if before and (_time(datetime.fromisoformat(before["at"])), before["actor"]) <= (at, actor):
            continue
        label = before["tag"] if before else _name_of(found, name)
        yield change(ON, [path, name], before, {"tag": label, "actor": actor, "at": _parsed(at).isoformat()})


def _name_of(found: _Read, name: str) -> str:
    """Return how a tag will be written once all of the file is in."""
    tag = Tag.objects.filter(folded=name).first()
    mine = (_time(tag.changed_at), _text(_tag_line(tag.name, tag.colour, tag.changed_at))) if tag else ("", "")
    written: str = tag.name if tag and mine >= found.tags[name][:2] else found.tags[name][2]["name"]
    return written


def _parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _changed_notes(found: _Read) -> Iterator[Change]:
    """Yield notes that are new or later than ours. A thread that is nowhere gets a deleted note to hang its answers on."""
    wanted = dict(found.notes)
    for _, _, values in found.notes.values():
        if values["thread"]:
            _later_note(wanted, values["thread"], _placeholder(values))
    changes = [change(NOTE, [uid], None, None) for uid in sorted(wanted)]
    there = swaps.present(changes)
    for one in changes:
        (uid,) = one["key"]
        before, (changed, text, values) = there.get((NOTE, uid)), wanted[uid]
        if before:
            mine = (_time(datetime.fromisoformat(before["changed_at"])), _text(_note_line(uid, before)))
            if mine >= (changed, text):
                continue
        yield change(NOTE, [uid], before, values)


def _placeholder(reply: Values) -> Values:
    gone = {"author": "", "body": "", "thread": "", "resolved_by": "", "resolved_at": None, "anchor": "", "blob": ""}
    ever = _EVER.isoformat()
    return {**gone, "path": reply["path"], "at": ever, "changed_at": ever, "withdrawn_at": ever}


def _items(fresh: Iterable[Saying], changes: Iterable[Change]) -> Iterator[Item]:
    for saying in fresh:
        yield Item(saying.path, saying.fingerprint, saying.blob)
    for one in changes:
        if one["table"] == ON:
            yield Item(one["key"][0], "", "")
        elif one["table"] == NOTE and one["after"]:
            yield Item(one["after"]["path"], "", one["after"]["blob"])


def _summary(fresh: Iterable[Saying], changes: Iterable[Change], name: str) -> str:
    tables = [one["table"] for one in changes]
    counts = (
        (len(list(fresh)), "verdict"),
        (tables.count(ON), "tag on a recording"),
        (tables.count(TAG), "tag"),
        (tables.count(NOTE), "note"),
    )
    plural = {"tag on a recording": "tags on recordings"}
    said = [f"{count:,} {word if count == 1 else plural.get(word, word + 's')}" for count, word in counts if count]
    listed = " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))
    return f"imported {listed}{f' from {printable(name, 80)}' if name else ''}"


# The file beside the recordings


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be said about the file after it was read or written: one sentence, and one for each bad line."""

    sentence: str
    bad: tuple[str, ...] = ()


def reviews_file() -> Path | None:
    """Return the file of `RECVIEWER_REVIEWS_FILE`, None where none is set."""
    path: Path | None = settings.REVIEWS_FILE
    return path


def read_file() -> Told | None:
    """Import the file if it changed since it was last read or written; None where there is nothing to say.

    Raises UnknownVersion, OSError.
    """
    file = reviews_file()
    if file is None or not file.exists():
        return None
    data = file.read_bytes()
    if _digest(data) == _known_digest():
        return None
    imported = bring_in(data, actor=KEEPER, name=file.name)
    _remember(data)
    bad = tuple(f"{file}: line {number} was left out: {why}." for number, why in imported.bad)
    if imported.done.event is None and not bad:
        return None
    return Told(f"Reviews: {imported.done.sentence}", bad)


def write_file() -> Told:
    """Write all reviews to the file; what somebody else brought into it meanwhile is imported before.

    Raises Invalid (no file set, or lines in it that cannot be read and would be lost), UnknownVersion, OSError.
    """
    file = reviews_file()
    if file is None:
        raise Invalid("No file is set: RECVIEWER_REVIEWS_FILE names it.")
    if file.exists():
        bad = read(file.read_bytes()).bad
        if bad:
            number, why = bad[0]
            raise Invalid(f"{file.name} would lose its line {number}, which cannot be read ({why}). Mend it first.")
        read_file()
    data = export()
    lines = data.count(b"\n") - 1
    if file.exists() and file.read_bytes() == data:
        _remember(data)
        return Told(f"{file.name} says all of it already: {lines:,} lines.")
    put(file, data)
    _remember(data)
    return Told(f"Wrote {lines:,} {'line' if lines == 1 else 'lines'} to {file.name}.")


def put(file: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    fd, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(fd, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _memory() -> Path:
    return Path(settings.DATA_DIR) / "reviews-file"


def _known_digest() -> str:
    try:
        return _memory().read_text().strip()
    except OSError:
        return ""


def _remember(data: bytes) -> None:
    _memory().write_text(_digest(data) + "\n")
