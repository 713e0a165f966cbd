"""The combined result of the verdicts on a fingerprint.

Only the latest verdict of each reviewer counts. One re-record verdict blocks; else one mark for deletion counts (even
if somebody approved, so that a disagreement is visible); else one verdict to take back the old recording; else one
approval passes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol, TypeVar

from django.db.models import Max, QuerySet, Subquery

from recviewer.catalog.prepared import prepared
from recviewer.review import audit
from recviewer.review.bulk_insert import add, instead
from recviewer.review.models import AuditEvent, Decision, Standing, State, Verdict
from recviewer.review.subjects import CHANGE_PREFIX, Target, chunked

ORDER = (
    (Verdict.REJECT, State.REJECTED),
    (Verdict.DELETE, State.DELETE),
    (Verdict.REVERT, State.REVERT),
    (Verdict.APPROVE, State.APPROVED),
)


class Spoken(Protocol):
    """A verdict of one reviewer, from a row or from a line of a file."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def reviewer(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def rule(self) -> str: ...


_S = TypeVar("_S", bound=Spoken)

ENTERED = ("entered_at", "verdict", "note", "at", "path", "blob", "pk")
"""The order in which decisions count: in whatever order two people's files are imported, the same one is last."""


LAST = datetime(2500, 1, 1, tzinfo=UTC)
"""Upper limit of times. Earlier versions accepted lines with later times, which would outlast every verdict."""


def in_force() -> QuerySet[Decision]:
    """Return all decisions except those of imports that were undone, and those with times after `LAST`."""
    return Decision.objects.filter(entered_at__lt=LAST).exclude(event__in=audit.undone_imports())


def latest(fingerprints: Collection[str], *, with_rules: bool = False) -> dict[str, dict[str, Decision]]:
    """Return the decisions that count, by fingerprint and reviewer, without cleared ones.

    with_rules: see `counting`.
    """
    found: dict[str, dict[str, Decision]] = {}
    for some in chunked(fingerprints):
        found |= counting(_entered_on(some), with_rules=with_rules)
    return found


