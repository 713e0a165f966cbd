"""docs/hosting.md: its commands are run, in a tree of their own, and the files for hosting fit what is there."""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from recviewer.several import plan as plans
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
    assert (machine.place / "var/lib/recviewer/data").stat().st_mode & 0o777 == 0o700
    done = machine(back_up)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(machine.place / "var/lib/recviewer/data")
    done = machine(restore)
    assert done.returncode == 0, done.stderr
    assert (machine.place / "var/lib/recviewer/data/recviewer.sqlite3").is_file()


@pytest.mark.parametrize("name", ["recviewer", "recviewer-work", "recviewer@", "recviewer-work@"])
def test_units_start_what_there_is_without_rights(name):
    own = "recviewer-%i" if name.endswith("@") else "recviewer"
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string((TOP / f"deploy/{name}.service").read_text())
    service = unit["Service"]

    assert service["ExecStart"].startswith("/opt/recviewer/bin/")
    assert service["User"] == own
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == own
    assert service["EnvironmentFile"] == ("/etc/recviewer/%i.env" if name.endswith("@") else "/etc/recviewer.env")


def test_the_file_of_several_repositories_is_read_as_the_document_has_it():
    told = re.search(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)[1]

    plan = plans.of(tomllib.loads(told))

    assert [one.name for one in plan.instances] == ["rockets", "gliders"]
    assert "listed = true" in told
    assert [one.is_listed for one in plan.instances] == [False, True]


def test_the_unit_of_several_repositories_runs_them_all():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string((TOP / "deploy/recviewer-several.service").read_text())
    service = unit["Service"]

    assert service["ExecStart"] == "/opt/recviewer/bin/recviewer several run"
    assert "User" not in service, "root starts each as its account"
    assert {"CAP_SETUID", "CAP_SETGID"} <= {*service["CapabilityBoundingSet"].split()}
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")


def test_units_of_several_repositories_differ_in_names_alone():
    for name in ("recviewer", "recviewer-work"):
        one, many = ((TOP / f"deploy/{name}{end}.service").read_text().splitlines() for end in ("", "@"))
        names = ("#", "Description=", "After=", "User=", "EnvironmentFile=", "ExecStart=", "StateDirectory")
        kept = [[line for line in lines if not line.startswith(names)] for lines in (one, many)]
        assert kept[0] == kept[1]
        assert [
            line
            for line in many
            if "%i" not in line and line.startswith(("User=", "EnvironmentFile=", "StateDirectory="))
        ] == []


ASK = """
import json, sys
import django; django.setup()
from django.contrib.auth.models import User
from django.test import Client
from recviewer.catalog.models import Recording
from recviewer.pages.site import tokens
cookie, token, *addresses = json.loads(sys.argv[1])
sue, _ = User.objects.get_or_create(username="sue", is_superuser=True)
client, stranger = Client(), Client()
client.force_login(sue)
stranger.cookies["sessionid"] = cookie
asked = {one: client.get(one) for one in addresses}
print(json.dumps({
    "cookie": client.cookies["sessionid"].value,
    "token": tokens.make(sue, name="ci", scope="read", days=1),
    "recordings": list(Recording.objects.values_list("path", "blob")),
    "asked": {one: [answer.status_code, answer.content.decode()] for one, answer in asked.items()},
    "stranger": stranger.get("/").status_code,
    "script": Client(headers={"Authorization": f"Bearer {token}"}).get("/recordings.json").status_code,
}))
"""


@pytest.mark.processes
@pytest.mark.slow
def test_two_instances_know_nothing_of_each_other(tmp_path, chat):
    def instance(name, words):
        folder = tmp_path / name / "recordings"
        folder.mkdir(parents=True)
        (folder / f"{name}.json").write_text(
            json.dumps(chat(answered=words, test=f"tests/test_{name}.py::test_{name}"))
        )
        own = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")}
        own |= {"PYTHONPATH": str(TOP), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "recviewer.settings"}
        own |= {"RECVIEWER_HOSTED": "1", "RECVIEWER_TLS": "0", "RECVIEWER_ALLOWED_HOSTS": "testserver"}
        own |= {
            "RECVIEWER_SECRET_KEY": f"{name}-abcdefghijklmnop" * 5,
            "RECVIEWER_DATA": str(tmp_path / f"data-{name}"),
        }
        own |= {"RECVIEWER_RECORDINGS": str(tmp_path / name)}

        def run(*words):
            done = subprocess.run([sys.executable, *words], env=own, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout

        run("-m", "recviewer", "serve", "--prepare-only")
        return lambda *told: json.loads(run("-c", ASK, json.dumps(told)))

    rockets, gliders = instance("rockets", "countdown"), instance("gliders", "thermals")
    first = rockets("", "", "/?q=countdown", "/recordings.json?q=countdown")
    ((path, blob),) = first["recordings"]
    assert path in first["asked"]["/recordings.json?q=countdown"][1]
    told = gliders(first["cookie"], first["token"], f"/r/{path}", f"/b/{blob}", f"/b/{blob}.json", "/?q=countdown",
                   "/recordings.json?q=countdown", "/", "/tests/", "/activity/")  # fmt: skip

    assert (told["stranger"], told["script"]) == (302, 401)
    asked = told["asked"]
    assert [asked[one][0] for one in (f"/r/{path}", f"/b/{blob}", f"/b/{blob}.json")] == [404] * 3
    assert json.loads(asked["/recordings.json?q=countdown"][1])["recordings"] == []
    for one in ("/", "/tests/", "/activity/"):
        assert asked[one][0] == 200
        assert not [word for word in ("rockets", "countdown", blob) if word in asked[one][1]]


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
