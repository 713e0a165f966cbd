"""A row of the list and its markup. A page has up to two hundred: a template would take six times as long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from recviewer.catalog.models import Recording
from recviewer.pages.recordings.drawings import Mini
from recviewer.pages.recordings.telling_apart import RowPlace
from recviewer.pages.templatetags.words import bare, brief, counted, icon, underscored, visible
from recviewer.pages.text.markup import filled, joined
from recviewer.pages.text.words_for import StateWord
from recviewer.review import filters as said


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One line, every cell ready to print.

    item, bytes, test_id: for the form that acts on the selected ones. found_in: of which sort the words are that a search
    found, "" for those of the answer in its column; found_side: in which of both texts, "" for none. tone: how the answer is
    written, of `exchange.text.AnswerKind`. call: the function's name where it is a call. place: among its neighbours.
    differs: what tells it from them, in one line. values: of its request, as in `RowPlace`.
    """

    recording: Recording
    item: str
    bytes: str
    test_id: str
    url: str
    asked: str
    answered: str
    found_in: str
    found_side: str
    tone: str
    call: str
    mini: Mini | None
    model: str
    model_title: str
    place: RowPlace
    differs: str
    values: str
    chunks: str
    size: str
    state: StateWord | None
    tags: Sequence[said.Label]
    more_tags: int
    subject: str
    total: int

    @property
    def alike(self) -> int:
        """How many others say the same, so that the verdict applies to them."""
        return self.total - 1


_ROW = """
{heading}<li class="row"{again} id="row-{key}">
  <label class="row-tick"><input type="checkbox" name="item" value="{item}" data-tick data-bytes="{bytes}" data-test="{test}"{total}><span class="only-read">select {asked}</span></label>
  <a class="row-link" href="{url}">
    <span class="asked"><span>{found_asked}{asked}</span>{told}</span>
    <span class="arrow" aria-hidden="true">→</span>
    <span class="answered answered-{tone}"><span class="words">{found_answered}{call}{answered}</span>{beside}{tags}{alike}</span>
    <span class="col-about"><span class="col-test" title="{name}">{differs}{values}</span><span class="col-model"{model_again} title="{model_title}"><span>{model}</span></span></span>
    <span class="col-chunks">{mini}{chunks}</span>
    <span class="col-size">{size}</span>
    <span class="col-state" data-follows="state {key}">{state}</span>
  </a>
</li>
"""  # noqa: E501 - as it is sent


def row_html(row: RecordingRow) -> SafeString:
    """Return the line of a recording."""
    found = filled('<i class="found-in">{}</i> ', row.found_in) if row.found_in else ""
    is_one = row.chunks == "1"
    return filled(
        _ROW,
        heading=_heading(row),
        again=_again(row),
        key=str(row.recording.pk),
        item=row.item,
        bytes=row.bytes,
        test=row.test_id,
        total=filled(' data-subject="{}" data-total="{}"', row.subject, str(row.total)) if row.alike else "",
        asked=row.asked,
        url=row.url,
        found_asked=found if row.found_side == "asked" else "",
        told=filled("<small>{}</small>", row.place.told) if row.place.told else "",
        tone=row.tone,
        found_answered=found if row.found_side == "answered" else "",
        call=filled("<b>{}</b>", row.call) if row.call else "",
        answered=row.answered,
        tags=_tags(row) if row.tags else "",
        alike=filled(_ALIKE, counted(row.alike, "other that says,others that say")) if row.alike else "",
        name=bare(row.recording.test_name),
        differs=row.differs,
        beside=filled('<span class="row-values">{}</span>', row.values) if row.values else "",
        values=filled('<span class="row-values">{}{}</span>', " · " if row.differs else "", row.values)
        if row.values
        else "",
        model_again=" data-again" if row.place.is_model_again else "",
        model_title=row.model_title,
        model=row.model,
        mini=_mini(row),
        chunks=filled(_CHUNKS, row.chunks, " chunk" if is_one else " chunks") if row.chunks else "",
        size=row.size,
        state=_state(row),
    )


_ALIKE = '<noscript><span class="quiet">together with {} the same</span></noscript>'
_CELL = '<rect class="mini-{}" x="{}" width="{}" height="5"></rect>'
_CHUNKS = '<span>{}<span class="phone-only">{}</span></span>'


def _heading(row: RecordingRow) -> str:
    place = row.place
    if not place.heading:
        return ""
    name = filled('<a href="{}">{}</a>', place.url, visible(place.heading)) if place.url else underscored(place.heading)
    folder = filled("<span>{}</span>", brief(place.folder)) if place.folder else ""
    return filled('<li class="rows-function"><h2>{}</h2> {}</li>\n', name, folder)


def _again(row: RecordingRow) -> str:
    if row.place.is_again:
        return " data-again"
    return filled(' data-lines="{}"', str(row.place.lines)) if row.place.lines > 1 else ""


def _tags(row: RecordingRow) -> SafeString:
    shown = joined(filled('<span class="tag" data-colour="{}">{}</span>', tag.colour, tag.name) for tag in row.tags)
    more = filled('<span class="quiet">+{}</span>', f"{row.more_tags:,}") if row.more_tags else ""
    return filled('<span class="col-tags">{}{}</span>', shown, more)


def _mini(row: RecordingRow) -> str:
    if row.mini is None:
        return ""
    cells = joined(filled(_CELL, cell.kind, cell.x, cell.width) for cell in row.mini.cells)
    return filled('<svg class="mini" width="{}" height="5" aria-hidden="true">{}</svg>', row.mini.width, cells)


def _state(row: RecordingRow) -> str:
    state = row.state
    if state is None:
        return ""
    glyph = icon(state.glyph)
    return filled('<span class="state {}" title="{}">{}{}</span>', state.tone, state.title, glyph, state.word)
