"""What is red in a change set: few rules, each about something that only the comparison or the new recordings show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recviewer.changes.model import Change
from recviewer.changes.sides import Side
from recviewer.difference.words import similarity
from recviewer.exchange.model import Kind
from recviewer.exchange.text import Outcome
from recviewer.replay.names import ReplayState

EVIDENCE = 120
"""Characters of a recording that a finding quotes."""


class Severity(StrEnum):
    """How bad it is: red wants a decision, amber a look."""

    RED = "red"
    AMBER = "amber"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that holds for some of the changes.

    rule: its name. title, detail: sentences. each: what holds for one change alone, as a clause. evidence: words of the
    first recording, to the letter. changes: those concerned, in their order.
    """

    rule: str
    severity: Severity
    each: str
    title: str
    detail: str
    evidence: str
    changes: tuple[Change, ...]


def findings(changes: Sequence[Change]) -> tuple[Finding, ...]:
    """Return what is red, then what is amber; nothing for what was as bad before."""
    found = [finding for rule in _RULES for finding in rule(changes)]
    return tuple(sorted(found, key=lambda finding: (list(Severity).index(finding.severity), -len(finding.changes))))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _with_new(changes: Sequence[Change]) -> Iterator[tuple[Change, Side | None, Side]]:
    for change in changes:
        if change.new is not None and (change.old is None or change.old.blob != change.new.blob):
            yield change, change.old, change.new


_TAG = re.compile(
    r"\s*(<(?:reasoning|think|thinking|thought|reflection|scratchpad)>|<\|channel\|>analysis)", re.IGNORECASE
)
_MOVED = 0.8


def leaked(side: Side) -> str:
    """Return the tag with which an answer begins that is really thinking, "" for any other."""
    for output in side.exchange.outputs:
        found = _TAG.match(output.content)
        if found:
            return found[1]
    return ""


def _thoughts(side: Side | None) -> str:
    return "\n".join(output.reasoning for output in side.exchange.outputs) if side else ""


def _has_moved(old: Side | None, new: Side) -> bool:
    """Tell whether the thinking of the old recording stands in the new one's answer."""
    thought = _thoughts(old).strip()
    if len(thought) < 40 or _thoughts(new).strip():
        return False
    return any(
        thought in output.content or similarity(thought, output.content[: 2 * len(thought)]) >= _MOVED
        for output in new.exchange.outputs
    )


def _leaked(changes: Sequence[Change]) -> Iterator[Finding]:
    every = list(_with_new(changes))
    tagged = [(change, old, tag) for change, old, new in every if (tag := leaked(new)) and not (old and leaked(old))]
    known = {id(change) for change, _, _ in tagged}
    moved = [(change, old, "") for change, old, new in every if id(change) not in known and _has_moved(old, new)]
    if not tagged and not moved:
        return
    answers = sum(any(output.content for output in new.exchange.outputs) for _, _, new in every)
    mine = tuple(change for change, _, _ in (*tagged, *moved))
    emptied = sum(bool(_thoughts(old).strip()) and not _thoughts(change.new) for change, old, _ in (*tagged, *moved))
    tags = ", ".join(tag for tag, _ in Counter(tag for _, _, tag in tagged).most_common(3))
    detail = f"They begin with {tags}." if tags else "What was thought before now stands in the answer."
    if emptied:
        detail += f" In {_count(emptied, 'pair')} the old recording had its thinking in a channel of its own; "
        detail += "in the new one that channel is empty."
    title = f"Thinking leaked into {len(mine):,} of {_count(answers, 'answer')}"
    yield Finding(
        "leaked-reasoning", Severity.RED, "thinking leaked into the answer", title, detail, _answer(mine[0]), mine
    )


def _answer(change: Change) -> str:
    return change.side.meaning.line.answered[:EVIDENCE]


def _errors(changes: Sequence[Change]) -> Iterator[Finding]:
    mine = tuple(
        change
        for change, old, new in _with_new(changes)
        if new.exchange.error is not None and (old is None or _failure(old) != _failure(new))
    )
    if not mine:
        return
    kinds = Counter(_failure(change.side) for change in mine)
    said = ", ".join(f"{label} ×{count}" for label, count in kinds.most_common(4))
    fresh = sum(change.old is not None and change.old.exchange.error is None for change in mine)
    detail = f"{said}." + (f" {_count(fresh, 'recording')} had an answer before." if fresh else "")
    is_bad = fresh or any(_is_transient(change.side) for change in mine)
    title = f"{_count(len(mine), 'error')} recorded as {'an answer' if len(mine) == 1 else 'answers'}"
    yield Finding(
        "recorded-error",
        Severity.RED if is_bad else Severity.AMBER,
        "an error was recorded as the answer",
        title,
        detail,
        _answer(mine[0]),
        mine,
    )


