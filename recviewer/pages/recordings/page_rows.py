"""The recordings of a page of the list, and its rendered rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import QuerySet

from recviewer.catalog import search
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.pages.recordings.best_match import in_order
from recviewer.pages.recordings.facets import narrowed, page_of
from recviewer.pages.recordings.list_state import BEST, BY_FILE, BY_TEST, EACH, SORTS, ListState
from recviewer.pages.recordings.questions import QuestionPage, Questions
from recviewer.pages.recordings.row_folds import ListItem, arranged, folded
from recviewer.pages.recordings.rows import printed
from recviewer.pages.recordings.telling_apart import by_file, gathered, places_of
from recviewer.review import filters as said
from recviewer.review import narrowing
from recviewer.review.subjects import subject_of

COLUMNS = (
    "id", "path", "fingerprint", "blob", "kind", "host", "model", "test_id", "test_name", "streaming", "chunks", "runs",
    "size", "indexed_at", "asked", "answered", "answer_kind", "outcome", "error_status", "replay", "replay_rule", "suite",
    "leaked", "turns", "asked_length", "request_values",
)  # fmt: skip


@prepared
def _of_ids(ids: Sequence[int]) -> QuerySet[Recording]:
    return Recording.objects.filter(pk__in=ids).only(*COLUMNS)


def rows_of(
    state: ListState,
    stable: str,
    *,
    is_last: bool,
    is_faulty: bool,
    asked: Questions | None,
    questions: QuestionPage | None,
) -> tuple[tuple[Recording, ...], tuple[ListItem, ...]]:
    """Return the recordings of the page, and its rendered rows, with further answers to a question folded.

    stable: as in `narrowed`. is_last: no page follows. asked: set if they are grouped by question, questions: those of
    such a page.
    """
    is_by_test = state.sort in BY_TEST
    order, start = SORTS[state.sort].columns, (state.page - 1) * state.per_page
    span = slice(start, start + state.per_page)
    ids: Sequence[int] | None
    if questions is not None:
        ids = [id for one in questions.questions for id in one.ids]
    elif asked is not None:
        ids = asked.ids(span.start, span.stop)
    elif state.sort == BEST and not is_faulty:
        ids = in_order(state, stable)[span]
    else:
        ids = [] if is_faulty else page_of(state, stable, order, span)
    if ids is None:
        found = tuple(narrowed(state, None, stable).only(*COLUMNS).order_by(*order)[span])
    else:
        by_id = {one.pk: one for one in _of_ids(ids)}
        found = tuple([by_id[id] for id in ids if id in by_id])
    shown = gathered(found) if is_by_test and asked is None else found
    snippets = search.snippets([one.pk for one in found], narrowing.wanted_in(state.words)) if state.words else {}
    standings = said.standings_for([subject_of(one) for one in found])
    totals = said.totals([subject_of(one) for one in found])
    tags = said.tags_for_paths([one.path for one in found])
    marked = {id for id, snippet in snippets.items() if snippet.pieces and snippet.where == "asked"}
    places = by_file(found) if state.sort == BY_FILE else places_of(shown, is_by_test=is_by_test, marked=marked)
    told = arranged(shown, places, questions, is_first=state.page == 1, is_last=is_last)
    rows = [
        printed(
            one,
            standings.get(subject_of(one)),
            tags.get(one.path, ()),
            snippets.get(one.pk),
            totals.get(subject_of(one), 1),
            place,
            state.words,
        )
        for one, place in zip(shown, told.places, strict=True)
    ]
    return found, folded(shown, told, rows, standings, lambda at, id: _alone(state, at, id))


def _alone(state: ListState, at: int, id: int) -> str:
    """Return the URL of the list with a row for each recording, at an index. id: of the recording there."""
    return f"{replace(state, sort=EACH, page=at // state.per_page + 1).address()}#row-{id}"
