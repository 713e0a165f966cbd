"""The lines of a file of reviews: how each kind is written, and what is asked of it before it is let in.

The first line names the version. The others are sorted, so that the same reviews are always the same bytes. A line
stands for itself. What a form accepts can be written and read again; what it cannot hold, a form refuses.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from recviewer.exchange.plain import dumps
from recviewer.review import rows
from recviewer.review.decide import NOTE_LENGTH
from recviewer.review.history import Saying
from recviewer.review.models import Colour, Verdict
from recviewer.review.notes import ANCHOR, LENGTH
from recviewer.review.refusals import Invalid
from recviewer.review.rows import Values
from recviewer.review.searches import clean_name, clean_query
from recviewer.review.subjects import CHANGE_PREFIX, PATH_LENGTH, TEST_LENGTH, printable, unfit
from recviewer.review.tagging import FOLDED_LENGTH, colour_for, folded
from recviewer.store.paths import components
from recviewer.store.refusals import OutsideRoot

VERSION = 1
LINE_LENGTH = 4_000_000
"""Bytes of a line. The longest path, test and note of a decision take less."""
AHEAD = timedelta(days=1)
"""How far a clock elsewhere may be ahead. What is dated later would outlast all that is said until then."""
_NAME_LENGTH = 1000
_HEAD = "recviewer_reviews"
EVER = datetime(1970, 1, 1, tzinfo=UTC)
_BLOB = re.compile("[0-9a-f]{40}")
_SUBJECT = re.compile("[!-~]{1,80}")
_SORT = re.compile("-?[a-z]{1,19}")
_UID = re.compile("[A-Za-z0-9_-]{1,32}")
Line = dict[str, Any]
_PLACE = ("type", "path", "blob", "at")
_KEYS = {
    "decision": {*_PLACE, "fingerprint", "entered", "reviewer", "verdict", "note", "test", "kind", "origin", "rule"},
    "tag": {"type", "name", "colour", "changed"},
    "tagged": {"type", "path", "tag", "by", "at"},
    "search": {"type", "name", "query", "sort", "by", "changed"},
    "note": {*_PLACE, "id", "thread", "anchor", "author", "body", "changed", "resolved", "resolved_by", "withdrawn"},
}
"""What a line of each type may hold. What a later version adds is read over, but never written over: see `Read.lost`."""


class UnknownVersion(Invalid):
    """The file is of a version that this recviewer does not know, or names none."""


class BadLine(ValueError):
    """A line that cannot be used. The message says why."""


# Writing


def text(line: Line) -> str:
    """Return a line as it is written, without its end."""
    return dumps(line, separators=(",", ":"))


def time(moment: datetime) -> str:
    """Return a time as it is written: in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _spare(line: Line) -> Line:
    """Leave out what is empty. NUL, which earlier versions let in, no line can hold."""
    return {name: value.replace("\0", "\ufffd") for name, value in line.items() if value not in ("", None)}


def decision_line(saying: Saying) -> Line:
    """Return a verdict as a line."""
    return _spare(
        {
            "type": "decision",
            "path": saying.path,
            "fingerprint": saying.fingerprint,
            "entered": time(saying.entered),
            "reviewer": saying.reviewer,
            "verdict": saying.verdict,
            "note": saying.note,
            "at": time(saying.at) if saying.at != saying.entered else "",
            "blob": saying.blob,
            "test": saying.test_id,
            "kind": saying.kind,
            "origin": saying.origin,
            "rule": saying.rule,
        }
    )


def tag_line(name: str, colour: str, changed_at: datetime) -> Line:
    """Return a tag as a line."""
    return {"type": "tag", "name": name, "colour": colour, "changed": time(changed_at)}


def use_line(path: str, tag: str, actor: str, at: datetime) -> Line:
    """Return a tag on a path as a line. tag: however it is written."""
    return {"type": "tagged", "path": path, "tag": folded(tag), "by": actor, "at": time(at)}


def search_line(values: Values) -> Line:
    """Return a saved search as a line. values: as in `rows.of_search`."""
    changed = time(datetime.fromisoformat(values["changed_at"]))
    told = {"type": "search", "name": values["name"], "query": values["query"], "sort": values["sort"]}
    return _spare({**told, "by": values["author"], "changed": changed})


