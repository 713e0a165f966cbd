"""Some of the damaged recordings of `bench/faults/mutate.py`, which reads them in every way; its own command takes many."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.processes]

SUITE = Path(__file__).parents[1] / "bench" / "faults" / "mutate.py"


def test_damaged_recordings_break_nothing(tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, str(SUITE), "--count", "120", "--seed", "7", "--seconds", "20"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "120 damaged recordings in 1 slices, in 0 of them something was told" in done.stdout
