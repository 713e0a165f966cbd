"""Verdicts: giving them, and undoing them exactly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.db.models import Q
from django.utils import timezone

from recviewer.catalog.models import Recording
from recviewer.catalog.naming import clean
from recviewer.exchange.amounts import counted
from recviewer.review import audit, standing
from recviewer.review.audit import Action, ActItem, Done
from recviewer.review.bulk_insert import add
from recviewer.review.choosing import Chosen
from recviewer.review.keeping import Contents, Keeping
from recviewer.review.locks import acting
from recviewer.review.models import AuditEvent, Decision, Verdict
from recviewer.review.refusals import Invalid, NotAllowed, Overtaken
from recviewer.review.subjects import (
    BLOB_PREFIX,
    CHANGE_PREFIX,
    GENERATIONS,
    GONE_PREFIX,
    NOTE_LENGTH,
    PATH_LENGTH,
    TEST_LENGTH,
    Seen,
    Target,
    chunked,
    is_older,
    printable,
    titled,
    unfit,
)
from recviewer.secrets.named import without_secrets

ACTIONS = {
    Verdict.APPROVE: Action.APPROVE,
    Verdict.REJECT: Action.REJECT,
    Verdict.DELETE: Action.MARK,
    Verdict.REVERT: Action.REVERT,
    Verdict.CLEAR: Action.CLEAR,
}
SAID = ("verdict", "note", "at", "path", "blob", "test_id", "kind", "origin", "rule")
_ADDED_LATER = {"rule": ""}
"""Keys that payloads of earlier versions lack, with the values that were implied."""
_NEXT = timedelta(microseconds=1)
Said: TypeAlias = dict[str, str] | None
"""A decision's content in a payload; None for no verdict."""
Changes: TypeAlias = dict[str, tuple[Said, Said]]
"""A person's verdict before and after, by subject: of a whole action, or of one batch of it."""


def decide(
    seen: Sequence[Seen], *, actor: str, verdict: str, note: str = "", origin: str = "", now: datetime | None = None
) -> Done:
    """Record one person's verdict on recordings of the catalog: see `say`. Raises Gone, Changed too.

    Of many, those that are gone, changed or unreadable are skipped. The result's sentence names them, and says to how
    many other recordings with the same meaning the verdict applies.
    """
    chosen = Chosen(seen)
    done = say(chosen.targets, chosen.contents, actor=actor, verdict=verdict, note=note, origin=origin, now=now)
    others = count_beside(chosen.found) if done.event is not None else 0
    if others:
        which = counted(others, "other that says", "others that say")
        done = replace(done, sentence=f"{done.sentence} It holds for {which} the same too.")
    return chosen.told(done)


