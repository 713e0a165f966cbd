"""Print how long one process takes to read and decode every recording: the unit for the figures on indexing."""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

import orjson
from trees import tree_of, walk

root = Path(os.environ["RECVIEWER_RECORDINGS"])
paths = tree_of(root).files
started, cpu = time.perf_counter(), time.process_time()
for path in paths:
    with open(path, "rb") as file:
        data = file.read()
    with contextlib.suppress(ValueError):
        orjson.loads(data)
seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
started = time.perf_counter()
walk(root)
walked = time.perf_counter() - started
json.dump({"seconds": seconds, "cpu": cpu, "walk": walked}, sys.stdout)
