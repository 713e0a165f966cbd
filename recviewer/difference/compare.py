"""The difference of two exchanges: its class, the changes by importance, what is equal, and what was not counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.difference import answers, asked, details, ignored, vectors
from recviewer.difference.answers import Pair, value_item
from recviewer.difference.behind_masks import behind_masks
from recviewer.difference.model import (
    Churn,
    Difference,
    Item,
    Names,
    Same,
    Section,
    SectionKind,
    VectorChange,
    Words,
    gone_first,
)
from recviewer.difference.values import changes
from recviewer.difference.words import Count, count_words
from recviewer.difference.words import similarity as words_alike
from recviewer.exchange.fingerprint import canonical, said
from recviewer.exchange.model import Exchange, Json, Kind


def compare(old: Exchange | None, new: Exchange | None) -> Difference:
    """Compare two recordings of a call. None stands for a missing recording; at least one must be there.

    The class is identical or chunking if and only if all differences are known to be harmless, otherwise the most
    important of what changed: outcome, tool call, finish, text, request, details. `compare(new, old)` gives the
    mirrored result.
    """
    if old is None or new is None:
        return _alone(old, new)
    before, after = _meaning(old), _meaning(new)
    if before.get("exhibits") != after.get("exhibits") and vectors.are_near(old, new):
        after["exhibits"] = before["exhibits"]
    churn = _churn(old, new, before, after)
    masked = behind_masks(old, new)
    if masked and churn in (Churn.IDENTICAL, Churn.CHUNKING):
        churn = Churn.DETAILS
    turns = asked.turns(old.request.messages, new.request.messages)
    is_same = churn in (Churn.IDENTICAL, Churn.CHUNKING)
    pairs = answers.paired(old, new)
    found = [] if is_same else _changed(old, new, pairs, turns)  # differences in ids only are listed as ignored
    beside = [] if is_same else [*details.items(old, new, found)]
    if masked:
        beside.append(value_item("secrets", masked))
    if beside:
        found.append(Section(SectionKind.DETAILS, tuple(beside)))
    if not is_same and not found:
        found.append(Section(SectionKind.REFERENCES, (value_item("", changes(before, after)),)))
    usage = changes(old.usage or {}, new.usage or {})
    if usage:
        found.append(Section(SectionKind.USAGE, (value_item("", usage),), is_quiet=True))
    found.sort(key=lambda section: _ORDER[section.kind])
    removed, added = _counts(found)
    return Difference(
        churn=churn,
        sections=tuple(found),
        same=tuple([same for same in _same(old, new, pairs, found, len(turns.kept)) if same.count]),
        similarity=1.0 if is_same else _similarity(old, new, pairs, found),
        removed=removed,
        added=added,
        ignored=ignored.between(old, new, before["request"], after["request"], pairs),
    )


_ORDER = {kind: place for place, kind in enumerate(SectionKind)}


def _meaning(exchange: Exchange) -> dict[str, Json]:
    """Return what counts; for unreadable recordings, the reasons."""
    meaning = said(exchange)
    if exchange.kind is Kind.UNREADABLE:
        meaning["problems"] = [[problem.where, problem.what] for problem in exchange.problems]
    return meaning


def _churn(old: Exchange, new: Exchange, before: dict[str, Json], after: dict[str, Json]) -> Churn:
    if canonical(before) == canonical(after):
        if canonical(old.place) != canonical(new.place) or not details.is_same_stream(old, new):
            return Churn.DETAILS
        return Churn.IDENTICAL if (old.chunks, old.runs) == (new.chunks, new.runs) else Churn.CHUNKING
    if _outcome(old, before) != _outcome(new, after):
        return Churn.OUTCOME
    for churn, part in ((Churn.TOOL_CALL, _called), (Churn.FINISH, _finished), (Churn.TEXT, _worded)):
        if canonical({"": part(before)}) != canonical({"": part(after)}):
            return churn
    return Churn.DETAILS if canonical(before["request"]) == canonical(after["request"]) else Churn.REQUEST


def _outcome(exchange: Exchange, meaning: dict[str, Json]) -> Json:
    error = meaning.get("error")
    return exchange.kind is Kind.UNREADABLE, error and error[:2]


def _called(meaning: dict[str, Json]) -> Json:
    calls = [
        [output[0], [call[1:] for call in output[4]], [part[2:] for part in _parts(output) if part[0] == "call"]]
        for output in meaning.get("outputs", ())
        if output[4] or len(output) > _BESIDE
    ]
    return [one for one in calls if one[1] or one[2]]


_BESIDE = 6
"""Index of the parts in the meaning of an output, where they are optional."""


def _parts(output: list[Json]) -> list[Json]:
    """Return the parts in an output's meaning."""
    parts: list[Json] = output[_BESIDE] if len(output) > _BESIDE else []
    return parts


def _finished(meaning: dict[str, Json]) -> Json:
    return [[output[0], output[5]] for output in meaning.get("outputs", ())]


