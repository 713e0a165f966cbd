"""The command line on PostgreSQL, and the way there from SQLite."""

import json
import subprocess
import sys

import pytest

from tests.commands.test_tables import HERE, Instance

pytestmark = pytest.mark.slow

LINES = [
    {"recviewer_reviews": 1},
    {"type": "tag", "name": "Ärger", "colour": "teal", "changed": "2026-01-01T00:00:00Z"},
    {"type": "tagged", "path": "recordings/one.json", "tag": "ärger", "by": "Ana", "at": "2026-01-01T00:00:00Z"},
    {"type": "search", "name": "Größtes", "query": "size:>1k ünd", "changed": "2026-01-01T00:00:00Z"},
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


ACTS = """
import django; django.setup()
from django.contrib.auth.models import Group, Permission, User
from recviewer.catalog.models import Recording
from recviewer.review import deleting, notes
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen
ana = User.objects.create_user("ana", password="fourteen grey herons")
ana.groups.add(Group.objects.create(name="reviewers"))
ana.groups.get().permissions.add(Permission.objects.get(codename="view_decision"))
both = [Seen(one.path, one.blob) for one in Recording.objects.order_by("path")]
decide(both, actor="ana", verdict="approve")
notes.write(both[0], actor="ana", body="Why, \U0010ffff?", anchor="", thread="")
deleting.trash(both[1:], actor="ana")
"""
TELL = """
import json, django; django.setup()
from django.apps import apps
kept = [one for one in apps.get_models(include_auto_created=True) if one._meta.app_label in ("review", "auth", "pages")]
for model in kept:
    for row in model._base_manager.order_by("pk").values_list():
        print(model._meta.label, json.dumps(row, sort_keys=True, default=str))  # a server keeps no order of keys
"""
GO_ON = """
import django; django.setup()
from django.contrib.auth import authenticate
from recviewer.catalog.models import Recording
from recviewer.review import deleting, notes
from recviewer.review.models import AuditEvent, EventMember, Standing, TrashRecord
from recviewer.review.undoing import undo
ana = authenticate(username="ana", password="fourteen grey herons")
print(ana.has_perm("review.view_decision"), [one.root.body for one in notes.threads("recordings/one.json")])
deleting.restore([TrashRecord.objects.get().entry], actor="ana")
print(sorted(Recording.objects.values_list("path", flat=True)))
both = AuditEvent.objects.get(action="approve")
print(EventMember.objects.filter(event=both).count(), Standing.objects.filter(state="approved").count())
undo(actor="ana", event=both.pk)
print(Standing.objects.filter(state="approved").count())
"""


def in_process(instance, script):
    """Run a script on an instance; return the lines that it printed."""
    done = subprocess.run(
        [sys.executable, "-c", script], env=instance.environment, cwd=HERE, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_accounts_notes_trash_and_acts_on_many_move_and_can_be_gone_on_with(instance, server):
    assert instance.run("index").returncode == 0
    in_process(instance, ACTS)
    before = in_process(instance, TELL)
    instance.environment["DATABASE_URL"] = server

    assert instance.run("move-database").returncode == 0

    assert in_process(instance, TELL) == before
    kinds = {line.partition(" ")[0] for line in before}
    assert kinds >= {"auth.User", "auth.Group", "auth.User_groups", "auth.Group_permissions"}
    assert kinds >= {
        f"review.{name}" for name in ("EventMember", "EventItem", "Note", "TrashRecord", "Standing", "TagOn")
    }
    assert instance.run("index").returncode == 0
    assert in_process(instance, GO_ON) == [
        r"True ['Why, \U0010ffff?']",
        "['recordings/one.json', 'recordings/two.json']",
        "2 2",
        "0",
    ]


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
