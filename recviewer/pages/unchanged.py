"""What a difference leaves aside: what is the same, and what was not counted; each with counts, and in full when opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from recviewer.catalog.content import Content
from recviewer.changes.uncounted import harmless_in
from recviewer.difference import asked, ignored
from recviewer.difference.model import Difference, Ignored, SectionKind
from recviewer.difference.values import is_equal
from recviewer.exchange.model import Exchange, ExhibitKind, Json, Message, Output
from recviewer.pages.calls import call_view
from recviewer.pages.conversation import SIDES, Turn, calls_of, conversation_of
from recviewer.pages.exhibits import exhibits_of
from recviewer.pages.folds import Fold, Folds
from recviewer.pages.jsontext import compact
from recviewer.pages.parts import views
from recviewer.pages.strip import Strip, drawn
from recviewer.pages.templatetags.words import counted
from recviewer.pages.texts import ANSWER, Words, words

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
    """What is the same, in full. texts: (title, words). params: (name, value)."""

    texts: tuple[tuple[str, Words], ...]
    calls: tuple[Any, ...]
    parts: tuple[Any, ...]
    exhibits: tuple[Any, ...]
    turns: tuple[Turn, ...]
    tools: Fold | None
    finish: tuple[str, ...]
    params: tuple[tuple[str, str], ...]


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
    """Say what is the same in a line: `2 messages, 1 tool definition, finish`. "" where nothing is."""
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
    """Fold what is the same. Without the contents of both sides there is nothing to open."""
    if before is None or after is None:
        return None
    old, new = before.reading.exchange, after.reading.exchange
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
    return SameBody(
        texts=tuple([(name, words(folds, f"same-{at}", text, ANSWER)) for at, (name, text) in enumerate(texts)]),
        calls=tuple([call_view(call, folds, f"same-call-{at}") for at, call in enumerate(calls)]),
        parts=tuple([view for was, now in pairs if was.parts == now.parts for view in _beside_words(now, folds)]),
        exhibits=exhibits_of(new, folds)[0] if old.exhibits == new.exhibits else (),
        turns=tuple(_turns(old, new, folds)),
        tools=_tools(old, new, folds),
        finish=tuple(
            [now.finish_reason for was, now in pairs if now.finish_reason and now.finish_reason == was.finish_reason]
        ),
        params=tuple(_params(old, new)),
    )


def _beside_words(output: Output, folds: Folds) -> tuple[Any, ...]:
    return views(output.parts, folds, f"same-part-{output.index}", {})


def _finishes(old: Exchange, new: Exchange) -> tuple[str, ...]:
    pairs = zip(old.outputs, new.outputs, strict=False)
    return tuple(
        [now.finish_reason for was, now in pairs if now.finish_reason and was.finish_reason == now.finish_reason]
    )


def _turns(old: Exchange, new: Exchange, folds: Folds) -> Iterator[Turn]:
    messages = new.request.messages
    calls = calls_of(new)
    for _, place in asked.turns(old.request.messages, messages).kept:
        yield _turn(messages[place], place, folds, calls)


def _turn(message: Message, place: int, folds: Folds, calls: dict[str, Any]) -> Turn:
    anchor = f"m{place + 1}"
    side = SIDES.get(message.role, "user")
    items = views(message.parts, folds, anchor, calls)
    return Turn(anchor, place + 1, message.role or "no role", message.name, side, items)


def _tools(old: Exchange, new: Exchange, folds: Folds) -> Fold | None:
    known = old.request.tools
    kept = tuple([tool for tool in new.request.tools if any(is_equal(tool, other) for other in known)])
    bare = replace(new, request=replace(new.request, messages=(), tools=kept))
    return conversation_of(bare, folds, question_on_top=False).tools


def _params(old: Exchange, new: Exchange) -> Iterator[tuple[str, str]]:
    for name, value in new.request.params.items():
        if name in old.request.params and is_equal(value, old.request.params[name]):
            yield name, value if isinstance(value, str) else compact(value)


def ignored_of(found: Difference, before: Content | None, after: Content | None) -> tuple[Ignored, ...]:
    """Return all that differs without counting: what the list of harmless paths names, each with how often."""
    if before is None or after is None:
        return found.ignored
    rest = sorted(found.ignored, key=lambda one: one.path not in ("chunk boundaries", "usage"))
    return (*rest, *ignored.in_replies(harmless_in(before.reading), harmless_in(after.reading)))


def said_ignored(items: tuple[Ignored, ...]) -> str:
    """Say what was not counted in a line: `id ×5 · chunk boundaries 6 → 5 · usage 349 → 336 tokens`."""
    told = []
    for one in items:
        if one.path.startswith("usage."):
            continue
        name = "call id" if one.path.endswith("tool_calls[].id") else one.path.rpartition(".")[2]
        if one.path in ("chunk boundaries", "usage") and one.old and one.new:
            told.append(f"{name} {one.old.removesuffix(' tokens') if one.path == 'usage' else one.old} → {one.new}")
        else:
            told.append(f"{name} ×{one.count:,}" if one.count > 1 else name)
    return " · ".join(told)


def strips_of(before: Content | None, after: Content | None, urls: tuple[str, str]) -> tuple[OneStrip, ...]:
    """Return the streams of both sides as pictures, old above new; none where neither was streamed, or both alike."""
    found: list[OneStrip] = []
    if before and after and before.reading.exchange.runs == after.reading.exchange.runs:
        return ()
    for title, content, url in (("old", before, urls[0]), ("new", after, urls[1])):
        if content is not None and content.reading.exchange.chunks:
            strip = drawn(content).strip
            if strip is not None:
                found.append(OneStrip(title, strip, url))
    return tuple(found)


def finish_of(old: Exchange, new: Exchange) -> Json:
    """Return the one reason for which both ended, None where there is no such."""
    reasons = {output.finish_reason for exchange in (old, new) for output in exchange.outputs}
    return reasons.pop() if len(reasons) == 1 else None
