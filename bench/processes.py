"""Running what is measured in processes of its own: nothing is warm that would not be, and memory is its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
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


def timed(command: list[str], env: dict[str, str]) -> float:
    """Run a command to its end and return the seconds it took. Its output goes nowhere."""
    started = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def asked(script: str, root: Path, data: Path, *words: str) -> dict[str, Any]:
    """Run one of the scripts beside this file and return the JSON object it prints on its last line."""
    command = [sys.executable, str(HERE / script), *words]
    done = subprocess.run(command, env=environment(root, data), check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr[-4000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
