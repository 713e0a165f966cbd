"""The database of a data folder: newer than the program, older, damaged, and half migrated when killed."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.processes]

HERE = Path(__file__).parents[2]
RECORDING = "recordings/one.json"


class Instance:
    """A data folder and a tree, reached by the command line alone."""

    def __init__(self, place):
        self.root, self.data = place / "tree", place / "data"
        (self.root / "recordings").mkdir(parents=True)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")}
        self.environment |= {"RECVIEWER_DATA": str(self.data), "PYTHONPATH": str(HERE)}
        self.environment |= {"RECVIEWER_RECORDINGS": str(self.root), "DJANGO_SETTINGS_MODULE": "recviewer.settings"}

    @property
    def database(self):
        return self.data / "recviewer.sqlite3"

    @property
    def copies(self):
        return sorted((self.data / "backups").glob("*")) if (self.data / "backups").is_dir() else []

    def run(self, *words):
        command = [sys.executable, "-m", "recviewer", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, cwd=HERE, check=False)

    def sql(self, *statements):
        with closing(sqlite3.connect(self.database)) as opened:
            rows = [opened.execute(one).fetchall() for one in statements]
            opened.commit()
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return rows


@pytest.fixture
def instance(tmp_path):
    made = Instance(tmp_path)
    lines = "".join(
        f'{{"type":"decision","path":"recordings/{n}.json","fingerprint":"1:f{n}","entered":"2026-01-01T00:00:00Z",'
        f'"reviewer":"Ana","verdict":"reject","note":"{"why " * 60}"}}\n'
        for n in range(600)
    )
    (tmp_path / "r.jsonl").write_text('{"recviewer_reviews":1}\n' + lines)
    assert made.run("reviews", "import", tmp_path / "r.jsonl").returncode == 0
    made.sql()
    return made


def make_older(instance):
    """Bring the tables to what they were before acts had members."""
    assert instance.run("migrate", "review", "0003").returncode == 0


def test_a_newer_database_is_refused_with_a_sentence_and_left_as_it_was(instance):
    instance.sql("INSERT INTO django_migrations (app, name, applied) VALUES ('review', '0099_future', '2030-01-01')")
    before = instance.database.read_bytes()

    for words in (["serve", "--prepare-only"], ["index"], ["reviews", "export", "-"], ["plan"], ["search", "a"]):
        done = instance.run(*words)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), words
        assert "made by a newer recviewer" in done.stderr
        assert "review.0099_future" in done.stderr
    assert instance.database.read_bytes() == before


def test_the_admins_tables_of_a_hosted_instance_are_nothing_newer(instance):
    instance.sql("INSERT INTO django_migrations (app, name, applied) VALUES ('admin', '0001_initial', '2026-01-01')")

    assert instance.run("index").returncode == 0


def schema_of(database):
    """Return all that is said of each table but the order of its columns, each index, and how many rows there are."""
    with closing(sqlite3.connect(database)) as opened:
        made = {}
        for kind, name, sql in opened.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name != 'sqlite_sequence'"
        ):
            if kind == "table" and "VIRTUAL" not in sql:
                inner = sql[sql.index("(") + 1 : -1]
                made[name] = sorted(part.strip() for part in re.split(r", (?=\"|CONSTRAINT)", inner))
                made[name].append(opened.execute(f"SELECT count(*) FROM {name}").fetchone()[0])
            elif sql:
                made[name] = sql
        made["applied"] = sorted(opened.execute("SELECT app, name FROM django_migrations"))
        return made


def test_tables_that_are_made_at_once_are_those_that_all_changes_lead_to(tmp_path):
    at_once, by_changes = Instance(tmp_path / "a"), Instance(tmp_path / "b")
    by_changes.data.mkdir()

    assert at_once.run("index").returncode == 0
    assert by_changes.run("migrate").returncode == 0

    assert schema_of(at_once.database) == schema_of(by_changes.database)
    assert len(schema_of(at_once.database)) > 50


def test_a_copy_is_made_before_tables_change_and_three_are_kept(instance):
    assert instance.copies == []
    (instance.data / "backups").mkdir()
    for day in range(1, 5):
        (instance.data / "backups" / f"recviewer-2026010{day}T000000.sqlite3").touch()
    (instance.data / "backups" / "recviewer-20260101T000000.new").touch()
    (instance.data / "backups" / "mine.sqlite3").touch()
    make_older(instance)

    assert instance.run("index").returncode == 0

    *old, newest = [copy.name for copy in instance.copies if copy.name != "mine.sqlite3"]
    assert old == ["recviewer-20260103T000000.sqlite3", "recviewer-20260104T000000.sqlite3"]
    assert (instance.data / "backups" / "mine.sqlite3").exists()
    place = instance.data / "backups" / newest
    assert place.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(place)) as copy:
        assert copy.execute("SELECT count(*) FROM review_decision").fetchone() == (600,)
        assert copy.execute("SELECT count(*) FROM sqlite_master WHERE name='review_eventmember'").fetchone() == (0,)


def test_where_no_copy_can_be_made_nothing_is_changed(instance):
    make_older(instance)
    (instance.data / "backups").write_text("in the way")

    done = instance.run("index")

    assert done.returncode == 2
    assert "no copy of the database could be made" in done.stderr
    assert instance.sql("SELECT count(*) FROM sqlite_master WHERE name='review_eventmember'") == [[(0,)]]


def test_a_change_that_fails_leaves_all_as_it_was(instance):
    make_older(instance)
    instance.sql("CREATE TABLE review_eventmember (id integer)")

    done = instance.run("index")

    assert (done.returncode, "It is as it was" in done.stderr) == (2, True)
    assert instance.sql("SELECT count(*) FROM django_migrations WHERE name LIKE '0004%' AND app='review'") == [[(0,)]]


# Damaged


def damage(instance, spoil):
    data = bytearray(instance.database.read_bytes())
    spoil(data)
    instance.database.write_bytes(data)
    for beside in ("-wal", "-shm"):
        instance.database.with_name(instance.database.name + beside).unlink(missing_ok=True)


def pages_of(instance, table):
    with closing(sqlite3.connect(instance.database)) as opened:
        (size,) = opened.execute("PRAGMA page_size").fetchone()
        (root,) = opened.execute("SELECT rootpage FROM sqlite_master WHERE name=?", (table,)).fetchone()
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return size, root


def head(data):
    data[:100] = b"\xff" * 100


def everything(data):
    data[:] = os.urandom(len(data))


def schema(data):
    data[100:4096] = b"\xff" * 3996


@pytest.mark.parametrize("spoil", [head, everything, schema])
def test_a_file_that_is_no_database_any_more_is_a_sentence(instance, spoil):
    damage(instance, spoil)

    for words in (
        ["serve", "--prepare-only"],
        ["index"],
        ["plan"],
        ["search", "a"],
        ["reviews", "import", "/dev/null"],
    ):
        done = instance.run(*words)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), (words, done.stderr)
        assert "is damaged. Recordings and trash lie elsewhere" in done.stderr, words
    done = instance.run("reviews", "export", "-")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "Nothing can be read" in done.stderr


def test_what_can_be_read_of_a_damaged_table_is_written_and_comes_back(instance, tmp_path):
    size, root = pages_of(instance, "review_decision")
    whole = instance.run("reviews", "export", "-").stdout.splitlines()

    def leaf(data):
        """Spoil the first and the last page that hold verdicts alone."""
        start = (root - 1) * size
        cells = int.from_bytes(data[start + 3 : start + 5], "big")
        assert data[start] == 5
        for cell in (0, cells - 1):
            at = start + int.from_bytes(data[start + 12 + 2 * cell : start + 14 + 2 * cell], "big")
            child = int.from_bytes(data[at : at + 4], "big")
            data[(child - 1) * size : child * size] = b"\xff" * size

    damage(instance, leaf)
    saved = tmp_path / "saved.jsonl"

    done = instance.run("reviews", "export", saved)

    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "verdicts could not be read" in done.stderr
    lines = saved.read_text().splitlines()
    assert 500 < len(lines) < len(whole)
    assert set(lines) < set(whole)
    for beside in instance.data.glob("recviewer.sqlite3*"):
        beside.unlink()
    assert "imported" in instance.run("reviews", "import", saved).stdout.lower()
    assert instance.run("reviews", "export", "-").stdout.splitlines() == lines


def test_a_damaged_index_of_recordings_loses_no_verdict(instance, tmp_path):
    size, root = pages_of(instance, "catalog_recording")
    whole = instance.run("reviews", "export", "-").stdout

    def index(data):
        data[(root - 1) * size : root * size] = b"\xff" * size

    damage(instance, index)

    assert instance.run("serve", "--prepare-only").returncode == 2
    assert instance.run("reviews", "export", "-").stdout == whole
