"""Some of the damaged cassettes of `bench/faults/cassettes.py`, which reads them in many ways; its command takes more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.processes]

SUITE = Path(__file__).parents[2] / "bench" / "faults" / "cassettes.py"


def test_damaged_cassettes_break_nothing(tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, str(SUITE), "--count", "500", "--seed", "7", "--seconds", "20"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "500 damaged cassettes, in 0 of them something was told" in done.stdout
