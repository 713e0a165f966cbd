"""Running what is measured in processes of its own: nothing is warm that would not be, and memory is its own."""

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
    """Return the environment of a recviewer that looks at one tree and keeps its data in one folder."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RECVIEWER_", "DJANGO_"))}
    return kept | {
        "RECVIEWER_RECORDINGS": str(root),
        "RECVIEWER_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "recviewer.settings",
        "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)]),
    }


@contextmanager
def database(server: str, name: str) -> Iterator[None]:
    """Have what runs meanwhile keep its index in a new database of a server; in SQLite where there is none."""
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
    """Run a command to its end and return the seconds it took. Its output goes nowhere."""
    started = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def peak_of(script: str, root: Path, data: Path) -> float:
    """Run a script and return the most memory, in MiB, that it and its children held together at one time.

    Counts what is theirs alone: not the pages of files, which the system may take back, and shared pages only once.
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
    """Return the memory of this process that is its alone, in MiB."""
    return _own_kib(os.getpid()) / 1024


def asked(script: str, root: Path, data: Path, *words: str) -> dict[str, Any]:
    """Run one of the scripts beside this file and return the JSON object it prints on its last line."""
    command = [sys.executable, str(HERE / script), *words]
    done = subprocess.run(command, env=environment(root, data), check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr[-4000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
