"""Request the list with expensive queries, and print the cost of each in comparison with the unfiltered list.

Usage: costs.py [SECONDS [QUERY …]]. QUERY is a name from the table; without one, all queries run. The data folder
(RECVIEWER_DATA) has to be indexed. A query that takes more than SECONDS (60) of processor time is stopped as soon as
Python code runs.
"""

from __future__ import annotations

import signal
import sys
import time
from urllib.parse import urlencode

import django

django.setup()

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from recviewer.catalog.models import Recording

SENTENCE = (
    "the quick answer is that a model should return the weather in Tokyo and then call the tool again with the same "
    "arguments so that we can see what it does when you ask a user for more of it today"
)
WORDS = SENTENCE.split()

Query = list[tuple[str, str]]


def queries() -> dict[str, Query]:
    """Return the queries by name."""
    return {
        "the plain list": [],
        "one word": [("q", "weather")],
        "another word": [("q", "boiling")],
        "one letter": [("q", "a")],
        "five letters": [("q", "a b c d e")],
        "26 letters": [("q", "a b c d e f g h i j k l m n o p q r s t u v w x y z")],
        "400 times one letter": [("q", "a " * 400)],
        "400 words": [("q", " ".join(f"w{n}" for n in range(400)))],
        "a sentence of 10 words": [("q", " ".join(WORDS[:10]))],
        "a sentence of 40 words": [("q", SENTENCE)],
        "200 tags": [("tag", f"t{n}") for n in range(200)],
        "200 tags left out": [("tag", f"!t{n}") for n in range(200)],
        "200 verdicts": [("state", f"s{n}") for n in range(200)],
        "350 models": [("model", f"m{n}") for n in range(350)],
        "200 parts of a path": [("path", f"p{n}") for n in range(200)],
        "200 filters and a word": [*[("path", f"p{n}") for n in range(200)], ("q", "weather")],
        "Japanese": [("q", "天気")],
        "8,000 digits": [("q", "x " + "0" * 8_000)],
        "1,000 brackets": [("q", "test_a[ " * 1_000)],
    }


class TooLong(Exception):
    """A query took more processor time than allowed."""


def _stop(number: int, frame: object) -> None:
    raise TooLong


def main(seconds: int, names: list[str]) -> None:
    settings.REFRESH_IN_BACKGROUND = False
    signal.signal(signal.SIGVTALRM, _stop)
    client = Client(HTTP_HOST="127.0.0.1")
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": plain}}):
        client.get("/?q=warm")
        sys.stdout.write(f"{Recording.objects.count():,} recordings; milliseconds of processor time, first and again\n")
        for name, query in queries().items():
            if names and name not in names:
                continue
            costs = [_cost(client, query, seconds) for _ in range(2)]
            sys.stdout.write(f"| {name} | " + " | ".join(costs) + " |\n")
            sys.stdout.flush()


def _cost(client: Client, query: Query, seconds: int) -> str:
    started = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        status = client.get("/?" + urlencode(query), follow=True).status_code
    except TooLong:
        return f"over {seconds:,}s"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return f"{(time.process_time() - started) * 1000:,.0f}" + ("" if status == 200 else f" ({status})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60, sys.argv[2:])
