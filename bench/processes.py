"""Run each measurement in a separate process, so that caches are as cold, and memory is as used, as in real use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def environment(root: Path, data: Path) -> dict[str, str]:
    """Return the environment for a recviewer with this recordings root and data folder."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RECVIEWER_", "DJANGO_"))}
    return kept | {
        "RECVIEWER_RECORDINGS": str(root),
        "RECVIEWER_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "recviewer.settings",
        "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)]),
    }


@contextmanager
def database(server: str, name: str) -> Iterator[None]:
    """Create a database on a server, use it for the index, and drop it. Without a server, SQLite is used."""
    if not server:
        yield
        return
    import psycopg  # the extra `postgres`

    place = f"{server.rpartition('/')[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    os.environ["DATABASE_URL"] = place
    try:
        yield
    finally:
        del os.environ["DATABASE_URL"]
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def timed(command: list[str], env: dict[str, str]) -> float:
    """Run a command to its end and return the seconds it took. Its output is discarded."""
    started = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def peak_of(script: str, root: Path, data: Path) -> float:
    """Run a script and return the peak memory, in MiB, of it and its children together.

    Only private memory counts: not the pages of files, which the system may reclaim. Shared pages count once.
    """
    command = [sys.executable, str(HERE / script)]
    process = subprocess.Popen(
        command, env=environment(root, data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_own_kib(one) for one in (process.pid, *_children(process.pid))))
        time.sleep(0.01)
    return peak / 1024


def _children(process: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def _own_kib(process: int) -> int:
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss_Anon:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def own_mib() -> float:
    """Return the private memory of this process, in MiB."""
    return _own_kib(os.getpid()) / 1024


def asked(script: str, root: Path, data: Path, *words: str) -> dict[str, Any]:
    """Run a script of this folder and return the JSON object that it prints on its last line."""
    command = [sys.executable, str(HERE / script), *words]
    done = subprocess.run(command, env=environment(root, data), check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr[-4000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
