"""The page of a difference: two recordings of a call, or one without a counterpart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string

from recviewer.catalog import content as catalog_content
from recviewer.catalog.content import Content
from recviewer.difference.model import Churn, Difference, Ignored, Section, SectionKind, Values
from recviewer.exchange.model import Kind, ToolCall
from recviewer.formats.decode import HEAVY_BYTES
from recviewer.pages.difference.expected import ShownExpected
from recviewer.pages.difference.left_aside import (
    OneStrip,
    finish_of,
    ignored_of,
    said_ignored,
    said_same,
    same_fold,
    strips_of,
)
from recviewer.pages.difference.one_sided import OneSided, alone_of, with_pictures
from recviewer.pages.difference.raw import RawDiff, RawQuery, raw_diff
from recviewer.pages.difference.request import RequestPart, request_part
from recviewer.pages.difference.sections import Part, part_of
from recviewer.pages.difference.text import CUT, EVERYTHING, Room
from recviewer.pages.recording.calls import call_view
from recviewer.pages.recording.parts import shown_of
from recviewer.pages.site.htmx import varied, wants_fragment
from recviewer.pages.site.numbers import whole
from recviewer.pages.templatetags.words import counted, size
from recviewer.pages.text import test_ids
from recviewer.pages.text.classes import CLASSES
from recviewer.pages.text.folds import Fold, Folds
from recviewer.pages.text.test_ids import DecodedTest
from recviewer.pages.text.texts import shortened
from recviewer.recorders.packing import stated

FIRST = 130_000
"""Budget of markup in characters for all texts of a page at first; the rest is folded and fetched when opened."""

IN_THE_REQUEST = frozenset({SectionKind.MESSAGES, SectionKind.PARAMETERS, SectionKind.TOOLS})
"""Sections that the section of the request covers, if both files are available."""


@dataclass(frozen=True, slots=True)
class ShownSide:
    """One of the two. what: its path, or a description. url: of its page, "" if there is none.

    name: the part of its path on which its reading depends (`registry.read_as`), "" if no path is known.
    """

    title: str
    what: str
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class PairFact:
    """One of the facts under the question. glyph: of the sprite, "" for none."""

    glyph: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Link:
    """Another view of the same page."""

    url: str
    words: str


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """What differs between two recordings, or all of one that stands alone.

    facts: what matters, for the head; the first is the class of the change.
    parts: what changed. request: what changed in the question. same, same_words: what did not, in full and in a line.
    ignored, ignored_words: what was not counted, likewise. strips, finish: of the answer. alone: a new or gone one.
    raw: the files line by line, instead of all these. too_much: why there is nothing else, or not even these, as
    sentences. unreadable: (side, why) of files that cannot be read. mode, view, whole: links to the other ways. folds: of
    the page. expected: what the test looks for, None where that is not known.
    """

    title: str
    test: DecodedTest | None
    old: ShownSide
    new: ShownSide
    facts: tuple[PairFact, ...]
    mode: Link
    view: Link
    whole: Link | None
    is_side_by_side: bool
    folds: Folds
    parts: tuple[Part, ...] = ()
    request: RequestPart | None = None
    same: Fold | None = None
    same_words: str = ""
    ignored: tuple[Ignored, ...] = ()
    ignored_words: str = ""
    strips: tuple[OneStrip, ...] = ()
    finish: str = ""
    alone: OneSided | None = None
    raw: RawDiff | None = None
    too_much: str = ""
    unreadable: tuple[tuple[str, str], ...] = ()
    expected: ShownExpected | None = None

    @property
    def has_answer(self) -> bool:
        """Tell whether the answer is among what changed, so that its streams are shown there."""
        return any(part.id == "answer" for part in self.parts)


def page_of(
    request: HttpRequest,
    title: str,
    old: ShownSide,
    new: ShownSide,
    found: Difference | None,
    *,
    before: bytes | None = None,
    after: bytes | None = None,
    contents: tuple[Content | None, Content | None] | None = None,
    folds_old: bool = False,
) -> DifferencePage:
    """Return the page of a difference. title: the question; before, after: the bytes of the files that exist.

    contents: their content, if known. folds_old: as in `Room`. found: None if they are too large to be compared, see
    `too_much`. For those, and for what was not read, the lines are shown. The caller answers with `fragment_of` first.
    """
    kept = _kept(request)
    folds = Folds.asked_by(request.GET.getlist("open"), kept.urlencode(), is_part=wants_fragment(request))
    is_side = request.GET.get("mode") == "side"
    is_raw = request.GET.get("view") == "raw"
    much = too_much(before, after)
    verb = "compared" if found is None or found.churn is Churn.UNREAD else "shown value by value"
    if contents is None:
        contents = (None, None) if much else (_content(before, old), _content(after, new))
    page = DifferencePage(
        title=title,
        test=_test_of(contents),
        old=old,
        new=new,
        facts=(
            *([] if found is None or (much and found.churn is Churn.UNREAD) else [_first_fact(found, contents)]),
            *([PairFact("warn", "warn", f"not {verb}")] if much or found is None else []),
        ),
        unreadable=tuple(_unreadable(contents)),
        mode=Link(_with(kept, mode=None if is_side else "side"), "one column" if is_side else "side by side"),
        view=Link(_with(kept, view=None if is_raw else "raw", all=None), "words" if is_raw else "raw JSON"),
        whole=None,
        is_side_by_side=is_side,
        folds=folds,
    )
    if is_raw or much or found is None or found.churn is Churn.UNREAD:
        raw = raw_diff(before, after, _asked(request, kept))
        return replace(page, raw=raw, too_much=_said(much, verb, before == after, raw))
    if found.churn in (Churn.NEW, Churn.GONE):
        content, side = (contents[1], new) if found.churn is Churn.NEW else (contents[0], old)
        return replace(page, alone=alone_of(content, folds, side.url) if content else None)
    return _filled(page, found, contents, kept, folds_old=folds_old)


def too_much(before: bytes | None, after: bytes | None) -> str:
    """Return a clause on why two files are not compared value by value, "" if they are. None: there is no such file."""
    held = [data for data in (before, after) if data is not None and catalog_content.is_heavy(data)]
    if not held:
        return ""
    longest = max([max(len(data), stated(data)) for data in held])
    held = [catalog_content.plain_of(data) for data in held if longest <= HEAVY_BYTES]
    if longest > HEAVY_BYTES:
        return f"a file of {size(longest)} takes too long"
    return f"a file with about {max([data.count(b',') for data in held]) + 1:,} values takes too long"


def _said(why: str, verb: str, is_same: bool, raw: RawDiff) -> str:
    """Return the text shown instead of two files' values, "" if the values are shown."""
    told = [f"Not {verb.removesuffix(' value by value')} value by value: {why}."] if why else []
    if why and verb == "compared":
        told.append("They are the same, byte for byte." if is_same else "They count as different.")
    if raw.too_much:
        told.append(f"Their lines are not shown: {raw.too_much}.")
    elif why:
        told.append("Their lines stand below.")
    return " ".join(told)


