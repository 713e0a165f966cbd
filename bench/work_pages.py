"""Request pages of recviewer and of the minimal project in turn, and print the milliseconds of each as JSON.

Usage: work_pages.py review | lists | recordings COUNT. The data folder has to be indexed.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from recviewer.serving.preload import bring_in

bring_in()  # as the server does before it forks

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client, override_settings
from processes import own_mib

from recviewer.catalog.models import Recording
from recviewer.commands.start import prepare
from recviewer.review import decide, tagging
from recviewer.review.subjects import Seen

settings.REFRESH_IN_BACKGROUND = False
ROUNDS = 4
PAGE = 50

STARTPROJECT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
"""The middleware that `django-admin startproject` gives a new project."""

ours = Client(HTTP_HOST="127.0.0.1")
bare = Client(HTTP_HOST="127.0.0.1")
minimal = override_settings(ROOT_URLCONF="minimal", MIDDLEWARE=STARTPROJECT)


def took(client: Client, url: str) -> tuple[float, int]:
    """Return the milliseconds of a successful request, and the size of its answer in bytes."""
    started = time.perf_counter()
    response = client.get(url)
    size = len(b"".join(response)) if response.streaming else len(response.content)
    milliseconds = (time.perf_counter() - started) * 1000
    if response.status_code != 200:
        raise SystemExit(f"{url} answers {response.status_code}")
    return milliseconds, size


def in_turn(pairs: Sequence[tuple[str, str]], rounds: int = ROUNDS) -> dict[str, Any]:
    """Request pairs of URLs, ours and the minimal one, several times. First requests are reported separately."""
    first: list[float] = []
    again: list[float] = []
    yard: list[float] = []
    for round_ in range(rounds):
        for our_url, bare_url in pairs:
            (again if round_ else first).append(took(ours, our_url)[0])
            with minimal:
                yard.append(took(bare, bare_url)[0])
    return {"first": first, "again": again, "yardstick": yard}


def review() -> dict[str, Any]:
    """Approve a third of the recordings and tag a tenth, so that lists have verdicts and tags to look up.

    Returns the size of the database before that.
    """
    size = database_bytes()
    seen = [
        Seen(*row) for row in Recording.objects.exclude(fingerprint="").order_by("path").values_list("path", "blob")
    ]
    decide.decide(seen[::3], actor="bench", verdict="approve")
    tagging.tag(seen[::10], actor="bench", name="bench")
    return {"database_bytes": size}


def most_used(key: str, count: int) -> list[str]:
    """Return the most common values of a facet."""
    found = Recording.objects.exclude(**{key: ""}).values_list(key).annotate(n=Count("pk")).order_by("-n", key)
    return [value for value, _ in found[:count]]


def words(count: int) -> list[str]:
    """Return words that occur in the tree: the longest word of some of the requests."""
    asked = list(Recording.objects.order_by("path").values_list("asked", flat=True))
    found: dict[str, None] = {}
    for text in asked[:: max(1, len(asked) // (4 * count))]:
        letters = re.findall(r"[A-Za-z]{4,12}", text)
        if letters:
            found[max(letters, key=len).lower()] = None
    return list(found)[:count]


def lists() -> dict[str, Any]:
    """Time the list, the filtered list and the search."""
    took(ours, "/healthz")
    pages = range(1, max(2, min(31, Recording.objects.count() // PAGE)))
    filtered = [("kind", most_used("kind", 4)), ("suite", most_used("suite", 4)), ("model", most_used("model", 4))]
    one = [urlencode({key: value}) for key, values in filtered for value in values]
    two = [
        urlencode({"suite": suite, "model": model})
        for suite, model in Recording.objects.exclude(model="")
        .values_list("suite", "model")
        .annotate(n=Count("pk"))
        .order_by("-n")
        .values_list("suite", "model")[:8]
    ]
    found = words(12)
    return {
        "list": in_turn([(f"/?page={page}", f"/?page={page}") for page in pages]),
        "filtered": in_turn([(f"/?{query}", f"/?{query}") for query in one + two]),
        "reviewed": in_turn([("/?state=undecided", "/"), ("/?state=approved", "/"), ("/?tag=bench", "/")], 8),
        "search": in_turn([(f"/?q={word}", f"/search?q={word}") for word in found]),
        "words": found,
        "memory_mib": own_mib(),
    }


def database_bytes() -> int:
    """Return the size of the database file."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return settings.PLACES.database.stat().st_size


def recordings(count: int) -> dict[str, Any]:
    """Time the first view of the largest recordings, each opened once."""
    read = Recording.objects.filter(recorder__in=("", "ogx")).exclude(kind__in=("unreadable", "unknown"))
    paths = read.order_by("-size").values_list("path", "size")
    took(ours, "/healthz")
    shown, yard, sizes = [], [], []
    chosen = list(paths[: count + 1])
    for number, (path, _) in enumerate(chosen):
        url = f"/r/{quote(path)}"
        with minimal:
            bare_ms, _ = took(bare, url)
        our_ms, html = took(ours, url)
        if number:  # the first one also imports modules and compiles templates
            shown.append(our_ms)
            yard.append(bare_ms)
            sizes.append(html)
    return {"ours": shown, "yardstick": yard, "html": sizes, "bytes": [size for _, size in chosen[1:]]}


if __name__ == "__main__":
    prepare(static=True)
    work: dict[str, Callable[..., dict[str, Any]]] = {
        "review": review,
        "lists": lists,
        "recordings": lambda n: recordings(int(n)),
    }
    answer = work[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write("\n" + orjson.dumps(answer).decode() + "\n")
