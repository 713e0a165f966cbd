"""What a difference does not show: what is the same, and what was ignored; each with counts, and completely when
opened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from recviewer.catalog.content import Content
from recviewer.changes.uncounted import harmless_in
from recviewer.difference import asked, ignored
from recviewer.difference.model import Difference, Ignored, SectionKind
from recviewer.difference.values import is_equal
from recviewer.exchange.model import Exchange, ExhibitKind, Json, Message
from recviewer.pages.recording.calls import call_view
from recviewer.pages.recording.conversation import ROLE, SIDES, Turn, calls_of, conversation_of
from recviewer.pages.recording.parts import shown_of, view_of, views
from recviewer.pages.recording.results import exhibits_of
from recviewer.pages.recording.strip import Strip, drawn
from recviewer.pages.templatetags.words import NAME, counted
from recviewer.pages.text.folds import Fold, Folds
from recviewer.pages.text.jsontext import compact
from recviewer.pages.text.texts import ANSWER, ShownText, shortened, words

COMPARED = 400
"""Maximum number of tools among which equal but differently written ones are looked for."""

IGNORED = 6
"""Kinds of ignored differences that a line names."""

_NOUNS = {
    SectionKind.MESSAGES: "message",
    SectionKind.TOOLS: "tool definition",
    SectionKind.CALLS: "tool call",
    SectionKind.PARTS: "other part",
    SectionKind.REPLY: "list",
    SectionKind.PARAMETERS: "parameter",
}
_ORDER = (
    SectionKind.ANSWER,
    SectionKind.REASONING,
    SectionKind.REFUSAL,
    SectionKind.CALLS,
    SectionKind.PARTS,
    SectionKind.REPLY,
    SectionKind.MESSAGES,
    SectionKind.TOOLS,
    SectionKind.FINISH,
    SectionKind.PARAMETERS,
)


@dataclass(frozen=True, slots=True)
class SameBody:
    """What is the same, completely. texts: (title, words). params: (name, value). Of many the first, then a fold."""

    texts: tuple[tuple[str, ShownText], ...]
    texts_more: Fold | None
    calls: tuple[Any, ...]
    parts: tuple[Any, ...]
    exhibits: tuple[Any, ...]
    exhibits_more: Fold | None
    turns: tuple[Turn, ...]
    turns_more: Fold | None
    tools: Fold | None
    finish: tuple[str, ...]
    params: tuple[tuple[str, str], ...]
    params_more: Fold | None


@dataclass(frozen=True, slots=True)
class OneStrip:
    """The stream of one side as a picture, with the same in words."""

    title: str
    strip: Strip
    url: str


_EXHIBITS = {
    ExhibitKind.TABLE: "list",
    ExhibitKind.VECTOR: "vector",
    ExhibitKind.HITS: "list of hits,lists of hits",
    ExhibitKind.PASSAGES: "set of passages,sets of passages",
}


def said_same(found: Difference, exchange: Exchange | None = None) -> str:
    """List what is the same on one line: `2 messages, 1 tool definition, finish`. "" if nothing is."""
    counts = {same.kind: same.count for same in found.same}
    exhibits = exchange.exhibits if exchange else ()
    told = []
    for kind in _ORDER:
        if counts.get(kind):
            noun = _NOUNS.get(kind, kind.value)
            if kind is SectionKind.REPLY and exhibits:
                noun = _EXHIBITS[exhibits[0].kind]
            told.append(counted(counts[kind], noun) if kind in _NOUNS or counts[kind] > 1 else noun)
    return ", ".join(told)


def same_fold(found: Difference, before: Content | None, after: Content | None, folds: Folds) -> Fold | None:
    """Fold what is the same. Without the contents of both sides it cannot be opened."""
    if before is None or after is None:
        return None
    old, new = before.exchange, after.exchange
    title = said_same(found, new)
    if not title:
        return None
    return folds.fold(
        "same",
        title,
        template="difference/_same.html",
        make=lambda: _same(old, new, folds),
        weight=len(after.data),
    )


def _same(old: Exchange, new: Exchange, folds: Folds) -> SameBody:
    pairs = list(zip(old.outputs, new.outputs, strict=False))
    texts = [
        (name, getattr(now, field))
        for was, now in pairs
        for name, field in (("answer", "content"), ("reasoning", "reasoning"), ("refusal", "refusal"))
        if getattr(now, field) and getattr(was, field) == getattr(now, field)
    ]
    calls = [call for was, now in pairs if was.tool_calls == now.tool_calls for call in now.tool_calls]
    parts = [
        (f"same-part-{now.index}.{at}", part)
        for was, now in pairs
        if was.parts == now.parts
        for at, part in enumerate(now.parts)
    ]
    shown, texts_more = folds.some(
        "same-texts",
        len(texts),
        lambda at: (texts[at][0], words(folds, f"same-{at}", texts[at][1], ANSWER)),
        "text",
        template="difference/_same_texts.html",
    )
    exhibits, exhibits_more = exhibits_of(new, folds) if old.exhibits == new.exhibits else ((), None)
    turns, turns_more = _turns(old, new, folds)
    params = list(_params(old, new))
    shown_params, params_more = folds.some(
        "same-params", len(params), lambda at: params[at], "parameter", template="difference/_same_params.html"
    )
    ends = [now.finish_reason for was, now in pairs if now.finish_reason and now.finish_reason == was.finish_reason]
    return SameBody(
        texts=shown,
        texts_more=texts_more,
        calls=shown_of(
            folds, "same-calls", len(calls), lambda at: call_view(calls[at], folds, f"same-call-{at}"), "call"
        ),
        parts=shown_of(folds, "same-parts", len(parts), lambda at: view_of(parts[at][1], folds, parts[at][0], {})),
        exhibits=exhibits,
        exhibits_more=exhibits_more,
        turns=turns,
        turns_more=turns_more,
        tools=_tools(old, new, folds),
        finish=tuple(_ends(ends)),
        params=shown_params,
        params_more=params_more,
    )


def _ends(reasons: list[str]) -> Iterator[str]:
    """Yield the finish reasons, equal ones only once if there are many."""
    if len(reasons) <= FINISHES:
        yield from reasons
        return
    for reason, count in Counter(reasons).most_common(FINISHES):
        yield f"{reason} ×{count:,}"


FINISHES = 12
"""Finish reasons that are named one by one."""


def _turns(old: Exchange, new: Exchange, folds: Folds) -> tuple[tuple[Turn, ...], Fold | None]:
    messages = new.request.messages
    calls = calls_of(new)
    kept = [place for _, place in asked.turns(old.request.messages, messages).kept]
    return folds.some(
        "same-turns",
        len(kept),
        lambda at: _turn(messages[kept[at]], kept[at], folds, calls),
        "message",
        template="folds/_turns.html",
    )


def _turn(message: Message, place: int, folds: Folds, calls: dict[str, Any]) -> Turn:
    anchor = f"m{place + 1}"
    side = SIDES.get(message.role, "user")
    items = views(message.parts, folds, anchor, calls)
    role, name = shortened(message.role or "no role", ROLE), shortened(message.name, ROLE)
    return Turn(anchor, place + 1, role, name, side, items)


def _tools(old: Exchange, new: Exchange, folds: Folds) -> Fold | None:
    known = old.request.tools
    spelled = {compact(tool) for tool in known}
    looks = len(known) <= COMPARED
    kept = tuple(
        [
            tool
            for tool in new.request.tools
            if compact(tool) in spelled or (looks and any(is_equal(tool, other) for other in known))
        ]
    )
    bare = replace(new, request=replace(new.request, messages=(), tools=kept))
    return conversation_of(bare, folds, question_on_top=False).tools


def _params(old: Exchange, new: Exchange) -> Iterator[tuple[str, str]]:
    for name, value in new.request.params.items():
        if name in old.request.params and is_equal(value, old.request.params[name]):
            yield name, value if isinstance(value, str) else compact(value, NAME)


def ignored_of(found: Difference, before: Content | None, after: Content | None) -> tuple[Ignored, ...]:
    """Return all differences that were ignored: what the list of harmless paths names, each with its count."""
    if before is None or after is None:
        return found.ignored
    rest = sorted(found.ignored, key=lambda one: one.path not in ("chunk boundaries", "usage"))
    return (*rest, *ignored.in_replies(harmless_in(before.reading), harmless_in(after.reading)))


def said_ignored(items: tuple[Ignored, ...]) -> str:
    """List what was ignored on one line: `id ×5 · chunk boundaries 6 → 5 · usage 349 → 336 tokens`."""
    told: list[str] = []
    counted_apart = [one for one in items if not one.path.startswith("usage.")]
    for one in counted_apart[:IGNORED]:
        name = "call id" if one.path.endswith("tool_calls[].id") else one.path.rpartition(".")[2]
        if one.path in ("chunk boundaries", "usage") and one.old and one.new:
            told.append(f"{name} {one.old.removesuffix(' tokens') if one.path == 'usage' else one.old} → {one.new}")
        else:
            told.append(f"{name} ×{one.count:,}" if one.count > 1 else name)
    left = len(counted_apart) - IGNORED
    return " · ".join([*told, *([f"and {left:,} more"] if left > 0 else [])])


def strips_of(before: Content | None, after: Content | None, urls: tuple[str, str]) -> tuple[OneStrip, ...]:
    """Return the streams of both sides as pictures, old above new; none if neither was streamed, or both equally."""
    found: list[OneStrip] = []
    if before and after and before.exchange.runs == after.exchange.runs:
        return ()
    for title, content, url in (("old", before, urls[0]), ("new", after, urls[1])):
        if content is not None and content.exchange.chunks:
            strip = drawn(content).strip
            if strip is not None:
                found.append(OneStrip(title, strip, url))
    return tuple(found)


def finish_of(old: Exchange, new: Exchange) -> Json:
    """Return the finish reason that both share, None if there is none."""
    reasons = {output.finish_reason for exchange in (old, new) for output in exchange.outputs}
    return reasons.pop() if len(reasons) == 1 else None
