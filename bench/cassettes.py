"""Measure reading and summarising a tree of cassettes, compared with the least that any reader has to do.

    python bench/cassettes.py DIR [--times N]

The least is the processor time for reading the files and parsing them, with PyYAML's C loader or orjson. It is compared
with everything that an index run does with the bytes of a file, in one process and without the database. Of N runs of
each, the fastest counts.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recviewer.settings")

import django
import orjson
import yaml

django.setup()

from recviewer.catalog import summary
from recviewer.catalog.jobs import Job
from recviewer.recorders.reading import without_collector
from recviewer.recorders.registry import claims
from recviewer.store.scan import scan


class Loader(yaml.CSafeLoader):
    """PyYAML's C loader, with the one tag of Ruby's YAML that is used for bodies."""


Loader.add_constructor("!binary", lambda loader, node: loader.construct_yaml_binary(node))


def floor(places: list[Path]) -> float:
    """Return the CPU seconds for reading and parsing the files."""
    started = time.process_time()
    for place in places:
        data, name = place.read_bytes(), place.name
        if name.endswith(".gz"):
            data, name = gzip.decompress(data), name.removesuffix(".gz")
        if name.endswith((".yaml", ".yml")):
            list(yaml.load_all(data, Loader=Loader))
        elif name.endswith((".json", ".har")):
            orjson.loads(data)
    return time.process_time() - started


def index(root: Path, jobs: list[Job]) -> float:
    """Return the CPU seconds for everything that an index run does with the bytes of the files."""
    summary._once = summary.Once(limit=4_000_000)
    started = time.process_time()
    for at in range(0, len(jobs), 64):
        summary.work(str(root), 50_000_000, jobs[at : at + 64])
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    stamps = scan(asked.tree, claims(), skip=[]).stamps
    jobs = [Job(one.key, one.raw, one.obstacle, one.size) for one in stamps]
    places = [asked.tree / one.key for one in stamps]
    index(asked.tree, jobs)  # imports all modules
    with without_collector():
        least, took = [], []
        for _ in range(asked.times):
            least.append(floor(places))
            took.append(index(asked.tree, jobs))
            gc.collect()
    one, other = min(took), min(least)
    print(f"{len(jobs)} files: {one:.2f} s, {one / other:.1f} times the {other:.2f} s for reading and loading them")


if __name__ == "__main__":
    main()
