"""A few rounds of `bench/faults/kills.py`, which kills recviewer at random moments; its own command does many."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.processes]

SUITE = Path(__file__).parents[1] / "bench" / "faults" / "kills.py"


def test_kills_at_random_moments_lose_nothing(tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, str(SUITE), "--rounds", "8"], capture_output=True, text=True, env=environment, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 things were lost" in done.stdout
