"""What lists need to know of reviews: states and tags of many recordings in a few indexed queries.

Recordings and reviews are joined by fingerprint and by path, never by a key of the catalog. Files without a fingerprint
(unreadable ones) are joined by blob; there are few of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, Substr

from recviewer.bounded.cache import Recent
from recviewer.catalog.letter_case import beginning
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.review import audit, standing
from recviewer.review.models import AuditEvent, Decision, Standing, State, TagOn, Verdict
from recviewer.review.subjects import BLOB_PREFIX, CHANGE_PREFIX, GONE_PREFIX, OLDER, chunked
from recviewer.review.tagging import folded


@dataclass(frozen=True, slots=True)
class Stand:
    """The combined result of the verdicts on a fingerprint. state: of `models.State`.

    by, at, note, rule: of the deciding verdict.
    """

    state: str
    by: str
    at: datetime
    note: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A tag for display. colour: a slug of `models.Colour`."""

    name: str
    colour: str


def _with(state: str | None) -> Q:
    """Return the condition for recordings whose subject has a standing (in one state)."""
    standings = Standing.objects.all() if state is None else Standing.objects.filter(state=state)
    blobs = standings.filter(fingerprint__startswith=BLOB_PREFIX).values(
        blob=Substr("fingerprint", len(BLOB_PREFIX) + 1)
    )
    return Q(fingerprint__in=standings.values("fingerprint")) | Q(fingerprint="", blob__in=blobs)


MANY = 500
"""Number of standings from which it is faster to look up each recording than to collect and sort all of theirs."""


def _has(state: str) -> Q:
    """Return the condition for recordings whose subject has a standing in one state.

    If many have it, the database walks the list in its order and looks up each until the page is full.
    """
    standings = Standing.objects.filter(state=state)
    if standings[: MANY + 1].count() <= MANY:
        return _with(state)
    return Q(Exists(standings.filter(fingerprint=OuterRef("fingerprint")))) | Q(
        Exists(standings.filter(fingerprint=Concat(Value(BLOB_PREFIX), OuterRef("blob")))), fingerprint=""
    )


OLDER_RULE = "older"
"""The state of undecided recordings that were decided on, at their path, under an older version of the fingerprint."""


def _older() -> Q:
    return Q(*[beginning("fingerprint", begin) for begin in OLDER], _connector=Q.OR)


@prepared
def _under_older() -> QuerySet[Decision, int]:
    return Decision.objects.filter(_older()).values_list("pk", flat=True)[:1]


def _under_older_rule() -> Q:
    """Return the condition for it: the last verdict at the path on anything other than the present fingerprint is of an
    older version.

    If few have such a verdict, they are collected; if many have, the database walks the list and looks up each.
    """
    known = Decision.objects.filter(_older()).exclude(verdict=Verdict.CLEAR)
    paths = list(known.values_list("path", flat=True)[: MANY + 1])
    if not paths:
        return Q(pk__in=())
    now = OuterRef(OuterRef("fingerprint")), OuterRef(OuterRef("blob"))
    later = (
        Decision.objects.filter(path=OuterRef("path"), pk__gt=OuterRef("pk"))
        .exclude(fingerprint=now[0])
        .exclude(fingerprint=Concat(Value(BLOB_PREFIX), now[1]))
        .exclude(fingerprint__startswith=GONE_PREFIX)
        .exclude(fingerprint__startswith=CHANGE_PREFIX)
    )
    decided = Standing.objects.filter(fingerprint=OuterRef("fingerprint"))
    unread = Standing.objects.filter(fingerprint=Concat(Value(BLOB_PREFIX), OuterRef("blob")))
    said = Q(Exists(known.filter(~Exists(later), path=OuterRef("path")))) & ~Q(Exists(decided))
    said &= ~(Q(fingerprint="") & Q(Exists(unread)))
    return said if len(paths) > MANY else Q(path__in=set(paths)) & said


def is_any_older() -> bool:
    """Tell whether anything was decided on under an older rule."""
    return bool(_under_older())


def count_older(recordings: QuerySet[Recording]) -> int:
    """Return how many of these are undecided, and were decided on under an older rule."""
    if not is_any_older():
        return 0
    return with_verdict(recordings.order_by(), OLDER_RULE).count()


def with_verdict(recordings: QuerySet[Recording], state: str) -> QuerySet[Recording]:
    """Return those in a state: approved, rejected, delete, undecided or OLDER. Nothing for any other word."""
    if state == OLDER_RULE:
        return recordings.filter(_under_older_rule())
    if state == State.UNDECIDED:
        return recordings.exclude(_with(None))
    if state not in State.values:
        return recordings.none()
    return recordings.filter(_has(state))