def _worded(meaning: dict[str, Json]) -> Json:
    texts = [
        [output[:4], [part for part in _parts(output) if part[0] != "call"]] for output in meaning.get("outputs", ())
    ]
    error = meaning.get("error")
    return [texts, meaning.get("exhibits"), meaning.get("unread"), error and error[2], meaning.get("problems")]


def _changed(old: Exchange, new: Exchange, pairs: Sequence[Pair], turns: asked.Turns) -> list[Section]:
    told = [*answers.sections(old, new, pairs), *asked.sections(old, new), (SectionKind.MESSAGES, list(turns.items))]
    return [Section(kind, gone_first(items)) for kind, items in told if items]


_SPOKEN = (SectionKind.ANSWER, SectionKind.REASONING, SectionKind.REFUSAL, SectionKind.ERROR)


def _counts(sections: list[Section]) -> tuple[Count, Count]:
    removed = added = Count()
    for section in sections:
        if section.kind in _SPOKEN:
            for item in section.items:
                if isinstance(item, Words):
                    removed, added = removed + item.words.removed, added + item.words.added
    return removed, added


def _alone(old: Exchange | None, new: Exchange | None) -> Difference:
    exchange = new or old
    if exchange is None:
        raise ValueError("one of the two exchanges must be there")
    spoken = "".join(_spoken(exchange))
    count = Count(count_words(spoken), len(spoken))
    if new is None:
        return Difference(Churn.GONE, similarity=0.0, removed=count)
    return Difference(Churn.NEW, similarity=0.0, added=count)


def _spoken(exchange: Exchange) -> Iterator[str]:
    for output in exchange.outputs:
        yield from (output.content, output.reasoning, output.refusal)


def _same(old: Exchange, new: Exchange, pairs: Sequence[Pair], sections: list[Section], turns: int) -> Iterator[Same]:
    changed = {section.kind for section in sections}
    texts = {SectionKind.ANSWER: "content", SectionKind.REASONING: "reasoning", SectionKind.REFUSAL: "refusal"}
    for kind, name in texts.items():
        yield Same(kind, sum(getattr(was, name) == getattr(now, name) != "" for was, now in pairs))
    calls = min(sum(len(pair[side].tool_calls) for pair in pairs) for side in (0, 1))
    yield Same(SectionKind.CALLS, 0 if SectionKind.CALLS in changed else calls)
    beside = min(sum(len(pair[side].parts) for pair in pairs) for side in (0, 1)) if pairs else 0
    yield Same(SectionKind.PARTS, 0 if SectionKind.PARTS in changed else beside)
    yield Same(SectionKind.FINISH, sum(was.finish_reason == now.finish_reason != None for was, now in pairs))  # noqa: E711
    exhibits = min(len(old.exhibits), len(new.exhibits))
    shown = {SectionKind.VECTORS, SectionKind.LISTING, SectionKind.HITS, SectionKind.PASSAGES}
    yield Same(SectionKind.REPLY, 0 if changed & shown else exhibits)
    yield Same(SectionKind.MESSAGES, turns)
    params, tools = asked.same_parameters(old, new)
    yield Same(SectionKind.PARAMETERS, params)
    yield Same(SectionKind.TOOLS, tools)


def _similarity(old: Exchange, new: Exchange, pairs: Sequence[Pair], sections: list[Section]) -> float:
    """Return the similarity of two responses: the mean over their parts, weighted by length."""
    weights: list[tuple[float, float]] = []
    texts = [(was, now) for pair in pairs for was, now in _texts(*pair) if was or now]
    known = {
        (item.words.old, item.words.new): item.words.similarity
        for section in sections
        for item in section.items
        if isinstance(item, Words)
    }
    if old.error or new.error:
        texts.append((old.error.message if old.error else "", new.error.message if new.error else ""))
    for was, now in texts:
        alike = 1.0 if was == now else known.get((was, now))
        weights.append((len(was) + len(now), words_alike(was, now) if alike is None else alike))
    weights += [weight for section in sections for item in section.items for weight in _weighed(item)]
    total = sum(weight for weight, _ in weights)
    return sum(weight * alike for weight, alike in weights) / total if total else 1.0


def _texts(old: Json, new: Json) -> Iterator[tuple[str, str]]:
    yield old.content, new.content
    yield old.reasoning, new.reasoning
    yield old.refusal, new.refusal
    yield _calls_text(old), _calls_text(new)


def _calls_text(output: Json) -> str:
    return " ".join(f"{call.name} {call.arguments}" for call in output.tool_calls)


def _weighed(item: Item) -> Iterator[tuple[float, float]]:
    match item:
        case Names():
            total = item.kept + len(item.gone) + len(item.new)
            yield float(total), item.kept / total if total else 1.0
        case VectorChange():
            yield float(max(item.old_size, item.new_size)), max(0.0, item.cosine or 0.0)
        case _:
            return
