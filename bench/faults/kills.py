"""Kill recviewer at random moments, start it again, and check that nothing was lost.

    python bench/faults/kills.py [--rounds 200] [--seed 1] [--seconds 400]

In each round a process decides, writes notes, moves recordings to the trash and back, imports and writes the file of
reviews, indexes and calls git, until it is killed (SIGKILL). Sometimes the next start is killed too. After a complete start,
every recording has to be in its place or in the trash with a row, byte for byte; everything that was confirmed (verdicts,
notes, imports) has to be in the database; the database, the file of reviews and the trash have to be intact; and no
temporary files may be left. A quarter of the rounds kills a migration of the tables instead. Prints what was lost, and exits
with 1 if anything was.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[2]
RECORDINGS = 24
EVENTS, MEMBERS = 200, 100


def main() -> int:
    """Run the rounds. Returns the exit code: 1 if anything was lost, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=400, help="start no round after this time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recviewer-kills-") as folder:
        place = Path(folder)
        files = prepare(place)
        wrong, kills = rounds(place, files, asked.rounds, asked.seed, time.monotonic() + asked.seconds)
        answered = len((place / "answered").read_text().splitlines())
    for told in wrong:
        print(f"LOST {told}")
    print(f"{kills:,} kills with seed {asked.seed}, {answered:,} confirmed actions: {len(wrong):,} things were lost.")
    return 1 if wrong else 0


def prepare(place: Path) -> dict[str, bytes]:
    """Make a tree in a git repository, and set up Django for it. Returns the recordings by path."""
    root, spare = place / "tree", place / "tmp"
    (root / "recordings").mkdir(parents=True)
    spare.mkdir()
    demo = sorted((HERE / "recordings").rglob("*.json"), key=lambda file: file.stat().st_size)[:RECORDINGS]
    for number, file in enumerate(demo):
        shutil.copy(file, root / "recordings" / f"{number:02}.json")
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "all"],
    ):
        subprocess.run(["git", "-C", str(root), *words], check=True)
    for name in [name for name in os.environ if name.startswith("RECVIEWER_")]:
        del os.environ[name]
    os.environ |= {
        "RECVIEWER_RECORDINGS": str(root),
        "RECVIEWER_DATA": str(place / "data"),
        "TMPDIR": str(spare),
    }
    os.environ |= {
        "RECVIEWER_REVIEWS_FILE": str(root / "reviews.jsonl"),
        "DJANGO_SETTINGS_MODULE": "recviewer.settings",
    }
    tempfile.tempdir = None
    sys.path.insert(0, str(HERE))
    import django

    django.setup()
    for name in (
        "review.deleting",
        "review.undoing",
        "review.reviews_file.beside",
        "review.carrying",
        "catalog.provenance",
        "commands.tables",
    ):
        importlib.import_module(f"recviewer.{name}")  # imported here, so that a child is not killed during the import
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*.json"))}


def rounds(place: Path, files: dict[str, bytes], count: int, seed: int, until: float) -> tuple[list[str], int]:
    """Run a number of rounds. Returns what was lost, and how many rounds were run."""
    chance = random.Random(seed)
    wrong: list[str] = []
    number = -1
    in_child(start, seconds=None)
    for number in range(count):
        if time.monotonic() > until:
            return wrong, number
        if number % 4 == 3:
            wrong += [f"round {number}: {told}" for told in kill_migration(place, chance)]
        else:
            moment, luck = chance.uniform(0.005, 1.0), chance.randrange(2**32)
            in_child(lambda luck=luck: act(place, luck), seconds=moment)
            if chance.random() < 0.3:
                in_child(start, seconds=chance.uniform(0.001, 0.1))
            if in_child(start, seconds=None):
                wrong.append(f"round {number}: the start failed")
            if in_child(lambda: check(place, files), seconds=None):
                wrong.append(f"round {number}: see above")
        if wrong:
            break  # later rounds would report it again
    return wrong, number + 1


