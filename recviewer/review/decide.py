"""Verdicts: saying them, and taking them back exactly."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from recviewer.catalog.models import Recording
from recviewer.catalog.naming import clean
from recviewer.review import audit, standing
from recviewer.review.audit import Action, Done, Item
from recviewer.review.choosing import Chosen
from recviewer.review.models import AuditEvent, Decision, Kept, Verdict
from recviewer.review.refusals import Invalid, NotAllowed, Overtaken
from recviewer.review.subjects import (
    BLOB_PREFIX,
    CHANGE_PREFIX,
    GONE_PREFIX,
    PATH_LENGTH,
    TEST_LENGTH,
    Seen,
    Target,
    chunked,
    is_older,
    printable,
    target_of,
    titled,
    unfit,
)

NOTE_LENGTH = 2000
ACTIONS = {
    Verdict.APPROVE: Action.APPROVE,
    Verdict.REJECT: Action.REJECT,
    Verdict.DELETE: Action.MARK,
    Verdict.CLEAR: Action.CLEAR,
}
SAID = ("verdict", "note", "at", "path", "blob", "test_id", "kind", "origin", "rule")
_ADDED_LATER = {"rule": ""}
"""What payloads of earlier versions do not tell, with what it was then."""
_NEXT = timedelta(microseconds=1)
Said: TypeAlias = dict[str, str] | None
"""A decision's content as it stands in a payload; None for no verdict."""

Contents: TypeAlias = Callable[[Sequence[Target]], Iterator[tuple[Target, bytes]]]
"""Yields the bytes of those of the targets that have any, in whatever order."""


def decide(
    seen: Sequence[Seen], *, actor: str, verdict: str, note: str = "", origin: str = "", now: datetime | None = None
) -> Done:
    """Record one person's verdict on what these recordings of the catalog say: see `say`. Raises Gone, Changed too.

    Of many, those that are gone, changed or cannot be read are left out. The sentence tells which, and how many others the
    verdict reaches, for they say the same.
    """
    chosen = Chosen(seen)

    def find() -> list[Target]:
        return [target_of(recording) for recording in chosen.rows()]

    done = say(find, chosen.contents, actor=actor, verdict=verdict, note=note, origin=origin, now=now)
    others = count_beside(find()) if done.event is not None else 0
    if others:
        which = "1 other that says" if others == 1 else f"{others:,} others that say"
        done = replace(done, sentence=f"{done.sentence} It holds for {which} the same too.")
    return chosen.told(done)


def count_beside(targets: Sequence[Target]) -> int:
    """Return how many other recordings of the catalog a verdict on these reaches, for they say the same."""
    total = 0
    for some in chunked({target.subject for target in targets if target.subject}):
        blobs = [subject.removeprefix(BLOB_PREFIX) for subject in some if subject.startswith(BLOB_PREFIX)]
        alike = Q(fingerprint__in=some) | Q(fingerprint="", blob__in=blobs)
        total += Recording.objects.filter(alike).count()
    return total - len({target.path for target in targets})


def say(
    find: Callable[[], Sequence[Target]],
    contents: Contents,
    *,
    actor: str,
    verdict: str,
    note: str = "",
    origin: str = "",
    now: datetime | None = None,
) -> Done:
    """Record one person's verdict on what some contents say, and on the changes that the targets name.

    find: returns them as they are now, or raises; it is asked once before and once inside the transaction, and what it
    leaves out then is not decided on.
    note: why; required to reject. origin: as in `Decision`.
    Saying again what already holds changes nothing and is no event. All or nothing. Raises Invalid, and what `find` raises.
    """
    word = _verdict(verdict)
    note = note.strip()
    if word is Verdict.REJECT and not note:
        raise Invalid("Say in a few words why it is to be recorded again.")
    if len(note) > NOTE_LENGTH:
        raise Invalid(f"The note is longer than {NOTE_LENGTH:,} characters.")
    if unfit(note):
        raise Invalid("A note cannot hold a NUL character.")
    targets = find()
    if any(len(target.path) > PATH_LENGTH for target in targets) or len(origin) > PATH_LENGTH:
        raise Invalid(f"A path or range of more than {PATH_LENGTH:,} characters cannot be written down.")
    if any(not target.subject for target in targets):
        raise Invalid("A file whose bytes cannot be read has nothing to decide on.")
    kept = _kept(targets, contents) if word is Verdict.APPROVE else []
    at = now or timezone.now()
    with transaction.atomic():
        targets = find()
        changes = _changes(targets, actor, word, note, origin, at)
        if not changes:
            return Done(_already(word, targets), None, 0)
        acted = [target for target in targets if any(subject in changes for subject in target.subjects)]
        event = audit.write(
            actor=actor,
            action=ACTIONS[word],
            summary=_summary(word, acted, note),
            payload=_payload(actor, changes, forwards=True),
            items=[Item(target.path, target.subject, target.blob) for target in acted],
            at=at,
        )
        _append(event, actor, changes)
        there = {target.subject for target in targets}
        kept = [one for one in kept if one.fingerprint in there]
        Kept.objects.bulk_create(kept, batch_size=50, ignore_conflicts=True)
    return audit.done(event)


