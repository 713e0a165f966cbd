"""Request each kind of page of an indexed tree, once and then repeatedly, and print the milliseconds of each.

The data folder has to be indexed. The first request is made by a process that has served another page, but has nothing
cached for this one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import django

django.setup()

import orjson
from django.conf import settings
from django.db.models import Count
from django.test import Client
from processes import own_mib
from table import p95

from recviewer.catalog.models import Recording
from recviewer.commands.start import prepare

settings.REFRESH_IN_BACKGROUND = False
AGAIN = 20
client = Client(HTTP_HOST="127.0.0.1")


def took(url: str) -> float:
    """Return the milliseconds of a successful request, including a redirect if the URL has one."""
    started = time.perf_counter()
    response = client.get(url, follow=True)
    _ = b"".join(response) if response.streaming else response.content
    milliseconds = (time.perf_counter() - started) * 1000
    if response.status_code != 200:
        raise SystemExit(f"{url} answers {response.status_code}")
    return milliseconds


def pages() -> Iterator[tuple[str, list[str]]]:
    """Yield the kinds of pages, with URLs of each."""
    last = max(1, Recording.objects.count() // 50)
    model = (
        Recording.objects.exclude(model="").values_list("model").annotate(n=Count("pk")).order_by("-n", "model")[0][0]
    )
    suite = Recording.objects.values_list("suite").annotate(n=Count("pk")).order_by("n", "suite")[0][0]
    test = Recording.objects.exclude(test_id=None).order_by("path").values_list("test_id", flat=True)[0]
    paths = list(
        Recording.objects.exclude(kind__in=("unreadable", "unknown")).order_by("blob").values_list("path")[:20]
    )
    yield "the list", ["/", "/?page=2", f"/?page={last // 2}", f"/?page={last}"]
    yield "the list by size", ["/?sort=size", "/?sort=-size"]
    yield "the list, one filter", [f"/?{urlencode({'model': model})}", f"/?{urlencode({'suite': suite})}"]
    yield "a query with OR and a negation", [f"/?{urlencode({'q': '(is:error OR finish:length) -has:tool'})}"]
    yield "a word that is rare", ["/?q=photosynthesis", "/?q=guardrail"]
    yield "a word that is common", ["/?q=what", "/?q=the"]
    yield "a phrase", [f"/?{urlencode({'q': chr(34) + 'the capital of' + chr(34)})}"]
    yield "a recording", [f"/r/{quote(path)}" for (path,) in paths]
    yield "the tests", ["/tests/", "/tests/?page=2"]
    yield "the tests, filtered", [f"/tests/?{urlencode({'q': f'model:{model}'})}"]
    yield "one test", [f"/tests/{quote(test)}"]
    yield "the smells", ["/smells/"]
    yield "the models", ["/models/"]
    yield "the queue", ["/queue/"]
    yield "the activity", ["/activity/"]


def main() -> None:
    """Request all of them."""
    prepare(static=True)
    took("/healthz")
    told = {}
    for name, urls in pages():
        first = took(urls[0])
        again = [took(urls[number % len(urls)]) for number in range(AGAIN)]
        told[name] = {"first": first, "p50": sorted(again)[len(again) // 2], "p95": p95(again)}
    sys.stdout.write("\n" + orjson.dumps({"pages": told, "memory_mib": own_mib()}).decode() + "\n")


if __name__ == "__main__":
    main()
