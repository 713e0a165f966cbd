"""The command line on PostgreSQL, and the way there from SQLite."""

import json
import subprocess
import sys

import pytest

from tests.commands.test_tables import HERE, Instance

LINES = [
    {"recviewer_reviews": 1},
    {"type": "tag", "name": "Ärger", "colour": "teal", "changed": "2026-01-01T00:00:00Z"},
    {"type": "tagged", "path": "recordings/one.json", "tag": "ärger", "by": "Ana", "at": "2026-01-01T00:00:00Z"},
    *(
        {
            "type": "decision",
            "path": f"recordings/{'x' * 5_000}{n}.json",
            "fingerprint": f"1:f{n}",
            "entered": "2026-01-01T00:00:00Z",
            "reviewer": "Ana",
            "verdict": "reject",
            "note": "why \U0010ffff not",
            "test": f"tests/test_a.py::test[{'é' * 4_000}{n}]",
        }
        for n in range(40)
    ),
]


@pytest.fixture
def instance(tmp_path, chat):
    made = Instance(tmp_path)
    for name, answered in (("one", "An answer in Zürich"), ("two", "Nothing of it")):
        file = made.root / "recordings" / f"{name}.json"
        file.write_text(json.dumps(chat(answered=answered, test=f"tests/test_{name}.py::test\0{name}")))
    file = tmp_path / "reviews.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    assert made.run("reviews", "import", file).returncode == 0
    return made


def test_what_people_said_moves_to_the_server_whole_and_goes_on_there(instance, server):
    said = instance.run("reviews", "export", "-").stdout
    assert len(said.splitlines()) == len(LINES)
    before = instance.database.read_bytes()
    instance.environment["DATABASE_URL"] = server

    done = instance.run("move-database")
    assert (done.returncode, done.stderr) == (0, "")
    assert "40 review_decision" in done.stdout
    assert instance.run("reviews", "export", "-").stdout == said
    assert instance.database.read_bytes() == before

    again = instance.run("move-database")
    assert again.returncode == 2
    assert "holds something already" in again.stderr

    more = instance.root.parent / "more.jsonl"
    more.write_text(json.dumps(LINES[0]) + "\n" + json.dumps({**LINES[-1], "fingerprint": "1:more"}) + "\n")
    assert instance.run("reviews", "import", more).returncode == 0  # keys go on after those that came
    assert len(instance.run("reviews", "export", "-").stdout.splitlines()) == len(LINES) + 1


def test_nothing_moves_without_a_server_or_a_file(instance, server, tmp_path):
    assert "Set DATABASE_URL" in instance.run("move-database").stderr
    instance.environment["DATABASE_URL"] = server
    assert "There is no database" in instance.run("move-database", tmp_path / "none.sqlite3").stderr


def test_index_and_search_work_on_the_server(instance, server):
    instance.environment["DATABASE_URL"] = server

    assert "2 added" in instance.run("index").stdout
    assert "2 unchanged" in instance.run("index").stdout
    found = instance.run("search", '"answer in zurich"').stdout
    assert "recordings/one.json" in found
    assert "recordings/two.json" not in found
    assert not instance.database.exists() or instance.database.stat().st_size > 0


HOLD = """
import django, sys; django.setup()
from recviewer.catalog import engines
from django.db import connection
with engines.of("postgresql").only_one("index"):
    print("held", flush=True); sys.stdin.read()
"""


def test_one_run_of_the_index_at_a_time_whatever_host_it_is_on(instance, server):
    instance.environment["DATABASE_URL"] = server
    assert instance.run("index").returncode == 0
    other = [sys.executable, "-c", HOLD]
    with subprocess.Popen(
        other, env=instance.environment, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        done = instance.run("index")
        holder.stdin.close()
    assert (done.returncode, "an indexing run is under way" in done.stderr) == (2, True)
    assert instance.run("index").returncode == 0


def test_a_server_that_cannot_be_reached_is_said_without_its_password(instance):
    instance.environment["DATABASE_URL"] = "postgres://ana:s3cret@127.0.0.1:1/recviewer"

    done = instance.run("index")

    assert (done.returncode, "Traceback" in done.stderr, "s3cret" in done.stderr) == (2, False, False)
    assert "its server cannot be reached" in done.stderr