def _first_fact(found: Difference, contents: tuple[Content | None, Content | None]) -> PairFact:
    """Return the fact with the class of a change."""
    look = CLASSES[found.churn]
    return PairFact(look.glyph, look.tone, _outcome(contents) if found.churn is Churn.OUTCOME else look.words)


def _filled(
    page: DifferencePage,
    found: Difference,
    contents: tuple[Content | None, Content | None],
    kept: QueryDict,
    *,
    folds_old: bool,
) -> DifferencePage:
    before, after = contents
    has_all = "all" in kept
    folds = page.folds
    room = Room(EVERYTHING if has_all else FIRST, twice=page.is_side_by_side, everything=has_all, folds_old=folds_old)
    left_out = {SectionKind.USAGE}
    if before and after:
        left_out |= IN_THE_REQUEST
    if before and after and before.exchange.kind is after.exchange.kind is Kind.TOOL:
        left_out |= told_as_json(found)
    sections = _beside_the_request(found.sections) if before and after and not page.unreadable else found.sections
    parts = [part_of(section, folds, room) for section in sections if section.kind not in left_out]
    asked = None
    if before and after:
        paths = (_path_of(page.old), _path_of(page.new))
        # the request of an unreadable file is unknown
        asked = None if page.unreadable else request_part(found, before, after, paths, folds, room)
        parts = [_with_calls(part, before, after, folds) for part in parts]
    if found.churn is Churn.OUTCOME:
        parts.sort(key=lambda part: part.id != SectionKind.ERROR)
    if asked and asked.subs:
        parts = [part for part in parts if part.id != SectionKind.REFERENCES]
    ignored = ignored_of(found, before, after)
    is_folded = has_all or any(fold.template in CUT for fold in folds.found.values())
    return replace(
        page,
        facts=(*page.facts, *_facts_of(asked)),
        whole=Link(_with(kept, all=None if has_all else "1"), "fold what is the same" if has_all else "whole texts")
        if is_folded
        else None,
        parts=tuple(parts),
        request=asked,
        same=same_fold(found, before, after, folds),
        same_words=said_same(found),
        ignored=ignored,
        ignored_words=said_ignored(ignored),
        strips=strips_of(before, after, (page.old.url, page.new.url)),
        finish=finish_of(before.exchange, after.exchange) or "" if before and after else "",
    )


