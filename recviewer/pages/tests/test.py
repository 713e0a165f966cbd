"""One test: what it asked, called, got and answered, each piece once. `/tests/<id>` and `/tests/<id>.json`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.catalog.state import current_state
from recviewer.exchange.text import line_of, words_of
from recviewer.language.tree import Term
from recviewer.pages.recording.recording import picture
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.site.forms import item_of, items_of
from recviewer.pages.site.htmx import varied, wants_fragment
from recviewer.pages.site.json import Json
from recviewer.pages.templatetags.words import counted
from recviewer.pages.tests.form import to_json
from recviewer.pages.tests.in_file import FoundBy, found_by
from recviewer.pages.tests.loading import Loaded, UnreadRow, load, test_named
from recviewer.pages.tests.looked_for import LookedForBlock, block_of, expectations, of_answers
from recviewer.pages.tests.siblings import Siblings, siblings_of
from recviewer.pages.tests.source import TestSource, source_of
from recviewer.pages.tests.turns import Teller
from recviewer.pages.text import media
from recviewer.pages.text.folds import Fold, Folds
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.pages.text.test_ids import Parameter, TestId, parameters_of, parse
from recviewer.review.filters import Stand, standings_for, totals
from recviewer.review.subjects import subject_of
from recviewer.threads.model import Answered, AskedMessage, Branch, Checks

OUTLINED = 120
"""Turns that the outline names."""


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """A line of the outline. is_head: of a branch, without a number."""

    anchor: str
    number: str
    role: str
    words: str
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class TestBar:
    """The bar at the bottom. items: the `item` field of what is undecided and on the page.

    count: how many that are; decided: how many are decided already; calls: of both. hidden: sentences on what is left
    out. alike: number of recordings elsewhere with the same meaning, to which a verdict applies too.
    """

    __test__ = False

    items: str
    count: int
    decided: int
    calls: int
    hidden: tuple[str, ...]
    alike: int
    here: str


@dataclass(frozen=True, slots=True)
class TestPage:
    """A test's page. facts: the sentence under the title, in pieces. source: None if git has none.

    list_url: of its recordings in the list. path: of the file that the page is about, "" for a test; test_url: of its
    test, "" if unknown. is_pasted: a pasted query redirected here. found_by: for a file of several, else None.
    """

    __test__ = False

    test: TestId
    url: str
    parameters: tuple[Parameter, ...]
    facts: tuple[str, ...]
    blocks: tuple[Any, ...]
    more: Fold | None
    beside: tuple[Any, ...]
    beside_more: Fold | None
    beside_count: int
    beside_words: str
    outline: tuple[OutlineLine, ...]
    outline_more: int
    siblings: Siblings | None
    source: TestSource | None
    source_fold: Fold | None
    bar: TestBar
    count: int
    size: int
    replay: tuple[tuple[str, int], ...]
    left: tuple[UnreadRow, ...]
    list_url: str
    looked_for: LookedForBlock | None = None
    path: str = ""
    test_url: str = ""
    is_pasted: bool = False
    found_by: FoundBy | None = None

    @property
    def file(self) -> str:
        """The test's file, "" if its id names none."""
        return self.test.file.removesuffix("::")


@require_safe
def show(request: HttpRequest, given: str) -> HttpResponse:
    """Show a test, or return it as JSON if `.json` follows its id."""
    test_id = test_named(given)
    if test_id is None:
        test_id = test_named(given.removesuffix(".json")) if given.endswith(".json") else None
        if test_id is None:
            raise Http404(given)
        return _as_json(test_id)
    return answer(request, load(test_id), url_of_test(test_id))


def answer(request: HttpRequest, loaded: Loaded, here: str) -> HttpResponse:
    """Answer with the page of what was loaded, with a part of it, or with a picture in it. here: its URL."""
    if "media" in request.GET:
        return _media(loaded, request.GET["media"])
    standings = standings_for([subject_of(row) for row in loaded.rows.values()])
    if wants_fragment(request) and "open" in request.GET:
        return _fold(request, loaded, standings, here)
    folds = Folds.asked_by(request.GET.getlist("open"))
    page = replace(page_of(loaded, standings, folds, here), is_pasted="pasted" in request.GET)
    return varied(render(request, "tests/test.html", {"page": page}))


