"""The review queue: one recording after the other, from any filter of the list, those that need it most first.

The queue lives in the address, like the list: a recording's page with `?in=<the list's address>` is an item of it.
Filters on verdicts are left out of what the queue holds, or it would shrink under the reviewer's hands.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from recviewer.catalog import freshness
from recviewer.catalog.filters import Term
from recviewer.catalog.models import Recording
from recviewer.pages.listing import ListState
from recviewer.pages.recordings import narrowed
from recviewer.pages.words_for import VERDICT_WORDS
from recviewer.review.filters import all_standings
from recviewer.review.models import State
from recviewer.review.subjects import BLOB_PREFIX

TAPE_CELLS = 400
"""Cells of the tape at the most; in longer queues a cell stands for several items."""

_NEED = {"error": 0, "unreadable": 0, "unfinished": 1, "truncated": 1, "empty": 1}
"""What comes first: recorded errors, then answers that broke off or say nothing; the rest by size."""


class Item(NamedTuple):
    """One recording of a queue. subject: what verdicts hang on."""

    path: str
    subject: str
    test_id: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the tape, as text for attributes. state: that of its items, `mixed` where they differ."""

    x: str
    width: str
    url: str
    state: str
    is_here: bool
    title: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Where a recording stands in its queue. place: from 1. after_url: where a decision leads.

    next_url, previous_url: the neighbours, decided or not. skip_url: the next one that nobody has decided and that says
    something else than this one, for they are decided together. "" for none.
    """

    address: str
    list_url: str
    summary_url: str
    place: int
    total: int
    decided: int
    tests_left: int
    next_url: str
    previous_url: str
    skip_url: str
    back_url: str
    after_url: str
    tape: tuple[Cell, ...]
    tape_each: int
    tape_width: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of a queue. counts: (state, words, how many, address of the list). first_url: of what is undecided."""

    total: int
    tests: int
    counts: tuple[tuple[str, str, int, str], ...]
    undecided: int
    first_url: str
    list_url: str
    first_of_all: str


_kept: OrderedDict[tuple[str, str], tuple[Item, ...]] = OrderedDict()
_lock = Lock()


def state_in(query: QueryDict) -> ListState:
    """Return the list that a queue walks through: without filters on verdicts, order and page."""
    state = ListState.of(query)
    terms = tuple(term for term in state.terms if term.key != "state")
    return ListState(words=state.words, terms=terms)


def items_of(state: ListState) -> tuple[Item, ...]:
    """Return the items of a queue in order of need. Kept while the catalog stays the same."""
    said = any(term.key == "tag" for term in state.terms)
    key = (freshness.generation(), state.address())
    with _lock:
        if not said and key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    rows = narrowed(state).order_by().values_list("path", "fingerprint", "blob", "test_id", "outcome", "size")
    ranked = sorted(rows, key=lambda row: (_NEED.get(row[4], 2), -row[5], row[0]))
    items = tuple([Item(row[0], row[1] or f"{BLOB_PREFIX}{row[2]}", row[3] or "") for row in ranked])
    with _lock:
        _kept[key] = items
        while len(_kept) > 12:
            _kept.popitem(last=False)
    return items


def queue_for(request: HttpRequest, recording: Recording) -> Queue | None:
    """Return where a recording stands in the queue that the address, or a form's `in`, names; None where none does.

    A recording that the filters no longer hold stands before the first.
    """
    asked = request.POST.get("in", request.GET.get("in"))
    if asked is None:
        return None
    state = state_in(QueryDict(asked.removeprefix("?")))
    items = items_of(state)
    address = state.address()
    states = all_standings()
    open_at = [at for at, item in enumerate(items) if item.subject not in states]
    here = next((at for at, item in enumerate(items) if item.path == recording.path), -1)
    summary = reverse("queue:start") + address

    def url(at: int | None) -> str:
        return item_url(items[at], address) if at is not None and 0 <= at < len(items) else ""

    subject = items[here].subject if here >= 0 else ""
    others = [at for at in open_at if items[at].subject != subject]
    skip = next((at for at in others if at > here), others[0] if others else None)
    back = next((at for at in reversed(open_at) if at < here), None)
    return Queue(
        address=address,
        list_url=reverse("recordings:listing") + address,
        summary_url=summary + ("&" if address != "?" else "") + "summary=1",
        place=here + 1,
        total=len(items),
        decided=len(items) - len(open_at),
        tests_left=len({items[at].test_id for at in open_at} - {""}),
        next_url=url(here + 1),
        previous_url=url(here - 1),
        skip_url=url(skip),
        back_url=url(back),
        after_url=url(skip) or summary,
        tape=tuple(_tape(items, states, here, address)),
        tape_each=_each(len(items)),
        tape_width=str(min(len(items), TAPE_CELLS) * 14),
    )


def item_url(item: Item, address: str) -> str:
    """Return the address of an item of a queue."""
    return f"{reverse('recording:show', args=[item.path])}?{urlencode({'in': address})}"


def _each(total: int) -> int:
    return max(1, -(-total // TAPE_CELLS))


def _tape(items: Sequence[Item], states: dict[str, str], here: int, address: str) -> Iterator[Cell]:
    """Yield the tape's cells over a width of 1,000."""
    each = _each(len(items))
    cells = -(-len(items) // each)
    step = 1000 / max(cells, 1)
    for number in range(cells):
        some = items[number * each : (number + 1) * each]
        found = {states.get(item.subject, "undecided") for item in some}
        state = found.pop() if len(found) == 1 else "mixed"
        first = number * each
        is_here = first <= here < first + each
        title = f"{first + 1}" if each == 1 else f"{first + 1}–{first + len(some)}"
        yield Cell(
            f"{number * step:.2f}",
            f"{max(step - min(1.2, step * 0.2), 0.6):.2f}",
            item_url(some[0], address),
            state,
            is_here,
            f"{title}: {VERDICT_WORDS.get(state, 'some decided')}",
        )


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the first undecided recording of a list; where there is none, sum up."""
    state = state_in(request.GET)
    items = items_of(state)
    states = all_standings()
    first = next((item for item in items if item.subject not in states), None)
    if first is not None and "summary" not in request.GET:
        return HttpResponseRedirect(item_url(first, state.address()))
    counts = Counter(states.get(item.subject, "undecided") for item in items)
    list_url = reverse("recordings:listing")
    page = Summary(
        total=len(items),
        tests=len({item.test_id for item in items} - {""}),
        counts=tuple(
            (value, VERDICT_WORDS[value], counts[value], list_url + _with_state(state, value).address())
            for value in (State.APPROVED.value, State.REJECTED.value, State.DELETE.value)
        ),
        undecided=counts["undecided"],
        first_url=item_url(first, state.address()) if first else "",
        list_url=list_url + state.address(),
        first_of_all=item_url(items[0], state.address()) if items else "",
    )
    return render(request, "queue/summary.html", {"page": page})


def _with_state(state: ListState, value: str) -> ListState:
    return replace(state, terms=(*state.terms, Term("state", value)))


urlpatterns = [path("queue/", start, name="start")]
