"""`/models/<digits>`: how replay answers one request for a list of models, and which file contributes which model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.catalog import facets
from recviewer.catalog.model_lists import ListRequest, requests
from recviewer.catalog.state import stable_state
from recviewer.exchange.amounts import counted
from recviewer.language.tree import Term
from recviewer.pages.model_lists.listing import asked_by, lists_of, short, told
from recviewer.pages.model_lists.unions import ListUnion, UnionFile, union_of
from recviewer.pages.recordings.facets import whole_counts
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.recordings.strips import HostStrips, Strips
from recviewer.pages.site.forms import item_of, items_of
from recviewer.pages.site.htmx import varied, wants_fragment
from recviewer.pages.site.json import Json
from recviewer.pages.site.numbers import whole
from recviewer.pages.text.folds import Fold, Folds
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.replay.lists import JoinedModel, created_of, day_of

PER_PAGE = 1_000
"""Models on one page of the JSON form."""

IN_WORDS = 12
"""Maximum number of files of a model that are named; otherwise their number is given."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file. name: its digest. strip: which of its host's models it lists.

    says: what it adds, or why it is not read.
    """

    path: str
    name: str
    url: str
    models: int | None
    strip: HostStrips | None
    as_of: date | None
    says: str
    asks: str
    asks_url: str


@dataclass(frozen=True, slots=True)
class HostRows:
    """The files of a host that are read, the newest first. unlisted, parting: how many of its models are so."""

    host: str
    files: tuple[FileRow, ...]
    more: Fold | None
    count: int
    models: int
    unlisted: int
    parting: int
    has_dates: bool


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model. files: names of those that list it, or how many. asked: recordings that ask for it. fields: that differ."""

    id: str
    files: str
    hosts: str
    asked: int
    url: str
    fields: tuple[tuple[str, str], ...]
    is_listed: bool


@dataclass(frozen=True, slots=True)
class ModelListPage:
    """The page. needed: models that no newest list has and recordings ask for; spare: those that nobody asks for.

    needless: files without which the answer is the same; needless_items: all of them, for the `item` field of a form.
    """

    request: ListRequest
    short: str
    asked_by: str
    test_url: str
    endpoint: str
    union: ListUnion
    models: int
    needed_count: int
    hosts: tuple[HostRows, ...]
    left: tuple[FileRow, ...]
    left_more: Fold | None
    needed: tuple[ModelRow, ...]
    spare: tuple[ModelRow, ...]
    spare_more: Fold | None
    parting: tuple[ModelRow, ...]
    parting_more: Fold | None
    all_models: Fold | None
    needless: tuple[FileRow, ...]
    needless_more: Fold | None
    needless_size: int
    needless_items: str
    list_url: str
    hash_url: str
    json_url: str


@require_safe
def show(request: HttpRequest, digits: str) -> HttpResponse:
    """Show the answer to a request for a list."""
    asked = next((one for one in requests(stable_state()).every if one.digits == digits), None)
    if asked is None:
        raise Http404(f"No recording asks for a list of models by {digits}.")
    union = union_of(asked)
    counts = _asked_for()
    if request.path.endswith(".json"):
        return _as_json(union, counts, max(1, whole(request.GET.get("page", ""), 1)))
    names = request.GET.getlist("open")
    is_part = wants_fragment(request) and bool(names)
    page, folds = build(union, counts, Folds.asked_by(names, is_part=is_part))
    if is_part:
        fold = folds.wanted(names[-1])
        return varied(render(request, fold.template, {"fold": fold}))
    return varied(render(request, "models/one.html", {"page": page}))


def _asked_for() -> dict[str, int]:
    """Return how many recordings ask for each model."""
    stable = stable_state()
    return dict(whole_counts(facets.columns(stable), stable).by_facet["model"])


def build(union: ListUnion, counts: dict[str, int], folds: Folds) -> tuple[ModelListPage, Folds]:
    """Build the page. counts: recordings by the model that they ask for."""
    asked = union.request
    rows = [_model(union, one, counts) for one in union.models]
    asked_most = sorted(rows, key=lambda one: -one.asked)
    needed = tuple(one for one in asked_most if not one.is_listed and one.asked)
    spare = [one for one in rows if not one.is_listed and not one.asked]
    parting = [one for one in asked_most if one.fields]
    left = [_left(one) for one in union.files if one.why]
    hosts = tuple(_hosts(union, counts, folds))
    left_shown, left_more = folds.some("left", len(left), left.__getitem__, "file", template="models/_left.html")
    unneeded, unneeded_more = folds.some("spare", len(spare), spare.__getitem__, "model", template="models/_spare.html")
    apart, apart_more = folds.some("apart", len(parting), parting.__getitem__, "model", template="models/_apart.html")
    gone = [_without_strip(one) for one in union.needless]
    gone_shown, gone_more = folds.some("needless", len(gone), gone.__getitem__, "file", template="models/_left.html")
    every = None
    if rows:

        def make() -> object:
            return folds.some("models", len(rows), rows.__getitem__, "model", template="models/_models.html")

        every = folds.fold(
            "every",
            f"all {counted(len(rows), 'model')}",
            detail="with the files that bring each",
            template="models/_every.html",
            make=make,
            weight=1 << 30,
        )
    page = ModelListPage(
        request=asked,
        short=short(asked.digits),
        asked_by=asked_by(asked),
        test_url=url_of_test(asked.test_id) if asked.test_id else "",
        endpoint=asked.files[0].row.endpoint,
        union=union,
        models=len(rows),
        needed_count=len(needed),
        hosts=hosts,
        left=left_shown,
        left_more=left_more,
        needed=needed,
        spare=unneeded,
        spare_more=unneeded_more,
        parting=apart,
        parting_more=apart_more,
        all_models=every,
        needless=gone_shown,
        needless_more=gone_more,
        needless_size=sum(one.answering.row.size for one in union.needless),
        needless_items=items_of(item_of(one.list.key, one.answering.row.blob) for one in union.needless),
        list_url=lists_of(Term("kind", "models"), Term("hash", asked.digits)),
        hash_url=reverse("hashes:show", args=[asked.digits]),
        json_url=reverse("models:one", args=[asked.digits]),
    )
    return page, folds


