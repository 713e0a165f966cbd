"""A file with many recordings: the list of them, in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from recviewer.catalog.models import File, Recording
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site.json import Json


@dataclass(frozen=True, slots=True)
class InFile:
    """The position of a recording in its file. place: from 1. url: of the file's page."""

    place: int
    count: int
    part: str
    url: str


def in_file(recording: Recording) -> InFile | None:
    """Return the position of a recording in its file, None for one with a file of its own."""
    if not recording.part or recording.file_id is None:
        return None
    count = Recording.objects.filter(file=recording.file_id).count()
    return InFile(recording.place + 1, count, recording.part, url_of(recording.file_path))


def of_file(request: HttpRequest, key: str) -> HttpResponse | None:
    """Answer with what a file contains, as JSON if `.json` follows its key; None if no file with parts has the key.

    A file with a single recording redirects to it.
    """
    file = File.objects.filter(path=key).first()
    is_json = file is None and key.endswith(".json")
    if is_json:
        file = File.objects.filter(path=key.removesuffix(".json")).first()
    if file is None:
        return None
    found = Recording.objects.filter(file=file).order_by("place").values_list(*_TOLD)
    first = list(found[:2])  # there may be very many
    if not first or not first[0][_TOLD.index("part")]:
        return None
    if is_json:
        return Json(_as_json(file, found))
    if len(first) == 1:
        return HttpResponseRedirect(url_of(first[0][0]))
    return HttpResponseRedirect(reverse("files:show", args=[key]))


_TOLD = ("path", "place", "part", "blob", "test_id")


def _as_json(file: File, found: Iterable[tuple[Any, ...]]) -> dict[str, object]:
    told = [dict(zip(("path", "index", "part", "blob", "test_id"), one, strict=True)) for one in found]
    return {"file": file.path, "blob": file.blob, "size": file.size, "recordings": told}