def page_of(loaded: Loaded, standings: dict[str, Stand], folds: Folds, here: str) -> TestPage:
    """Build the page of a test."""
    test = parse(loaded.test_id)
    models = models_asked()
    exchanges = [one.exchange for one in loaded.threads.entries()]
    read = expectations(test)
    looked = of_answers(read, exchanges)
    teller = Teller(loaded, standings, folds, here, looked)
    blocks, more = teller.conversation()
    beside, beside_more = teller.beside()
    mentions = list(_outline(loaded))
    beside_count, beside_words = _beside(loaded)
    source = source_of(test)
    return TestPage(
        test=test,
        url=here,
        parameters=parameters_of(test, models),
        facts=tuple(_facts(loaded)),
        blocks=blocks,
        more=more,
        beside=beside,
        beside_more=beside_more,
        beside_count=beside_count,
        beside_words=beside_words,
        outline=tuple(mentions[:OUTLINED]),
        outline_more=max(0, len(mentions) - OUTLINED),
        siblings=siblings_of(test, models) if not loaded.file else None,
        looked_for=block_of(read, looked, exchanges, is_partial=bool(loaded.left)),
        source=source,
        source_fold=_source_fold(source, folds) if source else None,
        bar=_bar(loaded, teller, standings, here),
        count=loaded.count,
        size=loaded.size,
        replay=_replay(loaded),
        left=loaded.left[:50],
        list_url=reverse("recordings:listing") + ListState(terms=(_term(loaded),)).address(),
        path=loaded.file,
        found_by=found_by(loaded),
        test_url=url_of_test(loaded.test_id) if loaded.file and loaded.test_id else "",
    )


def _term(loaded: Loaded) -> Term:
    return Term("path", loaded.file) if loaded.file else Term("test", loaded.test_id)


def _source_fold(source: TestSource, folds: Folds) -> Fold:
    lines = source.text.count("\n") + 1
    return folds.text("source", "source", source.text, detail=f"lines {source.first:,} to {source.first + lines - 1:,}",
                      much=counted(lines, "line"), template="folds/_code.html")  # fmt: skip


def _beside(loaded: Loaded) -> tuple[int, str]:
    """Return the number of recordings beside the conversation, and a description."""
    texts = [len(one.entries) for one in loaded.threads.checks if not one.of]
    count = sum(texts) + sum(len(one.entries) for one in loaded.threads.rest)
    is_checks = count == sum(texts) > 0
    return count, f"{counted(count, 'check')} of {counted(len(texts), 'other text')}" if is_checks else counted(
        count, "recording"
    )


def _facts(loaded: Loaded) -> Iterator[str]:
    """Yield the sentences under the title."""
    threads = loaded.threads
    talk = [entry for one in threads.conversations for entry in one.entries()]
    older = sum(len(list(branch.entries())) for one in threads.conversations for branch in one.older)
    if talk:
        branches = sum(len(list(_leaves(one.trunk))) for one in threads.conversations)
        what = counted(len(talk) - older, "call")
        if len(threads.conversations) > 1:
            what += f" in {counted(len(threads.conversations), 'conversation')}"
        elif branches > 1:
            what += f" in {counted(branches, 'branch')}es" if branches > 1 else ""
        yield f"{what}."
    if older:
        yield f"{counted(older, 'older recording')} below, folded."
    checks = sum(len(one.entries) for one in threads.checks)
    if checks:
        own = sum(len(one.entries) for one in threads.checks if one.of)
        model = threads.checks[0].model
        yield f"{counted(checks, 'check')} of texts by {model}, {own:,} of them of this conversation."
    sent = sum(len(entry.exchange.request.messages) for entry in talk)
    shown = [
        turn
        for one in threads.conversations
        for branch in (one.trunk, *one.older)
        for turn in branch.all_turns()
        if isinstance(turn, AskedMessage)
    ]
    if talk and sent > len(shown):
        yield f"{counted(sent, 'message')} were sent; each stands here once."
    if loaded.is_one_file and len(threads.conversations) > 1:
        yield "They come in the order of the file."
    elif len(talk) > 1 and not loaded.is_one_file:
        yield "The files hold no times; the order is read from the messages."
    if not talk and not checks:
        yield f"{counted(loaded.count, 'recording')}, none of them a conversation."


def _leaves(branch: Branch) -> Iterator[Branch]:
    waiting = [branch]
    while waiting:
        one = waiting.pop()
        waiting += one.branches
        if not one.branches:
            yield one


def _outline(loaded: Loaded) -> Iterator[OutlineLine]:
    numbers: dict[str, int] = {}
    for conversation in loaded.threads.conversations:
        for entry in conversation.entries():
            numbers[entry.key] = len(numbers) + 1
    checks: dict[int, list[tuple[int, Checks]]] = {}
    for at, one in enumerate(loaded.threads.checks, 1):
        checks.setdefault(one.of, []).append((at, one))
    many = len(loaded.threads.conversations) > 1
    for number, conversation in enumerate(loaded.threads.conversations, 1):
        if many:
            yield OutlineLine(f"conversation-{number}", "", f"conversation {number}", "", is_head=True)
        waiting = [conversation.trunk]
        while waiting:
            branch = waiting.pop()
            if branch.name:
                start = f"{number}." if many else ""
                yield OutlineLine(f"branch-{start}{branch.name}", "", f"branch {branch.name}", "", is_head=True)
            for turn in branch.turns:
                yield _mention(turn, numbers)
                yield from (_checked(at, one) for at, one in checks.get(turn.place, ()))
            waiting += reversed(branch.branches)