def _name(file: UnionFile) -> str:
    """Return what distinguishes the file from others of its request: the digest of its models."""
    stem = file.answering.row.name.removesuffix(".json")
    return f"…-{stem.rpartition('-')[2]}" if "-" in stem else short(stem)


def _model(union: ListUnion, model: JoinedModel, counts: dict[str, int]) -> ModelRow:
    files = [union.files[place] for place in model.files]
    named = " ".join(map(_name, files)) if len(files) <= IN_WORDS else f"{len(files):,} files"
    return ModelRow(
        model.id,
        named,
        ", ".join(sorted({file.list.host or "no host" for file in files})),
        counts.get(model.id, 0),
        lists_of(Term("model", model.id)),
        tuple((field, _values(field, values)) for field, values in model.apart),
        model.is_listed,
    )


def _values(field: str, values: Sequence[tuple[str, int]]) -> str:
    """Return the values of a field, with the number of files for each; a time also as a day."""
    told_of = [f"{_dated(field, value)} in {times:,}" for value, times in values[:IN_WORDS]]
    more = [f"and {len(values) - IN_WORDS:,} more"] if len(values) > IN_WORDS else []
    return " · ".join(told_of + more)


def _dated(field: str, value: str) -> str:
    day = day_of(int(value)) if field == "created" and value.isdecimal() and len(value) < 13 else None
    return f"{value} ({day:%-d %b %Y})" if day else value[:200] + ("…" if len(value) > 200 else "")


def _hosts(union: ListUnion, counts: dict[str, int], folds: Folds) -> list[HostRows]:
    """Return the hosts whose lists are read, those with most models first."""
    by_host: dict[str, list[UnionFile]] = {}
    for file in union.files:
        if not file.why:
            by_host.setdefault(file.list.host, []).append(file)
    known = {model.id: model for model in union.models}
    found: list[HostRows] = []
    for host, files in by_host.items():
        files.sort(key=lambda one: (-(one.list.as_of or date.min).toordinal(), one.list.key))
        ids = {one for file in files for one in file.list.models or ()}
        told_of = {one: said for file in files for one, said in (file.list.models or {}).items()}
        ordered = sorted(ids, key=lambda one: (created_of(told_of[one]), one))
        strips = Strips([known[one] for one in ordered], counts)
        rows, more = folds.some(
            f"host{len(found)}",
            len(files),
            lambda at, files=files, strips=strips: _row(files[at], strips),  # type: ignore[misc]
            "file",
            template="models/_files.html",
        )
        found.append(
            HostRows(
                host,
                rows,
                more,
                len(files),
                len(ids),
                sum(not known[one].is_listed for one in ids),
                sum(bool(known[one].apart) for one in ids),
                any(file.list.as_of for file in files),
            )
        )
    return sorted(found, key=lambda one: (-one.models, one.host))


def _row(file: UnionFile, strips: Strips) -> FileRow:
    says = f"{file.own:,} only here" if file.own else "nothing of its own"
    strip = strips.of(file.list.models or {})
    return _file(file, strip, says)


def _left(file: UnionFile) -> FileRow:
    return _file(file, None, file.why)


def _without_strip(file: UnionFile) -> FileRow:
    return _file(file, None, f"list of {file.list.as_of:%-d %b %Y}" if file.list.as_of else "no dates")


def _file(file: UnionFile, strip: HostStrips | None, says: str) -> FileRow:
    row = file.answering.row
    asks = row.asks if file.answering.is_of_another else ""
    return FileRow(
        path=row.path,
        name=row.path if strip is None else _name(file),
        url=url_of(row.path),
        models=file.models,
        strip=strip,
        as_of=file.list.as_of,
        says=says,
        asks=short(asks),
        asks_url=reverse("models:show", args=[asks]) if asks else "",
    )


def _as_json(union: ListUnion, counts: dict[str, int], page: int) -> Json:
    start = (page - 1) * PER_PAGE
    shown = union.models[start : start + PER_PAGE]
    return Json(
        {key: value for key, value in told(union).items() if key != "list"}
        | {
            "next": f"?page={page + 1}" if start + PER_PAGE < len(union.models) else None,
            "sources": [
                {
                    "path": file.answering.row.path,
                    "host": file.list.host,
                    "is_read": not file.why,
                    "why": file.why,
                    "models": file.models,
                    "own": file.own,
                    "is_needless": any(file is one for one in union.needless),
                    "as_of": file.list.as_of,
                    "hash": file.answering.row.asks,
                }
                for file in union.files
            ],
            "union": [
                {
                    "id": one.id,
                    "files": [union.files[place].answering.row.path for place in one.files],
                    "apart": {field: dict(values) for field, values in one.apart},
                    "is_listed": one.is_listed,
                    "asked": counts.get(one.id, 0),
                }
                for one in shown
            ],
        }
    )


app_name = "models"
urlpatterns = [path("models/<slug:digits>.json", show, name="one"), path("models/<slug:digits>", show, name="show")]
