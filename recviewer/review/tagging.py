"""Tags: free labels on paths."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from recviewer.review import audit
from recviewer.review.audit import Action, ActItem, Done
from recviewer.review.choosing import Chosen
from recviewer.review.locks import acting
from recviewer.review.models import AuditEvent, Colour, Tag, TagOn
from recviewer.review.refusals import Invalid, Overtaken
from recviewer.review.subjects import Seen, chunked, subject_of, titled
from recviewer.secrets.named import without_secrets

NAME_LENGTH = 40
FOLDED_LENGTH = 3 * NAME_LENGTH
"""Case folding turns no letter into more than three."""


def clean_name(name: str) -> str:
    """Normalise a tag's name: white space is collapsed, commas are not allowed (they separate tags). Raises Invalid."""
    tidy = " ".join(name.split())
    if not tidy:
        raise Invalid("A tag needs a name.")
    if len(tidy) > NAME_LENGTH:
        raise Invalid(f"A tag's name has at most {NAME_LENGTH} characters.")
    if "," in tidy or not tidy.isprintable():
        raise Invalid("A tag's name cannot have commas or invisible characters.")
    if without_secrets(tidy, most=NAME_LENGTH) != tidy:
        raise Invalid("A tag's name cannot hold a secret.")
    return tidy


def folded(name: str) -> str:
    """Return the form in which names are compared."""
    return " ".join(name.split()).casefold()


def colour_for(name: str) -> str:
    """Return the colour a new tag gets: always the same for the same name."""
    number = hashlib.sha256(folded(name).encode()).digest()[0]
    return Colour.values[number % len(Colour.values)]


def tag(seen: Sequence[Seen], *, actor: str, name: str, now: datetime | None = None) -> Done:
    """Add a tag to recordings, creating it if necessary. Raises Invalid, Gone, Changed."""
    name = clean_name(name)
    at = now or timezone.now()
    chosen = Chosen(seen, reads=False)
    with acting():
        recordings = chosen.rows()
        label = Tag.objects.filter(folded=folded(name)).first()
        created = label is None
        if label is None:
            label = Tag.objects.create(name=name, folded=folded(name), colour=colour_for(name))
        have: set[str] = set()
        for some in chunked(recording.path for recording in recordings):
            have.update(TagOn.objects.filter(tag=label, path__in=some).values_list("path", flat=True))
        fresh = [recording for recording in recordings if recording.path not in have]
        if not fresh:
            verb = "has" if len(recordings) == 1 else "have"
            return chosen.told(Done(f"{titled(recordings)} {verb} the tag {label.name} already.", None, 0))
        payload = _payload(label, [(recording.path, actor, at) for recording in fresh], created=created)
        event = audit.write(
            actor=actor,
            action=Action.TAG,
            summary=f"tagged {titled(fresh)} {label.name}",
            payload=payload,
            items=[ActItem(recording.path, subject_of(recording), recording.blob) for recording in fresh],
            at=at,
        )
        _add(payload["tag"], payload["rows"])
    return chosen.told(audit.done(event))


def untag(seen: Sequence[Seen], *, actor: str, name: str, now: datetime | None = None) -> Done:
    """Remove a tag from recordings. Raises Invalid, Gone, Changed."""
    at = now or timezone.now()
    chosen = Chosen(seen, reads=False)
    with acting():
        recordings = chosen.rows()
        label = Tag.objects.filter(folded=folded(name)).first()
        rows: list[tuple[str, str, datetime]] = []
        if label is not None:
            for some in chunked(recording.path for recording in recordings):
                rows += TagOn.objects.filter(tag=label, path__in=some).values_list("path", "actor", "at")
        if label is None or not rows:
            return chosen.told(Done("There was no such tag to remove.", None, 0))
        tagged = {path for path, _, _ in rows}
        acted = [recording for recording in recordings if recording.path in tagged]
        payload = _payload(label, rows, created=False)
        event = audit.write(
            actor=actor,
            action=Action.UNTAG,
            summary=f"removed the tag {label.name} from {titled(acted)}",
            payload=payload,
            items=[ActItem(recording.path, subject_of(recording), recording.blob) for recording in acted],
            at=at,
        )
        _remove(payload["tag"], payload["rows"])
    return chosen.told(audit.done(event))


def turn(event: AuditEvent, source: AuditEvent, *, actor: str, action: Action) -> AuditEvent:
    """Undo a tag event or redo it, with exactly its rows, in batches. Raises Overtaken (changed since).

    source: the event whose payload describes the present effect: the action itself, or its last redo.
    """
    adds = (event.action == Action.TAG) is (action is Action.REDO)
    told = source.payload["tag"]
    later = total = 0
    for rows in audit.batches_of(source, "rows"):
        found = TagOn.objects.filter(tag__folded=folded(told["name"]), path__in=[row["path"] for row in rows]).count()
        later += found if adds else len(rows) - found
        total += len(rows)
    if later:
        raise Overtaken(later, total)
    turned = audit.write_turned(event, source.payload, actor=actor, action=action)
    for rows in audit.batches_of(source, "rows"):
        audit.add_members(turned, "rows", rows)
        if adds:
            _add(told, rows)
        else:
            _remove(told, rows)
    return turned


def _payload(label: Tag, rows: Sequence[tuple[str, str, datetime]], *, created: bool) -> dict[str, Any]:
    """Return the payload.

    created: the tag was created with these rows, and is deleted with them if nobody else uses it.
    """
    return {
        "tag": {"name": label.name, "colour": label.colour, "created": created},
        "rows": [{"path": path, "actor": who, "at": at.isoformat()} for path, who, at in rows],
    }


def _add(told: dict[str, Any], rows: Sequence[dict[str, Any]]) -> None:
    label, _ = Tag.objects.get_or_create(
        folded=folded(told["name"]), defaults={"name": told["name"], "colour": told["colour"]}
    )
    for some in chunked(rows):
        TagOn.objects.bulk_create(
            TagOn(tag=label, path=row["path"], actor=row["actor"], at=datetime.fromisoformat(row["at"])) for row in some
        )


def _remove(told: dict[str, Any], rows: Sequence[dict[str, Any]]) -> None:
    """Remove a tag from paths, and delete it if it was created with them and nobody uses it any more."""
    label = Tag.objects.get(folded=folded(told["name"]))
    for some in chunked(row["path"] for row in rows):
        TagOn.objects.filter(tag=label, path__in=some).delete()
    if told["created"] and not label.uses.exists():
        label.delete()