def _beside_the_request(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Return the sections without the details that the section of the request covers: its URL, its test."""
    made = []
    for section in sections:
        if section.kind is SectionKind.DETAILS:
            values = [change for item in section.items if isinstance(item, Values) for change in item.values]
            rest = tuple(change for change in values if not _is_of_request(str(change.keys[0])))
            section = replace(section, items=(Values("", rest),) if rest else ())
        if section.items:
            made.append(section)
    return tuple(made)


def _is_of_request(key: str) -> bool:
    return key in ("request", "test_id", "test file", "host") or key.startswith(("request.", "provider_metadata"))


def _outcome(contents: tuple[Content | None, Content | None]) -> str:
    """Describe what became of an answer or an error."""
    old, new = ("" if one is None else _kind_of(one) for one in contents)
    if not old or not new:
        return CLASSES[Churn.OUTCOME].words
    return f"another {new.split(' ', 1)[1]}" if old == new else f"{old} became {new}"


def _kind_of(one: Content) -> str:
    exchange = one.exchange
    if exchange.kind is Kind.UNREADABLE:
        return "an unreadable file"
    return "an error" if exchange.error else "an answer"


def _unreadable(contents: tuple[Content | None, Content | None]) -> Iterator[tuple[str, str]]:
    for title, one in zip(("old", "new"), contents, strict=True):
        if one is not None and one.exchange.kind is Kind.UNREADABLE:
            yield title, one.exchange.problems[0].what


def told_as_json(found: Difference) -> set[SectionKind]:
    """Return the sections that repeat the text of a tool: their content is in it as JSON."""
    answer = found.section(SectionKind.ANSWER)
    has_values = answer is not None and any(getattr(item, "values", ()) for item in answer.items)
    return {SectionKind.HITS, SectionKind.PASSAGES} if has_values else set()


def _with_calls(part: Part, before: Content, after: Content, folds: Folds) -> Part:
    """Add the whole calls of both sides to the changes in them."""
    if part.id != "tool-calls":
        return part
    made = []
    for title, content in (("old", before), ("new", after)):
        calls = [call for output in content.exchange.outputs for call in output.tool_calls]
        if calls:
            made.append(_calls_fold(f"all-calls-{title}", title, calls, folds))
    return replace(part, folds=(*part.folds, *made))


def _calls_fold(name: str, title: str, calls: list[ToolCall], folds: Folds) -> Fold:
    return folds.fold(
        name,
        f"{title}: {counted(len(calls), 'whole call')}",
        detail=", ".join(shortened(call.name, 60) for call in calls[:12]),
        template="folds/_items.html",
        make=lambda: shown_of(
            folds, f"{name}.calls", len(calls), lambda at: call_view(calls[at], folds, f"{name}-{at}"), "call"
        ),
        weight=sum(len(call.arguments) + 200 for call in calls),
    )


def _facts_of(asked: RequestPart | None) -> tuple[PairFact, ...]:
    if asked is None:
        return ()
    moved = [PairFact("hash", "warn", "hash moved: new file name")] if asked.has_moved else []
    return (*moved, *([PairFact("", "", "test id changed")] if asked.moved_test else []))


def fragment_of(request: HttpRequest, page: DifferencePage) -> HttpResponse | None:
    """Return the part of a page that htmx asks for, None for the whole page."""
    if not wants_fragment(request):
        return None
    names = request.GET.getlist("open")
    if page.raw is not None:
        return varied(render(request, "difference/_raw_rows.html", {"page": page}))
    if names:
        fold = page.folds.wanted(names[-1])
        url = page.new.url or page.old.url
        html = render_to_string(fold.template, {"fold": with_pictures(fold, url), "page": page.alone or page})
        return varied(HttpResponse(html.removesuffix("\n")))  # the template's final line end would count in a text
    return None


def _content(data: bytes | None, side: ShownSide) -> Content | None:
    return None if data is None else catalog_content.of_bytes(data, side.name)


def _test_of(contents: tuple[Content | None, Content | None]) -> DecodedTest | None:
    models = {one.exchange.model for one in contents if one is not None}
    for one in reversed(contents):
        if one is not None and one.exchange.test_id:
            return test_ids.decoded(one.exchange.test_id, models)
    return None


def _path_of(side: ShownSide) -> str:
    """Return the path of a side, "" for one that is named in words."""
    return side.what if side.what.endswith(".json") else ""


PASSING = ("open", "gap", "row", "line", "at")
"""URL parameters for what is open in a page, which its links do not keep."""


def _kept(request: HttpRequest) -> QueryDict:
    query = request.GET.copy()
    for name in PASSING:
        query.pop(name, None)
    return query


def _with(kept: QueryDict, **changed: str | None) -> str:
    """Return the query with some parameters changed or removed."""
    query = kept.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def _asked(request: HttpRequest, kept: QueryDict) -> RawQuery:
    return RawQuery(
        kept.urlencode(),
        is_side=kept.get("mode") == "side",
        first=whole(request.GET.get("row", "")),
        opened=frozenset([whole(one) for one in request.GET.getlist("gap")]),
        line=request.GET.get("line", ""),
        start=whole(request.GET.get("at", "")),
    )
