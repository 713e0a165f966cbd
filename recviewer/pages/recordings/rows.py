"""A row of the list: a recording with what was said about it, rendered."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from sys import getsizeof

from django.utils.safestring import SafeString

from recviewer.bounded.cache import Recent
from recviewer.catalog import search
from recviewer.catalog.models import Recording
from recviewer.exchange.searched import ANSWER, SORT_WORDS
from recviewer.pages.recordings.cells import LEAD, LEAD_BEHIND_WORD, hits, kind_as_model
from recviewer.pages.recordings.drawings import mini_strip
from recviewer.pages.recordings.neighbours import looked_for, url_of
from recviewer.pages.recordings.row_markup import RecordingRow, row_html
from recviewer.pages.recordings.telling_apart import RowPlace
from recviewer.pages.site.forms import item_of
from recviewer.pages.templatetags.words import bare, brief, one_line, short_name, size, visible
from recviewer.pages.text.brief_paths import brief_call
from recviewer.pages.text.test_ids import stand_in
from recviewer.pages.text.words_for import state_of
from recviewer.review import filters as said
from recviewer.review.subjects import subject_of

_printed_rows = Recent[Hashable, SafeString](4000, weigh=getsizeof, limit=3_000_000)
"""The key contains everything that the markup of a row depends on."""


def printed(
    recording: Recording,
    standing: said.Stand | None,
    tags: Sequence[said.Label],
    snippet: search.Snippet | None,
    total: int,
    place: RowPlace,
    words: str = "",
) -> SafeString:
    """Return the rendered row of a recording. total: how many recordings say the same. words: of the search."""
    find = looked_for(words) if snippet and snippet.pieces else ""

    def make() -> SafeString:
        return row_html(_row(recording, standing, tags, snippet, total, place, find))

    verdict = standing.state if standing else ""
    key = (recording.pk, recording.indexed_at, recording.replay, verdict, tuple(tags), snippet, total, place, find)
    return _printed_rows.made(key, make)


def _asked(recording: Recording) -> str:
    return brief_call(recording.asked) if recording.asked else short_name(recording.path.rpartition("/")[2])


def _row(
    recording: Recording,
    standing: said.Stand | None,
    tags: Sequence[said.Label],
    snippet: search.Snippet | None,
    total: int,
    place: RowPlace,
    find: str,
) -> RecordingRow:
    call, answered = "", recording.answered
    if recording.answer_kind == "call":
        call, _, answered = recording.answered.partition(" ")
    found = snippet.where if snippet and snippet.pieces else ""
    sort = snippet.sort if snippet and (found, snippet.sort) != ("answered", SORT_WORDS[ANSWER]) else ""
    shown = hits(snippet.pieces, lead=LEAD_BEHIND_WORD if sort else LEAD) if snippet else ""
    return RecordingRow(
        recording=recording,
        item=item_of(recording.path, recording.blob),
        bytes=str(recording.size),
        test_id=stand_in(recording.test_id or ""),
        url=url_of(recording.path) + find,
        asked=shown if found == "asked" else one_line(_asked(recording)),
        answered=shown if found == "answered" else one_line(answered),
        found_in=sort,
        found_side=found,
        tone=recording.answer_kind,
        call="" if found == "answered" else visible(call),
        mini=mini_strip(recording.runs) if recording.streaming else None,
        model=brief(recording.model) if recording.model else kind_as_model(recording.kind),
        model_title=bare(f"{bare(recording.model)} · {bare(recording.host)}".strip(" ·")),
        place=place,
        differs=brief(" · ".join(place.differs)),
        values=brief(" · ".join(place.values)),
        chunks=f"{recording.chunks:,}" if recording.streaming else "",
        size=size(recording.size),
        state=state_of(recording, standing),
        tags=tags[:2],
        more_tags=max(0, len(tags) - 2),
        subject=subject_of(recording),
        total=total,
    )
