"""The one recorder that an operator names, instead of guessing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
OURS = ("RECVIEWER_RECORDER", "DJANGO_SETTINGS_MODULE")
"""What the tests set for themselves."""


def exported(root, *words):
    known = {name: value for name, value in os.environ.items() if name not in OURS}
    made = [sys.executable, "-m", "recviewer", "export", str(root), *words]
    return subprocess.run(made, capture_output=True, text=True, env=known, check=False)


@pytest.mark.slow
def test_files_of_the_named_recorder_are_found_anywhere_and_no_others(tmp_path):
    (tmp_path / "anywhere").mkdir()
    (tmp_path / "cassettes").mkdir()
    (tmp_path / "anywhere" / "a.yaml").write_bytes((CASES / "vcrpy/test_planets.yaml").read_bytes())
    (tmp_path / "cassettes" / "b.yaml").write_bytes((CASES / "httpmock/planets.yaml").read_bytes())
    (tmp_path / "anywhere" / "c.yaml").write_text("services: {}\n")

    told = exported(tmp_path, "--recorder", "vcrpy").stdout
    guessed = exported(tmp_path).stdout

    assert told.count("anywhere/a.yaml") > 1
    assert "b.yaml" not in told
    assert "c.yaml" not in told
    assert "cassettes/b.yaml" in guessed


@pytest.mark.slow
def test_a_name_that_no_recorder_has_is_refused_with_those_that_there_are(tmp_path):
    found = exported(tmp_path, "--recorder", "vhs")

    assert found.returncode != 0
    assert "ruby-vcr" in found.stderr
    assert "Traceback" not in found.stderr