def verdict_counts(recordings: QuerySet[Recording], *, total: int | None = None) -> dict[str, int]:
    """Return how many recordings are in each state; all four states are in it.

    total: how many recordings there are, where the caller knows it.
    """
    plain = recordings.order_by()
    counts = dict.fromkeys((State.APPROVED.value, State.REJECTED.value, State.DELETE.value, State.UNDECIDED.value), 0)
    for state in (State.APPROVED, State.REJECTED, State.DELETE):
        if _standing_in(state.value):
            counts[state] = plain.filter(_with(state)).count()
    counts[State.UNDECIDED] = (plain.count() if total is None else total) - sum(counts.values())
    return counts


def verdict_counts_of(ids: Sequence[int]) -> dict[str, int]:
    """Return the same for the recordings with some ids, in one query that is compiled once; for some hundred at most."""
    counts = dict.fromkeys((State.APPROVED.value, State.REJECTED.value, State.DELETE.value, State.UNDECIDED.value), 0)
    counts |= {state: count for state, count in _verdicts_of(ids) if state in counts}
    counts[State.UNDECIDED] = len(ids) - sum(counts.values())
    return counts


@prepared
def _verdicts_of(ids: Sequence[int]) -> QuerySet[Recording, tuple[str, int]]:
    subject = Case(When(fingerprint="", then=Concat(Value(BLOB_PREFIX), "blob")), default="fingerprint")
    mine = Standing.objects.filter(fingerprint=OuterRef("subject")).values("state")[:1]
    decided = Recording.objects.filter(pk__in=ids).order_by().annotate(subject=subject, verdict=Subquery(mine))
    return decided.exclude(verdict=None).values_list("verdict").annotate(count=Count("pk"))


FEW = 200
"""Maximum number of new verdicts that are applied one by one; for more, everything is counted again."""


def counts_since(
    recordings: QuerySet[Recording], counts: Mapping[str, int], then: tuple[object, ...], now: tuple[object, ...]
) -> dict[str, int] | None:
    """Update earlier results of `verdict_counts` by what was decided since, without counting all recordings.

    counts: of the same recordings, in a catalog that has not changed. then, now: results of `standing.state`. None if
    everything has to be counted: much was decided, or by other means than verdicts on exchanges.
    """
    subjects = _decided_since(then, now)
    if subjects is None or any(subject.startswith(BLOB_PREFIX) for subject in subjects):
        return None
    (_, decision), (_, last_decision) = standing.newest(then), standing.newest(now)
    concerned = recordings.order_by().filter(fingerprint__in=subjects).values_list("fingerprint")
    numbers = dict(concerned.annotate(count=Count("pk")))
    spoken = _words_on(list(numbers), last_decision) if numbers else []
    before, after = standing.counting([one for one in spoken if one.pk <= decision]), standing.counting(spoken)
    made = dict(counts)
    for fingerprint, number in numbers.items():
        made[standing.settle(before.get(fingerprint, {}).values())[0].value] -= number
        made[standing.settle(after.get(fingerprint, {}).values())[0].value] += number
    return made


def _decided_since(then: tuple[object, ...], now: tuple[object, ...]) -> set[str] | None:
    """Return on what was decided between two states; None if it is much, or if other actions than verdicts did it."""
    (event, decision), (last_event, last_decision) = standing.newest(then), standing.newest(now)
    is_older = last_event < event or last_decision < decision
    if is_older or not standing.is_still(then):  # an older copy of the database was restored
        return None
    subjects = set(_decided(decision, last_decision))
    return None if len(subjects) > FEW or _brought(event, last_event) else subjects


@prepared
def _decided(then: int, now: int) -> QuerySet[Decision, str]:
    return Decision.objects.filter(pk__gt=then, pk__lte=now).values_list("fingerprint", flat=True)[: FEW + 1]


@prepared
def _brought(then: int, now: int) -> QuerySet[AuditEvent, int]:
    """Query for a later action that brought decisions, or that undid or redid such an action."""
    acts = AuditEvent.objects.filter(pk__gt=then, pk__lte=now)
    is_brought = Q(action__in=audit.BROUGHT) | Q(target__action__in=audit.BROUGHT)
    return acts.filter(is_brought).values_list("pk", flat=True)[:1]


@prepared
def _words_on(fingerprints: Sequence[str], now: int) -> QuerySet[Decision]:
    words = standing.in_force().filter(fingerprint__in=fingerprints, pk__lte=now)
    return words.order_by(*standing.ENTERED)


@prepared
def _standing_in(state: str) -> QuerySet[Standing, str]:
    return Standing.objects.filter(state=state).values_list("state", flat=True)[:1]