def words_on(fingerprints: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the verdict of each reviewer that counts, by fingerprint and name: see `latest`."""
    found = latest(set(fingerprints))
    return {subject: {name: one.verdict for name, one in by.items()} for subject, by in found.items()}


@prepared
def _entered_on(fingerprints: Sequence[str]) -> QuerySet[Decision]:
    return in_force().filter(fingerprint__in=fingerprints).order_by(*ENTERED)


def counting(spoken: Iterable[_S], *, with_rules: bool = False) -> dict[str, dict[str, _S]]:
    """Return what counts, by fingerprint and reviewer: the last verdict of each, unless it withdrew the one before.

    spoken: in the order of `ENTERED`, about any fingerprints. Earlier versions let a rule approve what recordings say;
    today a rule applies to changes alone. Such approvals decide nothing, because nobody looked, and are returned only
    with with_rules. A rejection by such a rule still blocks, and any other verdict by it ends the reviewer's earlier
    approval.
    """
    found: dict[str, dict[str, _S]] = {}
    for one in spoken:
        mine = found.setdefault(one.fingerprint, {})
        if with_rules or not is_by_rule(one) or one.verdict == Verdict.REJECT:
            mine[one.reviewer] = one
        elif takes_back(one, mine.get(one.reviewer)):
            del mine[one.reviewer]
    for by_reviewer in found.values():
        for reviewer in [name for name, one in by_reviewer.items() if one.verdict == Verdict.CLEAR]:
            del by_reviewer[reviewer]
    return {fingerprint: by_reviewer for fingerprint, by_reviewer in found.items() if by_reviewer}


def is_by_rule(one: Spoken) -> bool:
    """Tell whether a rule's verdict is about what recordings say, not about a change."""
    return bool(one.rule) and not one.fingerprint.startswith(CHANGE_PREFIX)


def takes_back(one: Spoken, before: Spoken | None) -> bool:
    """Tell whether a verdict by a rule ends an earlier approval."""
    return before is not None and before.verdict == Verdict.APPROVE and one.verdict != Verdict.APPROVE


def on(target: Target, *, asks: bool = False) -> list[Decision]:
    """Return the decisions that count for a target: on what it says, and on the change itself.

    asks: only a decision on the change itself closes it; until then only rejections of the same content elsewhere
    count.
    """
    said = latest({subject for subject in target.subjects if subject})
    content = list(said.get(target.subject, {}).values())
    own = list(said.get(target.own, {}).values()) if target.own else []
    if asks and not own:
        content = [decision for decision in content if decision.verdict == Verdict.REJECT]
    return [*own, *content]


def entered(fingerprints: Collection[str], reviewer: str) -> dict[str, datetime]:
    """Return when this reviewer's last decision on each of these took effect; a new one has to be later."""
    found: dict[str, datetime] = {}
    for some in chunked(fingerprints):
        found.update(_last_of(some, reviewer))
    return found


@prepared
def _last_of(fingerprints: Sequence[str], reviewer: str) -> QuerySet[Decision, tuple[str, datetime]]:
    rows = Decision.objects.filter(fingerprint__in=fingerprints, reviewer=reviewer, entered_at__lt=LAST)
    return rows.values_list("fingerprint").annotate(last=Max("entered_at"))


def settle(decisions: Iterable[_S]) -> tuple[State, _S | None]:
    """Return the state that results from these decisions (the latest of each reviewer), and the deciding one."""
    by_time = sorted(decisions, key=lambda decision: (decision.at, decision.reviewer))
    for verdict, state in ORDER:
        of_kind = [decision for decision in by_time if decision.verdict == verdict]
        if of_kind:
            return state, of_kind[-1]
    return State.UNDECIDED, None


def spoken_on(fingerprints: Collection[str]) -> set[str]:
    """Return on which of these anybody ever decided, whatever became of that."""
    found: set[str] = set()
    for some in chunked(fingerprints):
        found.update(_any_on(some))
    return found


@prepared
def _any_on(fingerprints: Sequence[str]) -> QuerySet[Decision, str]:
    return Decision.objects.filter(fingerprint__in=fingerprints).values_list("fingerprint", flat=True).distinct()


def update(fingerprints: Collection[str], *, first: Iterable[DecisionFields] = ()) -> None:
    """Bring the standings of these fingerprints up to date with the decisions.

    first: decisions on others, on which nobody decided before.
    """
    said: dict[str, dict[str, DecisionFields]] = counting(first)
    for some in chunked(fingerprints):
        said |= counting(DecisionFields(*row) for row in _fields_on(some))
    made = []
    for fingerprint, words in said.items():
        state, settled = settle(words.values())
        if settled is not None:
            one = (state.value, settled.reviewer, settled.at, settled.note, settled.rule)
            made.append((fingerprint, *one))
    for some in chunked(fingerprint for fingerprint in fingerprints if fingerprint not in said):
        Standing.objects.filter(fingerprint__in=some).delete()
    add(Standing, ("fingerprint", *_OF_A_STANDING), made, clash=instead(Standing, _OF_A_STANDING))


_OF_A_STANDING = ("state", "by", "at", "note", "rule")


class DecisionFields(NamedTuple):
    """The fields of a decision that its fingerprint's standing is derived from."""

    fingerprint: str
    reviewer: str
    verdict: str
    at: datetime
    rule: str
    note: str


@prepared
def _fields_on(fingerprints: Sequence[str]) -> QuerySet[Decision, tuple[str, str, str, datetime, str, str]]:
    rows = in_force().filter(fingerprint__in=fingerprints).order_by(*ENTERED)
    return rows.values_list("fingerprint", "reviewer", "verdict", "at", "rule", "note")


def state() -> tuple[object, ...]:
    """Return an identifier of all decisions, which changes whenever a standing may change.

    Standings follow from decisions and from which imports were undone, and both are append-only. Costs one cheap query.
    """
    found = next(iter(_newest()), None)
    if found is None:
        return tuple(_newest_decision())
    event, at, decision, entered = found
    return ((event, at),) if decision is None else ((event, at), (decision, entered))


def newest(state: tuple[object, ...]) -> tuple[int, int]:
    """Return the keys of the newest event and the newest decision in a `state`, 0 for none."""
    keys = [one[0] for one in state if isinstance(one, tuple)]
    return (keys[0] if keys else 0), (keys[1] if len(keys) > 1 else 0)


def is_still(state: tuple[object, ...]) -> bool:
    """Tell whether the newest event and the newest decision of a `state` still exist unchanged.

    After an older copy of a database was restored, other rows get their keys, or none has them.
    """
    (event, decision), stamps = newest(state), [one[1] for one in state if isinstance(one, tuple)]
    kept = [*(_event(event) if event else ()), *(_decision(decision) if decision else ())]
    return kept == stamps


@prepared
def _event(key: int) -> QuerySet[AuditEvent, datetime]:
    return AuditEvent.objects.filter(pk=key).values_list("at", flat=True)


@prepared
def _decision(key: int) -> QuerySet[Decision, datetime]:
    return Decision.objects.filter(pk=key).values_list("entered_at", flat=True)


@prepared
def _newest() -> QuerySet[AuditEvent, tuple[int, datetime, int | None, datetime | None]]:
    decision, entered = (Subquery(Decision.objects.order_by("-pk").values(name)[:1]) for name in ("pk", "entered_at"))
    return AuditEvent.objects.order_by("-pk").values_list("pk", "at", decision, entered)[:1]


@prepared
def _newest_decision() -> QuerySet[Decision, tuple[int, datetime]]:
    return Decision.objects.order_by("-pk").values_list("pk", "entered_at")[:1]


def rebuild() -> int:
    """Recompute all standings from the decisions. Returns how many fingerprints have one."""
    Standing.objects.all().delete()
    for some in chunked(Decision.objects.values_list("fingerprint", flat=True).distinct().iterator()):
        update(some)
    return Standing.objects.count()
