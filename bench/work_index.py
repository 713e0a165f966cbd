"""Index into the data folder, then again with nothing changed; print the seconds of each."""

import json
import sys
import time

import django

django.setup()

from recviewer.catalog import indexer
from recviewer.commands.start import prepare

prepare(static=False)
started = time.perf_counter()
report = indexer.refresh()
cold = time.perf_counter() - started
again = []
for _ in range(5):
    started = time.perf_counter()
    indexer.refresh()
    again.append(time.perf_counter() - started)
json.dump(
    {
        "cold": cold,
        "unchanged": sorted(again)[2],
        "count": report.added,
        "unreadable": report.unreadable,
    },
    sys.stdout,
)