def _failure(side: Side) -> str:
    error = side.exchange.error
    if error is None:
        return ""
    return " ".join(filter(None, (error.type, "" if error.status is None else str(error.status)))) or "error"


def _is_transient(side: Side) -> bool:
    error = side.exchange.error
    return error is not None and (error.status is None or error.status in (401, 403, 408, 429) or error.status >= 500)


def _broken(changes: Sequence[Change]) -> Iterator[Finding]:
    bad = (Outcome.TRUNCATED, Outcome.UNFINISHED, Outcome.EMPTY)
    mine = tuple(
        change
        for change, old, new in _with_new(changes)
        if new.meaning.line.outcome in bad and (old is None or old.meaning.line.outcome is not new.meaning.line.outcome)
    )
    if not mine:
        return
    words = {Outcome.TRUNCATED: "cut at the length limit", Outcome.UNFINISHED: "without an end", Outcome.EMPTY: "empty"}
    counts = Counter(words[change.side.meaning.line.outcome] for change in mine)
    detail = ", ".join(f"{count:,} {said}" for said, count in counts.most_common()) + "."
    title = f"{_count(len(mine), 'answer')} broke off"
    yield Finding("broke-off", Severity.RED, "the answer broke off", title, detail, _answer(mine[0]), mine)


def _unreadable(changes: Sequence[Change]) -> Iterator[Finding]:
    mine = tuple(change for change, _, new in _with_new(changes) if new.exchange.kind is Kind.UNREADABLE)
    if mine:
        title = f"{_count(len(mine), 'recording')} cannot be read"
        yield Finding("unreadable", Severity.RED, "it cannot be read", title, _answer(mine[0]), "", mine)


def _unfindable(changes: Sequence[Change]) -> Iterator[Finding]:
    lost = (ReplayState.OLDER, ReplayState.UNKNOWN)
    mine = tuple(
        change
        for change, old, new in _with_new(changes)
        if new.meaning.replay.state in lost and (old is None or old.meaning.replay.state not in lost)
    )
    if not mine:
        return
    was_found = sum(
        change.old is not None and change.old.meaning.replay.state is ReplayState.CURRENT for change in mine
    )
    rules = Counter(change.side.meaning.replay.rule or "no rule" for change in mine)
    said = ", ".join(
        f"rule {name} ×{count}" if name != "no rule" else f"no rule ×{count}" for name, count in rules.items()
    )
    detail = f"The newest rule gives their requests other names; theirs come from: {said}."
    if was_found:
        detail += f" {_count(was_found, 'recording')} could be found before this change."
    severity = Severity.RED if was_found else Severity.AMBER
    title = f"Replay cannot find {_count(len(mine), 'recording')} by {'its' if len(mine) == 1 else 'their'} name"
    yield Finding(
        "cannot-replay", severity, "replay cannot find it by its name", title, detail, mine[0].side.name, mine
    )


def _listings(changes: Sequence[Change]) -> Iterator[Finding]:
    mine = tuple(
        change
        for change, old, new in _with_new(changes)
        if old is not None and old.meaning.models and new.meaning.models and _is_elsewhere(old, new)
    )
    if not mine:
        return
    before = Counter((len(change.old.meaning.models), change.old.meaning.host) for change in mine if change.old)
    after = Counter((len(change.side.meaning.models), change.side.meaning.host) for change in mine)
    detail = f"Before: {_lists(before)}. Now: {_lists(after)}."
    title = f"{_count(len(mine), 'model list')} recorded from another provider"
    yield Finding("model-list-host", Severity.AMBER, "recorded from another provider", title, detail, "", mine)


def _is_elsewhere(old: Side, new: Side) -> bool:
    before, after = old.meaning.models, new.meaning.models
    shared = len(before & after) / len(before | after)
    return old.meaning.host != new.meaning.host and shared < 0.1


def _lists(counts: Counter[tuple[int, str]]) -> str:
    return ", ".join(
        f"{size:,} models of {host or 'no host'} in {count:,}" for (size, host), count in counts.most_common(4)
    )


def _lost_calls(changes: Sequence[Change]) -> Iterator[Finding]:
    mine = tuple(
        change for change, old, new in _with_new(changes) if old is not None and _calls(old) > 0 and _calls(new) == 0
    )
    mine = tuple(change for change in mine if change.side.exchange.error is None)
    if mine:
        title = f"{_count(len(mine), 'recording')} lost {'its' if len(mine) == 1 else 'their'} tool call"
        detail = "The old recording called a tool; the new one answers without."
        yield Finding("lost-tool-call", Severity.RED, "it lost its tool call", title, detail, _answer(mine[0]), mine)


def _calls(side: Side) -> int:
    return sum(len(output.tool_calls) for output in side.exchange.outputs)


_RULES: tuple[Callable[[Sequence[Change]], Iterator[Finding]], ...] = (
    _leaked,
    _errors,
    _broken,
    _unreadable,
    _lost_calls,
    _unfindable,
    _listings,
)
