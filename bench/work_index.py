"""Index the tree, then again with nothing changed; print the seconds of each as JSON."""

import json
import os
import sys
import time

import django

django.setup()

from recviewer.catalog import indexer
from recviewer.commands.start import prepare

prepare(static=False)
started, before = time.perf_counter(), sum(os.times()[:4])
report = indexer.refresh()
cold, cpu = time.perf_counter() - started, sum(os.times()[:4]) - before
again = []
for _ in range(5):
    started = time.perf_counter()
    indexer.refresh()
    again.append(time.perf_counter() - started)
json.dump(
    {
        "cold": cold,
        "cpu": cpu,
        "unchanged": sorted(again)[2],
        "count": report.added,
        "unreadable": report.unreadable,
    },
    sys.stdout,
)