def in_child(work: Callable[[], object], *, seconds: float | None) -> int:
    """Run something in a separate process, killed after a number of seconds or never (None). Returns the exit code."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def start() -> None:
    """Do everything that a start does before pages are served."""
    from recviewer.commands.start import bring_up

    bring_up(lambda _: None, lambda _: None)


def act(place: Path, luck: int) -> None:
    """Do one action after the other, and log each confirmed one, with what identifies it in the database."""
    from django.db import DatabaseError

    from recviewer.git.repository import GitFailed
    from recviewer.review.refusals import Refused
    from recviewer.store.refusals import Refusal

    chance = random.Random(luck)
    answered = os.open(place / "answered", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number = 0
    while True:
        number += 1
        token = f"{luck:08x}-{number}"
        with suppress(Refused, Refusal, GitFailed):
            try:
                told = chance.choice(ACTS)(chance, token)
            except DatabaseError:
                traceback.print_exc()
                raise
            os.write(answered, f"{told or 'act'} {token}\n".encode())


def _seen(chance: random.Random, many: int) -> list[Any]:
    from recviewer.catalog.models import Recording
    from recviewer.review.refusals import Invalid
    from recviewer.review.subjects import Seen

    rows = list(Recording.objects.order_by("path"))
    if not rows:
        raise Invalid("All of it is in the trash.")
    return [Seen(row.path, row.blob) for row in chance.sample(rows, min(many, len(rows)))]


def decide(chance: random.Random, token: str) -> str:
    from recviewer.review.decide import decide

    decide(
        _seen(chance, 1),
        actor="Ana",
        verdict=chance.choice(["approve", "reject", "delete"]),
        note=token,
    )
    return "verdict"


def decide_many(chance: random.Random, token: str) -> str:
    from recviewer.review.decide import decide

    decide(_seen(chance, RECORDINGS), actor="Ben", verdict="reject", note=token)
    return "verdict"


def note(chance: random.Random, token: str) -> str:
    from recviewer.review import notes

    notes.write(_seen(chance, 1)[0], actor="Ana", body=token)
    return "note"


def trash(chance: random.Random, token: str) -> str:
    from recviewer.review import deleting

    deleting.trash(_seen(chance, chance.choice([1, 1, 3, 8])), actor="Ana")
    return ""


def restore(chance: random.Random, token: str) -> str:
    from recviewer.review import deleting
    from recviewer.review.models import TrashRecord

    held = list(TrashRecord.objects.filter(restored_at=None, discarded_at=None).values_list("entry", flat=True))
    deleting.restore(chance.sample(held, min(len(held), 5)), actor="Ana")
    return ""


def undo(chance: random.Random, token: str) -> str:
    from recviewer.review.models import AuditEvent
    from recviewer.review.undoing import undo

    last = AuditEvent.objects.filter(actor="Ana").order_by("-pk").first()
    if last is not None and last.action in ("trash", "restore"):
        undo(actor="Ana")
    return ""


def import_reviews(chance: random.Random, token: str) -> str:
    from recviewer.review.reviews_file import merging

    line = {
        "type": "decision",
        "path": "recordings/x.json",
        "fingerprint": f"1:{token}",
        "reviewer": "Cleo",
    }
    line |= {
        "entered": datetime.now(UTC).isoformat(),
        "verdict": "reject",
        "note": token,
    }
    merging.bring_in(b'{"recviewer_reviews":1}\n' + json.dumps(line).encode(), actor="Cleo")
    return "verdict"


def write_reviews(chance: random.Random, token: str) -> str:
    from recviewer.review.reviews_file import beside

    beside.write_file()
    return ""


def index(chance: random.Random, token: str) -> str:
    from recviewer.catalog import indexer, provenance

    indexer.refresh(full=True, processes=1)
    provenance.refresh(catalog_changed=True)
    return ""


ACTS = [
    decide,
    decide,
    decide_many,
    note,
    trash,
    trash,
    restore,
    undo,
    import_reviews,
    write_reviews,
    index,
]


def check(place: Path, files: dict[str, bytes]) -> None:
    """Raise AssertionError with whatever is wrong after a complete start."""
    from django.db import connection

    from recviewer.review.models import Decision, Note, TrashRecord
    from recviewer.review.reviews_file import beside, lines
    from recviewer.review.trash_notes import trash_folder

    held = {row.path: row.entry for row in TrashRecord.objects.filter(restored_at=None, discarded_at=None)}
    for path, data in files.items():
        there = place / "tree" / path
        if there.exists():
            assert there.read_bytes() == data, f"{path} has other bytes"
            assert path not in held, f"{path} is in its place, and held by the trash too"
        else:
            assert path in held, f"{path} is neither in its place nor in the trash"
            assert trash_folder().read(held[path]) == data, f"{path} has other bytes in the trash"
    notes = set(Note.objects.values_list("body", flat=True))
    verdicts = set(Decision.objects.values_list("note", flat=True))
    told = (place / "answered").read_text().splitlines() if (place / "answered").exists() else []
    for kind, token in (line.split() for line in told):
        assert kind == "act" or token in (notes if kind == "note" else verdicts), (
            f"the {kind} {token} was answered, and is not stored"
        )
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    file = beside.reviews_file()
    if file is not None and file.exists():
        assert lines.read(file.read_bytes()).bad == []
    left = [name for name in os.listdir(place / "tmp") if name.startswith("recviewer-")]
    left += [str(found) for found in (place / "tree").rglob(".*") if ".git" not in found.parts]
    left += (
        [name for name in os.listdir(trash_folder().folder) if name.endswith(".tmp")]
        if trash_folder().folder.is_dir()
        else []
    )
    assert not left, f"left lying about: {left}"


def kill_migration(place: Path, chance: random.Random) -> list[str]:
    """Kill a migration of the tables, and check that the next start completes it. Returns what is wrong."""
    database = place / "data" / "recviewer.sqlite3"
    aside = place / "aside.sqlite3"
    with (
        closing(sqlite3.connect(database)) as opened,
        closing(sqlite3.connect(aside)) as copy,
    ):
        opened.backup(copy)
    try:
        in_child(lambda: _make_older(database), seconds=None)
        in_child(_migrate, seconds=chance.uniform(0.01, 1.2))
        code = in_child(_migrate, seconds=None)
        with closing(sqlite3.connect(database)) as opened:
            (members,) = opened.execute("SELECT count(*) FROM review_eventmember").fetchone()
            whole = opened.execute("PRAGMA integrity_check").fetchone()[0]
        wrong = [f"the change of tables failed with {code}"] if code else []
        wrong += [f"{members:,} of {EVENTS * MEMBERS:,} members"] if members != EVENTS * MEMBERS else []
        wrong += [f"the database is damaged: {whole}"] if whole != "ok" else []
        for copy_of in (place / "data" / "backups").glob("recviewer-*.sqlite3"):
            with closing(sqlite3.connect(copy_of)) as opened:
                if opened.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                    wrong.append(f"{copy_of.name} is damaged")
        return wrong
    finally:
        for name in ("", "-wal", "-shm"):
            database.with_name(database.name + name).unlink(missing_ok=True)
        aside.rename(database)


def _make_older(database: Path) -> None:
    """Return the tables to their state before the members of actions had rows."""
    member = {"fingerprint": "1:f", "before": None, "after": None}
    payload = json.dumps({"reviewer": "Ana", "decisions": [member] * MEMBERS})
    from django.core.management import call_command
    from django.db import connections

    with closing(sqlite3.connect(database)) as opened:
        for table in ("eventmember", "decision", "eventitem", "auditevent"):
            opened.execute(f"DELETE FROM review_{table}")
        opened.commit()
    call_command("migrate", "review", "0003", verbosity=0)
    connections.close_all()
    with closing(sqlite3.connect(database)) as opened:
        opened.executemany(
            "INSERT INTO review_auditevent (at, actor, action, summary, payload, count) "
            "VALUES (?, 'Ana', 'approve', '', ?, 1)",
            [("2026-01-01 00:00:00", payload)] * EVENTS,
        )
        opened.commit()


def _migrate() -> None:
    from recviewer.commands import tables

    tables.migrate()


if __name__ == "__main__":
    sys.exit(main())