def _changes(
    targets: Sequence[Target], actor: str, word: Verdict, note: str, origin: str, at: datetime
) -> dict[str, tuple[Said, Said]]:
    """Return what the person said before and says now, by subject, where that differs."""
    counting = standing.latest({subject for target in targets for subject in target.subjects}, with_rules=True)
    changes: dict[str, tuple[Said, Said]] = {}
    for target in targets:
        for subject in target.subjects:
            before = said(counting.get(subject, {}).get(actor))
            after = None if word is Verdict.CLEAR else _saying(target, word, note, origin, at)
            if subject not in changes and not _is_same(before, after):
                changes[subject] = (before, after)
    return changes


def said(decision: Decision | None) -> Said:
    """Return a decision as it stands in a payload. A cleared one is no verdict."""
    if decision is None or decision.verdict == Verdict.CLEAR:
        return None
    return {name: getattr(decision, name) for name in SAID} | {"at": decision.at.isoformat()}


def turn(event: AuditEvent, payload: dict[str, Any], *, actor: str, action: Action) -> AuditEvent:
    """Take a verdict event back, or do it again, by adding decisions that say what was said before.

    payload: of the event. Raises NotAllowed (another person's verdict), Overtaken (decided on again since).
    """
    reviewer: str = payload["reviewer"]
    if reviewer != actor:
        raise NotAllowed(
            f"Only {reviewer} can take back or repeat what {reviewer} said. Your own verdict stands beside it."
        )
    is_back = action is Action.UNDO
    changes: dict[str, tuple[Said, Said]] = {
        entry["fingerprint"]: _pair(entry, is_back=is_back) for entry in payload["decisions"]
    }
    changes |= _carried_along(changes, reviewer)
    counting = standing.latest(changes, with_rules=True)
    later = sum(said(counting.get(subject, {}).get(reviewer)) != expected for subject, (expected, _) in changes.items())
    if later:
        raise Overtaken(later, len(changes))
    turned = audit.write(
        actor=actor,
        action=action,
        summary=f"{action.label}: {event.summary}",
        payload=_payload(reviewer, changes, forwards=not is_back),
        items=[Item(*item) for item in event.items.values_list("path", "fingerprint", "blob")],
        target=event,
    )
    _append(turned, reviewer, changes)
    return turned


def _carried_along(changes: dict[str, tuple[Said, Said]], reviewer: str) -> dict[str, tuple[Said, Said]]:
    """Return what was carried of these verdicts from an older version of the fingerprint, where it still stands so."""
    about = {
        (told["path"], told["blob"], datetime.fromisoformat(told["at"])): pair
        for subject, pair in changes.items()
        if is_older(subject) and (told := pair[0] or pair[1])
    }
    along: dict[str, tuple[Said, Said]] = {}
    for some in chunked({path for path, _, _ in about}):
        rows = Decision.objects.filter(event__action=Action.CARRY, reviewer=reviewer, path__in=some)
        for row in rows:
            pair = about.get((row.path, row.blob, row.at))
            if pair is not None:
                along[row.fingerprint] = pair
    counting = standing.latest(along, with_rules=True)
    return {
        subject: pair for subject, pair in along.items() if said(counting.get(subject, {}).get(reviewer)) == pair[0]
    }


def _pair(entry: dict[str, Any], *, is_back: bool) -> tuple[Said, Said]:
    """Return what a payload says was before and after a turn."""
    before, after = (entry[side] and {**_ADDED_LATER, **entry[side]} for side in ("before", "after"))
    return (after, before) if is_back else (before, after)


def _payload(reviewer: str, changes: dict[str, tuple[Said, Said]], *, forwards: bool) -> dict[str, Any]:
    """Describe the changes. The payload of an undo, too, tells before and after as the act itself had them."""
    decisions = [
        {"fingerprint": subject, "before": old if forwards else new, "after": new if forwards else old}
        for subject, (old, new) in changes.items()
    ]
    return {"reviewer": reviewer, "decisions": decisions}