def _mention(turn: AskedMessage | Answered, numbers: dict[str, int]) -> OutlineLine:
    if isinstance(turn, AskedMessage):
        return OutlineLine(
            f"t{turn.place}", str(turn.number), turn.message.role[:20], words_of(turn.message.parts)[:48]
        )
    calls = " ".join(f"call {numbers[entry.key]:,}" for entry in turn.entries[:1])
    return OutlineLine(f"t{turn.place}", str(turn.number), calls, line_of(turn.entries[0].exchange).answered[:48])


def _checked(at: int, checks: Checks) -> OutlineLine:
    last = checks.outcomes[-1][0]
    return OutlineLine(f"checks-{at}", "", counted(len(checks.entries), "check"), last[:40])


def _replay(loaded: Loaded) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for replay in (*[row.replay for row in loaded.rows.values()], *[one.replay for one in loaded.left]):
        counts[replay] = counts.get(replay, 0) + 1
    return tuple(sorted(counts.items(), key=lambda one: -one[1]))


def _bar(loaded: Loaded, teller: Teller, standings: dict[str, Stand], here: str) -> TestBar:
    """Return what can be decided on at once: what is undecided and on the page, outside of closed folds."""
    shown = list(dict.fromkeys(teller.shown))
    rows = teller.undecided(shown)
    told = totals(subject_of(row) for row in rows)
    own: dict[str, int] = {}
    for row in rows:
        own[subject_of(row)] = own.get(subject_of(row), 0) + 1
    hidden = loaded.count - len(shown)
    stale = sum(key in loaded.stale for key in shown)
    left_out = f"Not included: {counted(hidden, 'recording')} folded, cut or beside the conversation."
    sentences = [left_out] if hidden and shown else []
    sentences += [f"{counted(stale, 'file')} changed on disk."] if stale else []
    return TestBar(
        items=items_of(item_of(row.path, row.blob) for row in rows),
        count=len(rows),
        decided=sum(subject_of(loaded.rows[key]) in standings for key in shown),
        calls=len(shown),
        hidden=tuple(sentences),
        alike=sum(max(0, told.get(subject, 0) - count) for subject, count in own.items()),
        here=here,
    )


_models_known: tuple[str, tuple[str, ...]] = ("", ())


def models_asked() -> tuple[str, ...]:
    """Return the models of the recordings here, queried once for each state of the catalog."""
    global _models_known
    current = current_state()
    if _models_known[0] != current:
        _models_known = (current, tuple(one for one in _named_models() if one))
    return _models_known[1]


@prepared
def _named_models() -> QuerySet[Recording, str]:
    return Recording.objects.order_by().values_list("model", flat=True).distinct()


def _fold(request: HttpRequest, loaded: Loaded, standings: dict[str, Stand], here: str) -> HttpResponse:
    """Answer with the body of one fold, the last one named; the others are around it."""
    names = request.GET.getlist("open")
    folds = Folds.asked_by(names, is_part=True)
    exchanges = [one.exchange for one in loaded.threads.entries()]
    looked = of_answers(expectations(parse(loaded.test_id)), exchanges)
    teller = Teller(loaded, standings, folds, here, looked)
    teller.conversation()
    teller.beside()
    source = source_of(parse(loaded.test_id)) if names[-1].startswith("source") else None
    if source:
        _source_fold(source, folds)
    fold = folds.wanted(names[-1])
    return varied(render(request, fold.template, {"fold": fold}))


def _media(loaded: Loaded, name: str) -> HttpResponse:
    """Return a picture of a turn: `t4.0` is the first part of the message in turn 4, `t5-a0.1` a part of an answer."""
    head, _, rest = name.partition(".")
    place, _, output = head.removeprefix("t").partition("-a")
    if not place.isdecimal() or len(place) > 6 or not (output or "0").isdecimal():
        raise Http404(name)
    for conversation in loaded.threads.conversations:
        for branch in (conversation.trunk, *conversation.older):
            for turn in branch.all_turns():
                if turn.place != int(place):
                    continue
                if isinstance(turn, AskedMessage):
                    found = media.find((turn.message,), (), f"m1.{rest}")
                else:
                    outputs = turn.entries[0].exchange.outputs
                    found = media.find((), outputs, f"a{int(output or 0) + 1}.{rest}")
                if found is None:
                    raise Http404(name)
                return picture(found)
    raise Http404(name)


def _as_json(test_id: str) -> HttpResponse:
    loaded = load(test_id)
    standings = standings_for([subject_of(row) for row in loaded.rows.values()])
    states = {
        row.path: standings[subject_of(row)].state for row in loaded.rows.values() if subject_of(row) in standings
    }
    return Json(to_json(loaded, states))


app_name = "tests"
urlpatterns = [path("tests/<key:given>", show, name="show")]