def count_beside(targets: Collection[Target]) -> int:
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

    find: returns the present targets, or raises; it is called once before and once inside the transaction, and what it
    omits then is not decided on. note: why; required to reject. origin: as in `Decision`. Repeating a verdict that
    already holds changes nothing and writes no event. All or nothing. Raises Invalid, and what `find` raises.
    """
    word = _verdict(verdict)
    note = note.strip()
    if word is Verdict.REJECT and not note:
        raise Invalid("Say in a few words why it is to be re-recorded.")
    note = without_secrets(note, most=NOTE_LENGTH)
    if len(note) > NOTE_LENGTH:
        raise Invalid(f"The note is longer than {NOTE_LENGTH:,} characters.")
    if unfit(note):
        raise Invalid("A note cannot hold a NUL character.")
    targets = find()
    if word is Verdict.REVERT and any(not target.subject.startswith(CHANGE_PREFIX) for target in targets):
        raise Invalid("Only a change of a range has an old recording that can be taken back.")
    if any(len(target.path) > PATH_LENGTH for target in targets) or len(origin) > PATH_LENGTH:
        raise Invalid(f"A path or range of more than {PATH_LENGTH:,} characters cannot be stored.")
    if any(not target.subject for target in targets):
        raise Invalid("A file that cannot be read cannot be decided on.")
    at = now or timezone.now()
    with Keeping() as keeping:
        if word is Verdict.APPROVE:
            keeping.read(targets, contents)
        del targets
        with acting():
            targets = find()
            touched, changed = _changed(targets, actor, word, note, origin, at)
            if not changed:
                return Done(_already(word, targets, origin), None, 0)
            acted = [target for target in targets if not changed.isdisjoint(target.subjects)]
            event = audit.write(
                actor=actor,
                action=ACTIONS[word],
                summary=_summary(word, acted, note, origin),
                payload=_payload(actor),
                items=(ActItem(target.path, target.subject, target.blob) for target in acted),
                at=at,
            )
            for changes in _changes(acted, touched, actor, word, note, origin, at):
                _enter(event, actor, changes, forwards=True, touched=touched)
            keeping.write({target.subject for target in targets})
    return audit.done(event)


def _changed(
    targets: Sequence[Target], actor: str, word: Verdict, note: str, origin: str, at: datetime
) -> tuple[set[str], set[str]]:
    """Return on which subjects anybody ever decided, and on which of all the person now says something else than before."""
    touched: set[str] = set()
    changed: set[str] = set()
    for some in chunked(targets):
        subjects = {subject for target in some for subject in target.subjects}
        spoken_on = standing.spoken_on(subjects)
        touched |= spoken_on
        if word is not Verdict.CLEAR:
            changed |= subjects - spoken_on
        counting = standing.latest(spoken_on, with_rules=True)
        for target in some:
            for subject in spoken_on.intersection(target.subjects):
                before = said(counting.get(subject, {}).get(actor))
                if not _is_same(before, _saying(target, word, note, origin, at)):
                    changed.add(subject)
    return touched, changed


def _changes(
    targets: Sequence[Target], touched: Set[str], actor: str, word: Verdict, note: str, origin: str, at: datetime
) -> Iterator[Changes]:
    """Yield what the person said before and says now, by subject, where that differs: each subject once, in batches.

    touched: the subjects on which anybody ever decided.
    """
    known: set[str] = set()
    for some in chunked(targets):
        asked = {subject for target in some for subject in target.subjects if subject in touched}
        counting = standing.latest(asked, with_rules=True)
        changes: Changes = {}
        for target in some:
            for subject in target.subjects:
                if subject in known:
                    continue
                before = said(counting.get(subject, {}).get(actor))
                after = _saying(target, word, note, origin, at)
                if not _is_same(before, after):
                    known.add(subject)
                    changes[subject] = (before, after)
        yield changes


def said(decision: Decision | None) -> Said:
    """Return a decision as stored in a payload. A cleared one is not a verdict."""
    if decision is None or decision.verdict == Verdict.CLEAR:
        return None
    return {name: getattr(decision, name) for name in SAID} | {"at": decision.at.isoformat()}


def turn(event: AuditEvent, source: AuditEvent, *, actor: str, action: Action) -> AuditEvent:
    """Undo a verdict event, or redo it, by adding decisions that repeat the earlier ones.

    source: the event whose payload describes the present effect: the action itself, or its last redo. Raises NotAllowed
    (another person's verdict), Overtaken (decided on again since).
    """
    reviewer: str = source.payload["reviewer"]
    if reviewer != actor:
        raise NotAllowed(
            f"Only {reviewer} can take back or repeat what {reviewer} said. Your own verdict stands beside it."
        )
    is_back = action is Action.UNDO
    along: Changes = {}
    later = total = 0
    for changes in _told(source, is_back=is_back):
        along |= _carried_along(changes, reviewer)
        later += _count_overtaken(changes, reviewer)
        total += len(changes)
    if along:  # other verdicts replace some
        later = total = 0
        for changes in _told(source, is_back=is_back, along=along):
            later += _count_overtaken(changes, reviewer)
            total += len(changes)
    if later:
        raise Overtaken(later, total)
    turned = audit.write_turned(event, _payload(reviewer), actor=actor, action=action)
    for changes in _told(source, is_back=is_back, along=along):
        _enter(turned, reviewer, changes, forwards=not is_back)
    return turned


def _told(
    source: AuditEvent, *, is_back: bool, along: Mapping[str, tuple[Said, Said]] | None = None
) -> Iterator[Changes]:
    """Yield the verdicts of an event as (before, after) of an undo or a redo, in batches.

    along: pairs that replace those of the event on the same subjects; they come last.
    """
    along = along or {}
    for some in audit.batches_of(source, "decisions"):
        pairs = {entry["fingerprint"]: _pair(entry, is_back=is_back) for entry in some}
        yield {subject: pair for subject, pair in pairs.items() if subject not in along}
    for items in chunked(along.items()):
        yield dict(items)


def _count_overtaken(changes: Changes, reviewer: str) -> int:
    """Count the subjects whose present verdict is not the one that an undo or a redo starts from."""
    counting = standing.latest(changes, with_rules=True)
    return sum(said(counting.get(subject, {}).get(reviewer)) != expected for subject, (expected, _) in changes.items())


def _carried_along(changes: Changes, reviewer: str) -> Changes:
    """Return the verdicts that were carried over from these to the present version of the fingerprint and still hold."""
    about = {
        (told["path"], told["blob"], datetime.fromisoformat(told["at"])): pair
        for subject, pair in changes.items()
        if is_older(subject) and (told := pair[0] or pair[1])
    }
    along: Changes = {}
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
    """Return the verdicts before and after an undo or a redo, from an entry of a payload."""
    before, after = (entry[side] and {**_ADDED_LATER, **entry[side]} for side in ("before", "after"))
    return (after, before) if is_back else (before, after)


def _payload(reviewer: str) -> dict[str, Any]:
    """Return the payload of an event on verdicts, to which `_enter` adds each of them."""
    return {"reviewer": reviewer, "decisions": []}


def _enter(
    event: AuditEvent, reviewer: str, changes: Changes, *, forwards: bool, touched: Set[str] | None = None
) -> None:
    """Write some of an event's decisions. In the payload of an undo, before and after are those of the act it undoes.

    touched: the subjects on which anybody ever decided; None where nobody looked: any may be.
    """
    audit.add_members(
        event,
        "decisions",
        (
            {"fingerprint": subject, "before": old if forwards else new, "after": new if forwards else old}
            for subject, (old, new) in changes.items()
        ),
    )
    rows = []
    looked_up = changes.keys() if touched is None else changes.keys() & touched
    counting, cleared_at = standing.entered(looked_up, reviewer), event.at.isoformat()
    first: list[standing.DecisionFields] = []
    moments: dict[str, datetime] = {}  # of an act most often one
    for subject, (old, new) in changes.items():
        cleared = {**(old or {}), "verdict": Verdict.CLEAR.value, "note": "", "at": cleared_at}
        values: dict[str, Any] = {**(new or cleared)}
        at = values["at"]
        values["at"] = moments.get(at) or moments.setdefault(at, datetime.fromisoformat(at))
        entered = max(event.at, counting[subject] + _NEXT) if subject in counting else event.at
        rows.append((event.pk, subject, reviewer, entered, *map(values.__getitem__, SAID)))
        if subject not in looked_up:
            word = (values["verdict"], values["at"], values["rule"], values["note"])
            first.append(standing.DecisionFields(subject, reviewer, *word))
    add(Decision, ("event_id", "fingerprint", "reviewer", "entered_at", *SAID), rows)
    standing.update(looked_up, first=first)


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        raise Invalid("A verdict is one of approve, reject, delete, revert and clear.") from None


def _saying(target: Target, word: Verdict, note: str, origin: str, at: datetime) -> Said:
    if word is Verdict.CLEAR:
        return None
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
    """Return a test id as stored in the catalog, "" for one that is too long."""
    return clean(test_id) if len(test_id) <= TEST_LENGTH else ""


def _is_same(before: Said, after: Said) -> bool:
    """Tell whether a verdict only repeats the one before, about the same bytes at the same path."""
    if before is None or after is None:
        return before is after
    return all(before[name] == after[name] for name in SAID if name != "at")


def _summary(word: Verdict, targets: Sequence[Target], note: str, origin: str) -> str:
    what = titled(targets, _noun(targets, origin))
    rules = {target.rule for target in targets}
    rule = rules.pop() if len(rules) == 1 else ""
    by = f" by the rule “{rule}”" if rule else ""
    if _are_removals(targets):
        match word:
            case Verdict.APPROVE:
                return f"approved the deletion of {what}{by}"
            case Verdict.REJECT:
                return f"asked to restore {what}: {printable(' '.join(note.split()), 120)}"
    match word:
        case Verdict.APPROVE:
            return f"approved {what}{by}"
        case Verdict.REJECT:
            return f"asked to re-record {what}: {printable(' '.join(note.split()), 120)}"
        case Verdict.DELETE:
            return f"marked {what} for deletion"
        case Verdict.REVERT:
            return f"asked for {_old_of(targets, what)} back{by}"
        case _:
            return f"took back the verdict on {what}"


def _old_of(targets: Sequence[Target], what: str) -> str:
    """Return what to call the old recordings of some changes."""
    return f"the old recording{'' if len(targets) == 1 else 's'} of {what}"


def _noun(targets: Sequence[Target], origin: str) -> str:
    """Return what to call what was decided on: `change` in a range, `recording` elsewhere and for removals."""
    return "change" if origin and not _are_removals(targets) else "recording"


def _are_removals(targets: Sequence[Target]) -> bool:
    """Tell whether every target is a removed recording. Of an item with many, only the first can show it."""
    return (targets[0].rule == GENERATIONS or targets[0].subject.startswith(GONE_PREFIX)) and all(
        target.subject.startswith((GONE_PREFIX, CHANGE_PREFIX)) for target in targets
    )


def _already(word: Verdict, targets: Sequence[Target], origin: str) -> str:
    if word is Verdict.CLEAR:
        return "There was no verdict of yours to take back."
    if word is Verdict.REVERT:
        return f"You asked for {_old_of(targets, titled(targets, 'change'))} back already."
    state = {Verdict.APPROVE: "approved", Verdict.REJECT: "to be re-recorded", Verdict.DELETE: "marked for deletion"}
    if _are_removals(targets):
        state |= {Verdict.APPROVE: "approved for deletion", Verdict.REJECT: "to be restored"}
    return f"{titled(targets, _noun(targets, origin))} {'is' if len(targets) == 1 else 'are'} already {state[word]}."