def _append(event: AuditEvent, reviewer: str, changes: dict[str, tuple[Said, Said]]) -> None:
    rows = []
    counting = standing.entered(changes, reviewer)
    for subject, (old, new) in changes.items():
        cleared = {**(old or {}), "verdict": Verdict.CLEAR.value, "note": "", "at": event.at.isoformat()}
        values: dict[str, Any] = new or cleared
        at = datetime.fromisoformat(values["at"])
        entered = max(event.at, counting[subject] + _NEXT) if subject in counting else event.at
        times = {"at": at, "entered_at": entered}
        rows.append(Decision(event=event, fingerprint=subject, reviewer=reviewer, **{**values, **times}))
    Decision.objects.bulk_create(rows, batch_size=500)
    standing.update(set(changes))


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        raise Invalid("A verdict is one of approve, reject, delete and clear.") from None


def _saying(target: Target, word: Verdict, note: str, origin: str, at: datetime) -> Said:
    return {
        "verdict": word.value,
        "note": note,
        "at": at.isoformat(),
        "path": target.path,
        "blob": target.blob,
        "test_id": _written(target.test_id),
        "kind": target.kind,
        "origin": origin,
        "rule": target.rule,
    }


def _written(test_id: str) -> str:
    """Return a test id as the catalog has it, "" for one that is too long to be one."""
    return clean(test_id) if len(test_id) <= TEST_LENGTH else ""


def _is_same(before: Said, after: Said) -> bool:
    """Tell whether a person says again just what they said before, about the same bytes at the same path."""
    if before is None or after is None:
        return before is after
    return all(before[name] == after[name] for name in SAID if name != "at")


def _kept(targets: Sequence[Target], contents: Contents) -> list[Kept]:
    """Return what is to be kept of approved contents, so that what changes later can be told.

    Of what a rule approves nothing is kept: nobody saw it.
    """
    targets = [target for target in targets if not target.subject.startswith(CHANGE_PREFIX)]
    known: set[str] = set()
    for some in chunked({target.subject for target in targets}):
        known.update(Kept.objects.filter(fingerprint__in=some).values_list("fingerprint", flat=True))
    kept = []
    for target, data in contents(targets):
        if target.subject not in known:
            known.add(target.subject)
            kept.append(Kept(fingerprint=target.subject, blob=target.blob, size=len(data), data=zlib.compress(data, 6)))
    return kept


def kept_bytes(fingerprint: str) -> bytes | None:
    """Return the bytes that were approved under a fingerprint, None where none are kept."""
    row = Kept.objects.filter(fingerprint=fingerprint).first()
    return zlib.decompress(bytes(row.data)) if row else None


def _summary(word: Verdict, targets: Sequence[Target], note: str) -> str:
    what = titled(targets)
    rules = {target.rule for target in targets}
    rule = rules.pop() if len(rules) == 1 else ""
    if _are_removals(targets):
        match word:
            case Verdict.APPROVE:
                return f"let {what} go"
            case Verdict.REJECT:
                return f"asked to bring back {what}: {printable(' '.join(note.split()), 120)}"
    match word:
        case Verdict.APPROVE:
            return f"approved {what} by the rule {rule}" if rule else f"approved {what}"
        case Verdict.REJECT:
            return f"asked to re-record {what}: {printable(' '.join(note.split()), 120)}"
        case Verdict.DELETE:
            return f"marked {what} for deletion"
        case _:
            return f"took back the verdict on {what}"


def _are_removals(targets: Sequence[Target]) -> bool:
    """Tell whether the question of all of them is whether a recording may go. Of an item, only the first tells."""
    return targets[0].subject.startswith(GONE_PREFIX) and all(
        target.subject.startswith((GONE_PREFIX, CHANGE_PREFIX)) for target in targets
    )


def _already(word: Verdict, targets: Sequence[Target]) -> str:
    if word is Verdict.CLEAR:
        return "There was no verdict of yours to take back."
    state = {Verdict.APPROVE: "approved", Verdict.REJECT: "to be recorded again", Verdict.DELETE: "marked for deletion"}
    if _are_removals(targets):
        state |= {Verdict.APPROVE: "let go", Verdict.REJECT: "to be brought back"}
    return f"{titled(targets)} {'is' if len(targets) == 1 else 'are'} already {state[word]}."
