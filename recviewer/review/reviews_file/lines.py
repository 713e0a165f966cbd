"""The lines of a file of reviews: how each type is written, and how it is validated on import.

The first line names the version. The others are sorted, so that the same reviews are always the same bytes. A line
stands on its own. What a form accepts can be written and read again; what a line cannot hold, a form rejects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from recviewer.exchange.plain import dumps
from recviewer.review import rows
from recviewer.review.history import Saying
from recviewer.review.models import Colour, Verdict
from recviewer.review.notes import ANCHOR, LENGTH
from recviewer.review.refusals import Invalid
from recviewer.review.reviews_file.fields import (
    EVER,
    BadLine,
    Line,
    blob_of,
    day_of,
    moment_of,
    name_of,
    path_of,
    shaped,
    string,
    time,
)
from recviewer.review.rows import Values
from recviewer.review.searches import clean_name, clean_query
from recviewer.review.subjects import CHANGE_PREFIX, NOTE_LENGTH, PATH_LENGTH, TEST_LENGTH, printable
from recviewer.review.tagging import FOLDED_LENGTH, colour_for, folded

VERSION = 1
LINE_LENGTH = 4_000_000
"""Maximum length of a line in bytes. A decision with the longest path, test and note is shorter."""
_HEAD = "recviewer_reviews"
_SUBJECT = re.compile("[!-~]{1,80}")
_SORT = re.compile("-?[a-z]{1,19}")
_RULE = re.compile("[a-z][a-z0-9-]{0,59}")
_SCOPE = re.compile("finding|test|path")
_UID = re.compile("[A-Za-z0-9_-]{1,32}")
_PLACE = ("type", "path", "blob", "at")
_KEYS = {
    "decision": {*_PLACE, "fingerprint", "entered", "reviewer", "verdict", "note", "test", "kind", "origin", "rule"},
    "tag": {"type", "name", "colour", "changed"},
    "tagged": {"type", "path", "tag", "by", "at"},
    "suppression": {"type", "rule", "scope", "subject", "path", "reason", "until", "by", "lifted", "changed"},
    "search": {"type", "name", "query", "sort", "by", "changed"},
    "note": {*_PLACE, "id", "thread", "anchor", "author", "body", "changed", "resolved", "resolved_by", "withdrawn"},
}
"""The keys of each type of line.

