"""docs/hosting.md: its commands are run, in a tree of their own, and the files for hosting fit what is there."""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs.test_readme import variables_read

TOP = Path(__file__).parents[2]
DOCUMENT = (TOP / "docs" / "hosting.md").read_text()
RUN = re.findall(r"<!-- run by a test -->\n\n```sh\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture
def machine(tmp_path, chat):
    """A folder that stands for the root of a machine, and a function that runs a script of the document there."""
    project = tmp_path / "project"
    (project / "recordings").mkdir(parents=True)
    (project / "recordings" / "one.json").write_text(json.dumps(chat()))
    names = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    git = ["git", "-c", "init.defaultBranch=main", "-C", str(project)]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
        subprocess.run([*git, *words], check=True, env=os.environ | names)
    for folder in ("etc", "var/lib/recviewer", "var/backups", "opt/recviewer/bin"):
        (tmp_path / folder).mkdir(parents=True)
    command = tmp_path / "opt/recviewer/bin/recviewer"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m recviewer "$@"\n')
    command.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")}
    environment |= {"PYTHONPATH": str(TOP), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "recviewer.settings"}

    def run(script):
        script = re.sub(r"(?<![\w./])/(etc|var|opt)/", rf"{tmp_path}/\1/", script)
        script = script.replace("https://github.com/example/project", f"file://{project}")
        command = ["bash", "-euo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    run.place = tmp_path
    return run


@pytest.mark.processes
@pytest.mark.slow
def test_an_instance_comes_to_be_is_lost_and_comes_back(machine):
    start, back_up, restore = RUN

    done = machine(start)
    assert done.returncode == 0, done.stderr
    assert (machine.place / "etc/recviewer.env").stat().st_mode & 0o777 == 0o600
    done = machine(back_up)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(machine.place / "var/lib/recviewer/data")
    done = machine(restore)
    assert done.returncode == 0, done.stderr
    assert (machine.place / "var/lib/recviewer/data/recviewer.sqlite3").is_file()


@pytest.mark.parametrize("name", ["recviewer", "recviewer-work"])
def test_units_start_what_there_is_without_rights(name):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string((TOP / f"deploy/{name}.service").read_text())
    service = unit["Service"]

    assert service["ExecStart"].startswith("/opt/recviewer/bin/")
    assert service["User"] == "recviewer"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == "recviewer"


def test_containers_run_without_rights_on_a_tree_that_they_cannot_write():
    compose = yaml.safe_load((TOP / "deploy/compose.yaml").read_text())
    image = (TOP / "Containerfile").read_text()

    for name in ("web", "work"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert compose["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]
    stage = image.rpartition("\nFROM ")[2]
    assert re.search(r"^USER recviewer$", stage, re.M)
    assert stage.index("USER recviewer") < stage.index("\nCMD ")
    assert not re.search(r"SECRET|TOKEN|PASSWORD", image)


def test_what_the_image_copies_is_there():
    copied = re.findall(r"^COPY (?!--)(\S+) ", (TOP / "Containerfile").read_text(), re.M)

    assert copied == ["."]
    assert (TOP / "constraints.txt").is_file()


def test_no_variable_is_named_that_is_not_read():
    texts = [DOCUMENT, (TOP / "Containerfile").read_text(), (TOP / "deploy/compose.yaml").read_text()]
    named = {name for text in texts for name in re.findall(r"\bRECVIEWER_[A-Z_]+", text)}

    assert named
    assert named <= variables_read()