def tag_counts(recordings: QuerySet[Recording]) -> list[tuple[Label, int]]:
    """Return the tags on these recordings with the number of recordings for each, the most used first."""
    if not _used():
        return []
    paths = recordings.order_by().filter(path=OuterRef("path"))
    uses = TagOn.objects.filter(Exists(paths)).values_list("tag__name", "tag__colour").annotate(count=Count("pk"))
    return [(Label(name, colour), count) for name, colour, count in uses.order_by("-count", "tag__folded")]


def tag_counts_of(ids: Sequence[int]) -> list[tuple[Label, int]]:
    """Return the same for the recordings with some ids, in a query that is compiled once; for some hundred at most."""
    return [(Label(name, colour), count) for name, colour, count in _tags_of(ids)] if _used() else []


@prepared
def _tags_of(ids: Sequence[int]) -> QuerySet[TagOn, tuple[str, str, int]]:
    uses = TagOn.objects.filter(path__in=Recording.objects.filter(pk__in=ids).order_by().values("path"))
    counts = uses.values_list("tag__name", "tag__colour").annotate(count=Count("pk"))
    return counts.order_by("-count", "tag__folded")


@prepared
def _used() -> QuerySet[TagOn, int]:
    return TagOn.objects.values_list("pk", flat=True)[:1]


def with_tags(recordings: QuerySet[Recording], names: Iterable[str]) -> QuerySet[Recording]:
    """Return those with all of some tags."""
    wanted = sorted(set(map(folded, names)))
    uses = TagOn.objects.filter(tag__folded__in=wanted).values("path")
    if len(wanted) < 2:
        return recordings.filter(path__in=uses)
    every = uses.annotate(carried=Count("tag", distinct=True)).filter(carried=len(wanted))
    return recordings.filter(path__in=every.values("path"))


def with_none_of(recordings: QuerySet[Recording], names: Iterable[str]) -> QuerySet[Recording]:
    """Return those with none of some tags."""
    unwanted = sorted(set(map(folded, names)))
    return recordings.exclude(path__in=TagOn.objects.filter(tag__folded__in=unwanted).values("path"))


def standings_for(subjects: Iterable[str]) -> dict[str, Stand]:
    """Return the standings of fingerprints (or of what `subjects.subject_of` gives). Undecided ones are left out."""
    found: dict[str, Stand] = {}
    for some in chunked(dict.fromkeys(subjects)):
        for row in _standings(some):
            found[row.fingerprint] = Stand(row.state, row.by, row.at, row.note, row.rule)
    return found


@prepared
def _standings(subjects: Sequence[str]) -> QuerySet[Standing]:
    return Standing.objects.filter(fingerprint__in=subjects)


def totals(subjects: Iterable[str]) -> dict[str, int]:
    """Return how many recordings of the catalog say each of these: a verdict on one of them applies to all."""
    found: dict[str, int] = {}
    for some in chunked(dict.fromkeys(subjects)):
        blobs = [subject.removeprefix(BLOB_PREFIX) for subject in some if subject.startswith(BLOB_PREFIX)]
        found.update(_alike([subject for subject in some if subject]))
        if blobs:
            rows = Recording.objects.filter(fingerprint="", blob__in=blobs).order_by().values_list("blob")
            found.update((BLOB_PREFIX + blob, count) for blob, count in rows.annotate(count=Count("pk")))
    return found


@prepared
def _alike(fingerprints: Sequence[str]) -> QuerySet[Recording, tuple[str, int]]:
    alike = Recording.objects.filter(fingerprint__in=fingerprints).exclude(fingerprint="").order_by()
    return alike.values_list("fingerprint").annotate(count=Count("pk"))


def tags_for_paths(paths: Iterable[str]) -> dict[str, list[Label]]:
    """Return the tags of each path that has any, in order of name."""
    found: dict[str, list[Label]] = {}
    for some in chunked(dict.fromkeys(paths)):
        for path, name, colour in _on(some):
            found.setdefault(path, []).append(Label(name, colour))
    return found


@prepared
def _on(paths: Sequence[str]) -> QuerySet[TagOn, tuple[str, str, str]]:
    rows = TagOn.objects.filter(path__in=paths).order_by("tag__folded")
    return rows.values_list("path", "tag__name", "tag__colour")


_all = Recent[str, tuple[tuple[object, ...], dict[str, str]]](1)
"""The state when all standings were read, and the standings."""


def all_standings() -> Mapping[str, str]:
    """Return the state of every decided subject. Read once; then only what was decided since is queried."""
    now = standing.state()
    then, known = _all.get("") or ((), None)
    if known is not None and then == now:
        return known
    subjects = _decided_since(then, now) if known is not None else None
    if known is None or subjects is None:
        found = dict(Standing.objects.values_list("fingerprint", "state"))
    else:
        kept = dict(Standing.objects.filter(fingerprint__in=subjects).values_list("fingerprint", "state"))
        found = {key: state for key, state in known.items() if key not in subjects} | kept
    _all.put("", (now, found))
    return found