def note_line(uid: str, values: Values) -> Line:
    """Return a note as a line. values: as in `swaps.of_note`. A place to pin it to that is none is left out."""
    times = {name: time(datetime.fromisoformat(values[name])) if values[name] else "" for name in rows.NOTE_TIMES}
    return _spare(
        {
            "type": "note",
            "path": values["path"],
            "id": uid,
            "thread": values["thread"],
            "anchor": values["anchor"] if ANCHOR.fullmatch(values["anchor"]) else "",
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


HEADING = text({_HEAD: VERSION})


# Reading


@dataclass(slots=True)
class Read:
    """What a file says. tags, notes, searches: the version of each that counts, with its line; uses: the earliest of each.

    numbers: the line of each note in `notes`. bad: (line number, why) of lines that cannot be used. lost: (line number,
    key) of what a later version added to a line, and writing would lose.
    """

    decisions: dict[str, Saying] = field(default_factory=dict)
    tags: dict[str, tuple[str, str, Values]] = field(default_factory=dict)
    uses: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    notes: dict[str, tuple[str, str, Values]] = field(default_factory=dict)
    searches: dict[str, tuple[str, str, Values]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    bad: list[tuple[int, str]] = field(default_factory=list)
    lost: list[tuple[int, str]] = field(default_factory=list)


def read(data: bytes) -> Read:
    """Read a file. Raises UnknownVersion; a line that cannot be used is told of and left out."""
    found, has_version = Read(), False
    for number, raw in enumerate(data.split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            line = _parsed(raw)
            if _HEAD in line:
                _expect_version(line[_HEAD])
                has_version = True
                continue
            _take(found, line, number)
        except BadLine as error:
            found.bad.append((number, str(error)))
    if not has_version:
        raise UnknownVersion(
            f'This is no file of reviews: no line says which version it is, as {{"{_HEAD}":{VERSION}}} would. '
            "Nothing was imported."
        )
    return found


def _parsed(raw: bytes) -> Line:
    if len(raw) > LINE_LENGTH:
        raise BadLine(f"it is longer than {LINE_LENGTH:,} bytes")
    try:
        line = json.loads(raw, object_pairs_hook=_once)
    except BadLine:
        raise
    except (ValueError, RecursionError):
        raise BadLine("it is no JSON") from None
    if not isinstance(line, dict):
        raise BadLine("it is no object")
    return line


def _once(pairs: list[tuple[str, Any]]) -> Line:
    """Make an object of its pairs. Of a key that stands twice, nobody knows which was meant. Raises BadLine."""
    line: Line = {}
    for name, value in pairs:
        if name in line:
            raise BadLine(f"“{printable(name, 40)}” stands in it twice")
        line[name] = value
    return line


def _expect_version(version: object) -> None:
    if version != VERSION or isinstance(version, bool):
        shown = printable(json.dumps(version), 20)
        raise UnknownVersion(
            f"The reviews are of version {shown}, and this recviewer knows version {VERSION}. "
            "Nothing was imported; use the recviewer that wrote them, or a newer one."
        )


def _take(found: Read, line: Line, number: int) -> None:
    match line.get("type"):
        case "decision":
            saying = _decision_of(line)
            found.decisions[text(decision_line(saying))] = saying
        case "tag":
            _tag_of(found, line)
        case "tagged":
            _use_of(found, line)
        case "note":
            _note_of(found, line, number)
        case "search":
            _search_of(found, line)
        case kind:
            raise BadLine(f"its type is {printable(json.dumps(kind), 40)}, which means nothing here")
    found.lost += [(number, name) for name in line if name not in _KEYS[line["type"]]]


def _string(line: Line, name: str, *, length: int, default: str | None = None) -> str:
    value = line.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise BadLine(f"“{name}” is missing" if value in (None, "") else f"“{name}” is no text")
    if len(value) > length:
        raise BadLine(f"“{name}” is longer than {length:,} characters")
    if unfit(value):
        raise BadLine(f"“{name}” holds characters that no text holds")
    return value


def _path(line: Line, *, default: str | None = None) -> str:
    path = _string(line, "path", length=PATH_LENGTH, default=default)
    try:
        components((path or "-").encode())
    except OutsideRoot:
        raise BadLine("“path” is no path of a file below the recordings root") from None
    return path


def _name(line: Line, name: str, *, default: str | None = None) -> str:
    """Return the name of a person."""
    who = _string(line, name, length=_NAME_LENGTH, default=default)
    if not who.isprintable():
        raise BadLine(f"“{name}” holds characters that no name holds")
    return who


def _shaped(line: Line, name: str, shape: re.Pattern[str], what: str, *, default: str | None = None) -> str:
    value = _string(line, name, length=80, default=default)
    if value and not shape.fullmatch(value):
        raise BadLine(f"“{name}” is no {what}")
    return value


def _blob(line: Line) -> str:
    return _shaped(line, "blob", _BLOB, "name of a blob, 40 hex digits", default="")


def _moment(line: Line, name: str, *, default: datetime | None = None) -> datetime:
    if default is not None and name not in line:
        return default
    told = _string(line, name, length=80)
    try:
        moment = datetime.fromisoformat(told)
        if moment.tzinfo is None:
            raise ValueError
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadLine(f"“{name}” is no time with a time zone") from None
    if moment < EVER:
        raise BadLine(f"“{name}” lies before {EVER.year}")
    if moment > timezone.now() + AHEAD:
        raise BadLine(f"“{name}” lies in the future, at {time(moment)}")
    return moment


def _decision_of(line: Line) -> Saying:
    verdict = _string(line, "verdict", length=80)
    if verdict not in Verdict.values:
        raise BadLine(f"“{printable(verdict, 40)}” is no verdict")
    subject = _shaped(line, "fingerprint", _SUBJECT, "fingerprint")
    if verdict == Verdict.REVERT and not subject.startswith(CHANGE_PREFIX):
        raise BadLine(f"“{verdict}” is a verdict on a change of a range alone")
    entered = _moment(line, "entered")
    return Saying(
        fingerprint=subject,
        reviewer=_name(line, "reviewer"),
        entered=entered,
        verdict=verdict,
        note=_string(line, "note", length=NOTE_LENGTH, default=""),
        at=_moment(line, "at", default=entered),
        path=_path(line, default=""),
        blob=_blob(line),
        test_id=_string(line, "test", length=TEST_LENGTH, default=""),
        kind=_string(line, "kind", length=20, default=""),
        origin=_string(line, "origin", length=PATH_LENGTH, default=""),
        rule=_string(line, "rule", length=20, default=""),
    )


def _tag_name(line: Line, name: str) -> str:
    told = _string(line, name, length=FOLDED_LENGTH)
    if not folded(told) or "," in told or not " ".join(told.split()).isprintable():
        raise BadLine(f"“{name}” is no name of a tag")
    if len(folded(told)) > FOLDED_LENGTH:
        raise BadLine(f"“{name}” is longer than {FOLDED_LENGTH} characters")
    return " ".join(told.split())


def _tag_of(found: Read, line: Line) -> None:
    name, colour = _tag_name(line, "name"), _string(line, "colour", length=80)
    if colour not in Colour.values:
        raise BadLine(f"“{printable(colour, 40)}” is no colour of a tag")
    _later_tag(found.tags, name, colour, _moment(line, "changed"))


def _later_tag(tags: dict[str, tuple[str, str, Values]], name: str, colour: str, changed: datetime) -> None:
    made = (time(changed), text(tag_line(name, colour, changed)))
    values = {"name": name, "colour": colour, "changed_at": changed.isoformat()}
    if made > tags.get(folded(name), ("", ""))[:2]:
        tags[folded(name)] = (*made, values)


def _use_of(found: Read, line: Line) -> None:
    name = _tag_name(line, "tag")
    key = (_path(line), folded(name))
    made = (time(_moment(line, "at")), _name(line, "by"))
    found.uses[key] = min(made, found.uses.get(key, made))
    _later_tag(found.tags, folded(name), colour_for(name), EVER)


def _note_of(found: Read, line: Line, number: int) -> None:
    at = _moment(line, "at")
    withdrawn = _moment(line, "withdrawn").isoformat() if "withdrawn" in line else None
    values: Values = {
        "path": _path(line),
        "blob": _blob(line),
        "anchor": _shaped(line, "anchor", ANCHOR, "place to pin a note to, as m3 and chunk-17 are", default=""),
        "thread": _shaped(line, "thread", _UID, "id of a note", default=""),
        "author": _name(line, "author", default=""),
        "body": _string(line, "body", length=LENGTH, default="" if withdrawn else None),
        "resolved_by": _name(line, "resolved_by", default=""),
        "at": at.isoformat(),
        "changed_at": _moment(line, "changed", default=at).isoformat(),
        "resolved_at": _moment(line, "resolved").isoformat() if "resolved" in line else None,
        "withdrawn_at": withdrawn,
    }
    uid = _shaped(line, "id", _UID, "id of a note")
    if values["thread"] == uid:
        raise BadLine("the note answers itself")
    if later_note(found.notes, uid, values):
        found.numbers[uid] = number


def _search_of(found: Read, line: Line) -> None:
    try:
        name = clean_name(_string(line, "name", length=LINE_LENGTH))
        query = clean_query(_string(line, "query", length=LINE_LENGTH))
    except Invalid as wrong:
        raise BadLine(str(wrong)) from None
    values: Values = {
        "name": name,
        "query": query,
        "sort": _shaped(line, "sort", _SORT, "order of a list", default=""),
        "author": _name(line, "by", default=""),
        "changed_at": _moment(line, "changed").isoformat(),
    }
    made = (time(datetime.fromisoformat(values["changed_at"])), text(search_line(values)))
    if made > found.searches.get(folded(name), ("", ""))[:2]:
        found.searches[folded(name)] = (*made, values)


def later_note(notes: dict[str, tuple[str, str, Values]], uid: str, values: Values) -> bool:
    """Take a version of a note in where it is later than the one that is there. Tells whether it was."""
    made = (time(datetime.fromisoformat(values["changed_at"])), text(note_line(uid, values)))
    is_later = made > notes.get(uid, ("", ""))[:2]
    if is_later:
        notes[uid] = (*made, values)
    return is_later
