"""An instance of before, as its database was kept, comes up under this version: nothing that was said is lost."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.processes]

TOP = Path(__file__).parents[2]
KEPT = sorted((Path(__file__).parent / "kept").glob("*.sqlite3.gz"))
"""Databases of hosted instances, by the day of the version that wrote them, with three recordings and two accounts."""

LOOK = """
import json
import django; django.setup()
from django.test import Client
from recviewer.review.models import AuditEvent
ana, stranger = Client(), Client()
signed_in = ana.post("/login/", {"username": "ana", "password": "fourteen grey herons", "next": "/"})
refused = stranger.post("/login/", {"username": "ana", "password": "another"})
moon = ana.get("/r/recordings/moon.json").content.decode()
log = ana.get("/activity/").content.decode()
approved = lambda: [one["path"] for one in ana.get("/recordings.json?state=approved").json()["recordings"]]
before = approved()
first = AuditEvent.objects.order_by("pk").first()
undone = ana.post("/do/undo", {"event": first.pk})
print(json.dumps({
    "login": [signed_in.status_code, refused.status_code],
    "note": "Is it still called?" in moon and "It is not a planet." in moon,
    "log": log.count("approved") > 0,
    "undone": [before, undone.status_code, approved()],
}))
"""


@pytest.mark.parametrize("kept", KEPT, ids=lambda one: one.name.partition(".")[0])
def test_all_that_was_said_before_is_there_after_the_upgrade(kept, tmp_path, chat):
    root, data = tmp_path / "tree", tmp_path / "data"
    (root / "recordings").mkdir(parents=True)
    data.mkdir()
    (data / "recviewer.sqlite3").write_bytes(gzip.decompress(kept.read_bytes()))
    for name in ("earth", "moon", "mars"):
        words = chat(asked=f"What is {name}?", answered=f"{name} is a body.", test=f"tests/test_{name}.py::test_{name}")
        (root / "recordings" / f"{name}.json").write_text(json.dumps(words, indent=2))
    own = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")}
    own |= {"PYTHONPATH": str(TOP), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "recviewer.settings"}
    own |= {"RECVIEWER_HOSTED": "1", "RECVIEWER_TLS": "0", "RECVIEWER_ALLOWED_HOSTS": "testserver"}
    own |= {"RECVIEWER_SECRET_KEY": "another-abcdefghijklmnop" * 5}
    own |= {"RECVIEWER_DATA": str(data), "RECVIEWER_RECORDINGS": str(root)}

    def run(*words):
        done = subprocess.run([sys.executable, *words], env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "Indexed" in run("-m", "recviewer", "serve", "--prepare-only")
    run("-m", "recviewer", "reviews", "export", str(tmp_path / "said.jsonl"))

    said = [json.loads(line) for line in (tmp_path / "said.jsonl").read_text().splitlines()[1:]]
    verdicts = [(one["path"], one["reviewer"], one["verdict"]) for one in said if one["type"] == "decision"]
    assert verdicts == [
        ("recordings/earth.json", "ana", "approve"),
        ("recordings/mars.json", "ana", "delete"),
        ("recordings/mars.json", "ana", "clear"),
        ("recordings/moon.json", "ana", "reject"),
    ]
    assert [(one["path"], one["body"]) for one in said if one["type"] == "note"] == [
        ("recordings/moon.json", "Is it still called?")
    ]
    assert [(one["path"], one["tag"]) for one in said if one["type"] == "tagged"] == [
        ("recordings/earth.json", "flaky")
    ]
    assert json.loads(run("-c", LOOK)) == {
        "login": [302, 200],
        "note": True,
        "log": True,
        "undone": [["recordings/earth.json"], 303, []],
    }
    assert list((data / "backups").glob("*")), "a copy of the database of before"
