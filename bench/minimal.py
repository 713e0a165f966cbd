"""The yardstick for pages: what a Django project of fifty lines would show from the same database and files.

It shows the same rows, counts, words and recordings in minimal templates: no reviews, no links between pages, no cache.
"""

from __future__ import annotations

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from recviewer.catalog.models import Recording

FACETS = ("suite", "kind", "model", "outcome", "replay", "host")
_engine = Engine()
LIST = _engine.from_string(
    "<!doctype html><title>Recordings</title><h1>{{ total }} recordings</h1>"
    "{% for name, values in facets %}<h2>{{ name }}</h2><ul>"
    '{% for value in values %}<li><a href="?{{ name }}={{ value.0 }}">{{ value.0 }}</a> {{ value.1 }}</li>{% endfor %}'
    "</ul>{% endfor %}<table>{% for row in rows %}"
    '<tr><td><a href="/r/{{ row.path }}">{{ row.asked }}</a><td>{{ row.answered }}<td>{{ row.model }}'
    "<td>{{ row.test_name }}<td>{{ row.chunks }}<td>{{ row.size }}<td>{{ row.outcome }}{% endfor %}</table>"
)
SEARCH = _engine.from_string(
    "<!doctype html><title>{{ words }}</title><h1>{{ total }} found</h1><table>{% for row in rows %}"
    '<tr><td><a href="/r/{{ row.0 }}">{{ row.1 }}</a><td>{{ row.2 }}<td>{{ row.3 }}{% endfor %}</table>'
)
SHOW = _engine.from_string(
    "<!doctype html><title>{{ path }}</title><h1>{{ path }}</h1>"
    "{% for message in messages %}<h2>{{ message.role }}</h2><pre>{{ message.content }}</pre>{% endfor %}"
    "<h2>answer</h2><pre>{{ answer }}</pre>"
)


def listing(request: HttpRequest) -> HttpResponse:
    """Show 50 rows and the counts of each facet, filtered by the facets in the URL."""
    recordings = Recording.objects.filter(**{key: request.GET[key] for key in FACETS if key in request.GET})
    start = (int(request.GET.get("page", 1)) - 1) * 50
    facets = [
        (name, list(recordings.values_list(name).annotate(count=Count("pk")).order_by("-count"))) for name in FACETS
    ]
    rows = recordings.order_by("test_id", "path").only(
        "path", "asked", "answered", "model", "test_name", "chunks", "size", "outcome"
    )[start : start + 50]
    page = {"total": recordings.count(), "facets": facets, "rows": rows}
    return HttpResponse(LIST.render(Context(page)))


def search(request: HttpRequest) -> HttpResponse:
    """Show the first 50 recordings in which the words occur, with a snippet each."""
    words = request.GET["q"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_words WHERE catalog_words MATCH %s", [words])
        total = cursor.fetchone()[0]
        cursor.execute(
            "SELECT r.path, snippet(catalog_words, -1, '[', ']', '…', 18), r.model, r.outcome FROM catalog_words "
            "JOIN catalog_recording r ON r.id = catalog_words.rowid WHERE catalog_words MATCH %s "
            "ORDER BY r.test_id, r.path LIMIT 50",
            [words],
        )
        page = {"words": words, "total": total, "rows": cursor.fetchall()}
    return HttpResponse(SEARCH.render(Context(page)))


def show(request: HttpRequest, key: str) -> HttpResponse:
    """Parse a recording and join its deltas."""
    recording = Recording.objects.get(path=key)
    document = orjson.loads((settings.RECORDINGS_ROOT / recording.path).read_bytes())
    body = document["response"].get("body")
    chunks = body if isinstance(body, list) else [body]
    texts = []
    for chunk in chunks:
        data = chunk.get("__data__", chunk) if isinstance(chunk, dict) else {}
        for choice in data.get("choices") or ():
            said = choice.get("delta") or choice.get("message") or choice
            texts.append(said.get("content") or said.get("text") or "")
    messages = (document["request"].get("body") or {}).get("messages") or ()
    page = {"path": key, "messages": messages, "answer": "".join(filter(None, texts))}
    return HttpResponse(SHOW.render(Context(page)))


urlpatterns = [path("", listing), path("search", search), path("r/<path:key>", show)]
