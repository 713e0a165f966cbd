"""What `serve` serves, told by a process that prepares and stops."""

import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.processes]


@pytest.fixture
def prepared(tmp_path):
    """Return a function that runs `serve --prepare-only`, with a home of its own, and returns what it printed."""

    def run(*words, **variables):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")}
        home = {"HOME": str(tmp_path / "home"), "XDG_DATA_HOME": str(tmp_path / "home/data")}
        command = [sys.executable, "-m", "recviewer", "serve", *words, "--prepare-only"]
        environment = kept | {"DJANGO_SETTINGS_MODULE": "recviewer.settings"} | home | variables
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def work(tmp_path):
    """A work tree with one recording, and a mirror of it."""
    (tmp_path / "work/tests/recordings").mkdir(parents=True)
    (tmp_path / "work/tests/recordings/one.json").write_text("{}")
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path / "work")], check=True)
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "mirror.git")], check=True)
    return tmp_path / "work"


@pytest.mark.parametrize("how", ["option", "joined", "variable"])
def test_repository_without_directory_serves_its_work_tree(prepared, work, how):
    words = {"option": ["--repo", str(work)], "joined": [f"--repo={work}"], "variable": []}[how]
    variables = {"RECVIEWER_REPO": str(work)} if how == "variable" else {}

    done = prepared(*words, **variables)

    assert f"Recordings  {work}" in done.stdout
    assert f"Changes     {work}" in done.stdout
    assert "1 added" in done.stdout


def test_mirror_without_directory_serves_its_changes_only(prepared, work):
    done = prepared("--repo", str(work.parent / "mirror.git"))

    assert "Recordings  none: only changes are shown" in done.stdout
    assert "mirror.git (a bare repository)" in done.stdout


def test_directory_outside_any_repository_beside_a_repository(prepared, work, tmp_path):
    (tmp_path / "elsewhere").mkdir()

    done = prepared(
        str(tmp_path / "elsewhere"), "--repo", str(work), RECVIEWER_FETCH_FROM="https://me:pw@example.com/x"
    )

    assert f"Recordings  {tmp_path / 'elsewhere'}" in done.stdout
    assert f"Changes     {work}" in done.stdout
    assert "Fetches     https://example.com/x, when somebody asks" in done.stdout


def test_repository_that_is_none_is_refused(prepared, tmp_path):
    (tmp_path / "elsewhere").mkdir()

    done = prepared(str(tmp_path / "elsewhere"), "--repo", str(tmp_path))

    assert done.returncode == 2
    assert "is not a git repository" in done.stderr


@pytest.mark.parametrize("address", ["ext::sh -c id", "--upload-pack=x", "nonsense"])
def test_address_that_is_none_stops_the_start(prepared, work, address):
    done = prepared(str(work), RECVIEWER_FETCH_FROM=address)

    assert done.returncode == 2
    assert "RECVIEWER_FETCH_FROM" in done.stderr
    assert "Traceback" not in done.stderr