Keys that a later version added are ignored when reading, but never lost by writing: see `Read.lost`.
"""


class UnknownVersion(Invalid):
    """The file is of a version that this recviewer does not know, or names none."""


# Writing


def text(line: Line) -> str:
    """Return a line as it is written, without its end."""
    return dumps(line, separators=(",", ":"))


def _spare(line: Line) -> Line:
    """Leave out empty values. NUL, which earlier versions accepted, cannot be in a line."""
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
    """Return a note as a line. values: as in `swaps.of_note`. An invalid anchor is left out."""
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


def suppression_line(key: Sequence[str], values: Values) -> Line:
    """Return a suppression as a line. key: rule, scope, subject. values: as in `rows.of_suppression`."""
    told = dict(zip(("rule", "scope", "subject"), key, strict=True))
    more = {name: values[name] for name in ("path", "reason", "until")}
    lifted = {"lifted": True} if values["is_lifted"] else {}
    changed = time(datetime.fromisoformat(values["changed_at"]))
    return _spare({"type": "suppression", **told, **more, "by": values["author"], "changed": changed}) | lifted


HEADING = text({_HEAD: VERSION})


# Reading


@dataclass(slots=True)
class Read:
    """The content of a file.

    tags, notes, searches, suppressions: the version of each that counts, with its line; uses: the earliest of each.
    numbers: the line number of each note in `notes`. bad: (line number, why) of invalid lines. lost: (line number, key)
    of keys that a later version added and that writing would lose.
    """

    decisions: dict[str, Saying] = field(default_factory=dict)
    tags: dict[str, tuple[str, str, Values]] = field(default_factory=dict)
    uses: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    notes: dict[str, tuple[str, str, Values]] = field(default_factory=dict)
    searches: dict[str, tuple[str, str, Values]] = field(default_factory=dict)
    suppressions: dict[tuple[str, str, str], tuple[str, str, Values]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    bad: list[tuple[int, str]] = field(default_factory=list)
    lost: list[tuple[int, str]] = field(default_factory=list)


def read(data: bytes) -> Read:
    """Read a file. Raises UnknownVersion; an invalid line is reported and skipped."""
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
            f'This is not a file of reviews: no line says which version it is, as {{"{_HEAD}":{VERSION}}} would. '
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
        raise BadLine("it is not JSON") from None
    if not isinstance(line, dict):
        raise BadLine("it is not an object")
    return line


def _once(pairs: list[tuple[str, Any]]) -> Line:
    """Build an object from its pairs.

    Raises BadLine for a duplicate key, because it is unclear which value was meant.
    """
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
        case "suppression":
            _suppression_of(found, line)
        case kind:
            raise BadLine(f"its type is {printable(json.dumps(kind), 40)}, which means nothing here")
    found.lost += [(number, name) for name in line if name not in _KEYS[line["type"]]]


def _decision_of(line: Line) -> Saying:
    verdict = string(line, "verdict", length=80)
    if verdict not in Verdict.values:
        raise BadLine(f"“{printable(verdict, 40)}” is not a verdict")
    subject = shaped(line, "fingerprint", _SUBJECT, "fingerprint")
    if verdict == Verdict.REVERT and not subject.startswith(CHANGE_PREFIX):
        raise BadLine(f"“{verdict}” is a verdict on a change of a range alone")
    entered = moment_of(line, "entered")
    return Saying(
        fingerprint=subject,
        reviewer=name_of(line, "reviewer"),
        entered=entered,
        verdict=verdict,
        note=string(line, "note", length=NOTE_LENGTH, default=""),
        at=moment_of(line, "at", default=entered),
        path=path_of(line, default=""),
        blob=blob_of(line),
        test_id=string(line, "test", length=TEST_LENGTH, default=""),
        kind=string(line, "kind", length=20, default=""),
        origin=string(line, "origin", length=PATH_LENGTH, default=""),
        rule=string(line, "rule", length=20, default=""),
    )


def _tag_name(line: Line, name: str) -> str:
    told = string(line, name, length=FOLDED_LENGTH)
    if not folded(told) or "," in told or not " ".join(told.split()).isprintable():
        raise BadLine(f"“{name}” is not a name of a tag")
    if len(folded(told)) > FOLDED_LENGTH:
        raise BadLine(f"“{name}” is longer than {FOLDED_LENGTH} characters")
    return " ".join(told.split())


def _tag_of(found: Read, line: Line) -> None:
    name, colour = _tag_name(line, "name"), string(line, "colour", length=80)
    if colour not in Colour.values:
        raise BadLine(f"“{printable(colour, 40)}” is not a colour of a tag")
    _later_tag(found.tags, name, colour, moment_of(line, "changed"))


def _later_tag(tags: dict[str, tuple[str, str, Values]], name: str, colour: str, changed: datetime) -> None:
    made = (time(changed), text(tag_line(name, colour, changed)))
    values = {"name": name, "colour": colour, "changed_at": changed.isoformat()}
    if made > tags.get(folded(name), ("", ""))[:2]:
        tags[folded(name)] = (*made, values)


def _use_of(found: Read, line: Line) -> None:
    name = _tag_name(line, "tag")
    key = (path_of(line), folded(name))
    made = (time(moment_of(line, "at")), name_of(line, "by"))
    found.uses[key] = min(made, found.uses.get(key, made))
    _later_tag(found.tags, folded(name), colour_for(name), EVER)


def _note_of(found: Read, line: Line, number: int) -> None:
    at = moment_of(line, "at")
    withdrawn = moment_of(line, "withdrawn").isoformat() if "withdrawn" in line else None
    values: Values = {
        "path": path_of(line),
        "blob": blob_of(line),
        "anchor": shaped(line, "anchor", ANCHOR, "place to pin a note to, as m3 and chunk-17 are", default=""),
        "thread": shaped(line, "thread", _UID, "id of a note", default=""),
        "author": name_of(line, "author", default=""),
        "body": string(line, "body", length=LENGTH, default="" if withdrawn else None),
        "resolved_by": name_of(line, "resolved_by", default=""),
        "at": at.isoformat(),
        "changed_at": moment_of(line, "changed", default=at).isoformat(),
        "resolved_at": moment_of(line, "resolved").isoformat() if "resolved" in line else None,
        "withdrawn_at": withdrawn,
    }
    uid = shaped(line, "id", _UID, "id of a note")
    if values["thread"] == uid:
        raise BadLine("the note answers itself")
    if later_note(found.notes, uid, values):
        found.numbers[uid] = number


def _search_of(found: Read, line: Line) -> None:
    try:
        name = clean_name(string(line, "name", length=LINE_LENGTH))
        query = clean_query(string(line, "query", length=LINE_LENGTH))
    except Invalid as wrong:
        raise BadLine(str(wrong)) from None
    values: Values = {
        "name": name,
        "query": query,
        "sort": shaped(line, "sort", _SORT, "order of a list", default=""),
        "author": name_of(line, "by", default=""),
        "changed_at": moment_of(line, "changed").isoformat(),
    }
    made = (time(datetime.fromisoformat(values["changed_at"])), text(search_line(values)))
    if made > found.searches.get(folded(name), ("", ""))[:2]:
        found.searches[folded(name)] = (*made, values)


def _suppression_of(found: Read, line: Line) -> None:
    key = (
        shaped(line, "rule", _RULE, "name of a rule"),
        shaped(line, "scope", _SCOPE, "scope: finding, test or path"),
        string(line, "subject", length=TEST_LENGTH),
    )
    lifted = line.get("lifted", False)
    if not isinstance(lifted, bool):
        raise BadLine("“lifted” is neither true nor false")
    values: Values = {
        "path": path_of(line, default=""),
        "reason": string(line, "reason", length=NOTE_LENGTH),
        "until": day_of(line, "until"),
        "author": name_of(line, "by", default=""),
        "is_lifted": lifted,
        "changed_at": moment_of(line, "changed").isoformat(),
    }
    made = (time(datetime.fromisoformat(values["changed_at"])), text(suppression_line(key, values)))
    if made > found.suppressions.get(key, ("", ""))[:2]:
        found.suppressions[key] = (*made, values)


def later_note(notes: dict[str, tuple[str, str, Values]], uid: str, values: Values) -> bool:
    """Store a version of a note if it is later than the one that is there. Tells whether it was."""
    made = (time(datetime.fromisoformat(values["changed_at"])), text(note_line(uid, values)))
    is_later = made > notes.get(uid, ("", ""))[:2]
    if is_later:
        notes[uid] = (*made, values)
    return is_later
