"""A back-up of everything that cannot be rebuilt, as one file, made while pages are served; and its restoration, to
either database.

The file is a gzipped tar: `about.json` first, then a member of lines for each table, then the trash and the notes of
test runs, then `sums.json` with the SHA-256 of every member before it. It contains neither the index nor the
recordings, which are in git.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from recviewer import __version__
from recviewer.commands import row_lines

FORMAT = 1
FOLDERS = ("trash", "used")
"""Folders of the data folder that are included."""

_MADE_BY_MIGRATE = ("auth.Permission", "contenttypes.ContentType")
_TABLE = re.compile(r"tables/([a-z_0-9]{1,80})\.jsonl")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupCount:
    """The size of a back-up. rows: of all tables. files: of the trash and the like. size: of the back-up, in bytes."""

    rows: int
    files: int
    size: int
    made_at: str = ""


def back_up(file: Path) -> BackupCount:
    """Write a back-up, which is a consistent snapshot.

    Raises CommandError, OSError, DatabaseError; then no file is left.
    """
    if file.exists():
        raise CommandError(f"{file} exists already and is not overwritten.", returncode=2)
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            rows, files = _write(out)
            out.flush()
            os.fsync(out.fileno())
        check(fresh)
        os.link(fresh, file)  # never overwrites
    finally:
        fresh.unlink(missing_ok=True)
    return BackupCount(rows, files, file.stat().st_size)


def _write(out: IO[bytes]) -> tuple[int, int]:
    sums: dict[str, str] = {}
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as tar:
        with _one_moment():
            models = row_lines.kept_models()
            _add(tar, sums, "about.json", json.dumps(_about(models), indent=1).encode())
            rows = sum(_add_table(tar, sums, model) for model in models)
        files = sum(_add_folder(tar, sums, name) for name in FOLDERS)
        _add(tar, {}, "sums.json", json.dumps(sums, indent=1).encode())
    return rows, files


@contextmanager
def _one_moment() -> Iterator[None]:
    """A snapshot of all tables, whatever is written meanwhile, that blocks no writer."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:  # Django would take the write lock
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _about(models: list[type[Model]]) -> dict[str, Any]:
    return {
        "recviewer_backup": FORMAT,
        "version": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": sorted(MigrationExecutor(connection).loader.graph.leaf_nodes()),
        "tables": {model._meta.db_table: row_lines.columns(model) for model in models},
        "order": [model._meta.db_table for model in models],
    }


def _add(tar: tarfile.TarFile, sums: dict[str, str], name: str, data: bytes) -> None:
    _add_stream(tar, sums, name, io.BytesIO(data), len(data))


def _add_stream(tar: tarfile.TarFile, sums: dict[str, str], name: str, data: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(datetime.now(UTC).timestamp())
    reading = _Summing(data)
    tar.addfile(member, reading)
    sums[name] = reading.sum.hexdigest()


class _Summing(io.RawIOBase):
    """A file wrapper that computes the checksum of what is written."""

    def __init__(self, data: IO[bytes]) -> None:
        self._data, self.sum = data, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._data.read(size)
        self.sum.update(piece)
        return piece


def _add_table(tar: tarfile.TarFile, sums: dict[str, str], model: type[Model]) -> int:
    count = 0
    with tempfile.TemporaryFile() as lines:
        for line in row_lines.lines_of(model):
            lines.write(line)
            count += 1
        size = lines.tell()
        lines.seek(0)
        _add_stream(tar, sums, f"tables/{model._meta.db_table}.jsonl", lines, size)
    return count


def _add_folder(tar: tarfile.TarFile, sums: dict[str, str], name: str) -> int:
    """Add the files of a folder. Files that disappear meanwhile (because somebody restores them) are left out."""
    count, top = 0, Path(settings.DATA_DIR) / name
    for place in sorted(top.rglob("*")):
        if place.is_dir():
            continue
        try:
            with open(os.open(place, os.O_RDONLY | os.O_NOFOLLOW), "rb") as data:
                size = os.fstat(data.fileno()).st_size
                _add_stream(tar, sums, f"folders/{name}/{place.relative_to(top).as_posix()}", data, size)
            count += 1
        except FileNotFoundError:
            continue
    return count


def check(file: Path) -> dict[str, Any]:
    """Read a whole back-up and compare its checksums. Returns its description. Raises CommandError."""
    found, sums, about = dict[str, str](), dict[str, str](), dict[str, Any]()
    try:
        with tarfile.open(file, "r:gz") as tar:
            for member in tar:
                data = tar.extractfile(member) if member.isreg() else None
                if data is None or not _is_ours(member.name):
                    raise ValueError(f"it holds {member.name!r}, which is nothing that recviewer writes")
                if member.name == "sums.json":
                    sums = json.load(data)
                    continue
                summed = hashlib.sha256()
                text = b""
                while piece := data.read(_PIECE):
                    summed.update(piece)
                    text += piece if member.name == "about.json" else b""
                found[member.name] = summed.hexdigest()
                about = json.loads(text) if member.name == "about.json" else about
    except (tarfile.TarError, ValueError, EOFError, OSError) as error:
        raise CommandError(f"{file} is not a complete back-up: {error}. Nothing was changed.", returncode=2) from None
    if not sums or found != sums or about.get("recviewer_backup") != FORMAT:
        raise CommandError(
            f"{file} is not a complete back-up: its checksums do not match. Nothing was changed.", returncode=2
        )
    return about


def _is_ours(name: str) -> bool:
    if name in ("about.json", "sums.json") or _TABLE.fullmatch(name):
        return True
    parts = PurePosixPath(name).parts
    return len(parts) > 2 and parts[0] == "folders" and parts[1] in FOLDERS and ".." not in parts


def restore(file: Path) -> BackupCount:
    """Restore a back-up into an empty instance. Raises CommandError, OSError, DatabaseError.

    A back-up of an older recviewer is written to the tables of its version, which are migrated afterwards. If it is
    refused, nothing is changed; if it fails half way, the tables are as before.
    """
    about = check(file)
    _expect_no_folders()
    targets = [(str(app), str(name)) for app, name in about["migrations"]]
    executor = MigrationExecutor(connection)
    unknown = [f"{app}.{name}" for app, name in targets if (app, name) not in executor.loader.graph.nodes]
    if unknown:
        raise CommandError(
            f"{file} was made by a newer recviewer ({about['version']}) than this one ({__version__}): it knows "
            f"{', '.join(unknown[:3])}. Nothing was changed.",
            returncode=2,
        )
    is_older = sorted(targets) != sorted(executor.loader.graph.leaf_nodes())
    if is_older and connection.introspection.table_names():
        raise CommandError(
            f"{file} was made by recviewer {about['version']}, and the database has tables of this one. "
            "Restore it into a database without tables. Nothing was changed.",
            returncode=2,
        )
    connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            rows = _put_tables(file, about, targets)
            connection.check_constraints()
    finally:
        connection.enable_constraint_checking()
    call_command("migrate", interactive=False, verbosity=0)
    return BackupCount(rows, _put_folders(file), file.stat().st_size, str(about["made_at"]))


def _expect_no_folders() -> None:
    full = [name for name in FOLDERS if any((Path(settings.DATA_DIR) / name).glob("*"))]
    if full:
        raise CommandError(
            f"{Path(settings.DATA_DIR) / full[0]} holds something already. Nothing was changed. "
            "Restore into an empty data folder.",
            returncode=2,
        )


def _put_tables(file: Path, about: dict[str, Any], targets: list[tuple[str, str]]) -> int:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    then = executor.loader.project_state(targets).apps
    models = {model._meta.db_table: model for model in then.get_models(include_auto_created=True)}
    _expect_empty([models[name] for name in about["order"] if name in models])
    rows = 0
    with tarfile.open(file, "r:gz") as tar:
        for member in tar:
            named = _TABLE.fullmatch(member.name)
            data = tar.extractfile(member)
            if named and data is not None:
                rows += row_lines.put(models[named[1]], list(about["tables"][named[1]]), data)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
            cursor.execute(statement)
    return rows


def _expect_empty(models: list[type[Model]]) -> None:
    full = [
        model._meta.db_table
        for model in models
        if model._meta.label not in _MADE_BY_MIGRATE and model._base_manager.exists()
    ]
    if full:
        raise CommandError(
            f"The database holds something already, in {', '.join(full[:3])}. Nothing was changed. "
            "Restore into an empty one.",
            returncode=2,
        )
    for label in _MADE_BY_MIGRATE:
        for model in models:
            if model._meta.label == label:
                model._base_manager.all().delete()


def _put_folders(file: Path) -> int:
    count, data_dir = 0, Path(settings.DATA_DIR)
    with tarfile.open(file, "r:gz") as tar:
        for member in tar:
            data = tar.extractfile(member) if member.name.startswith("folders/") else None
            if data is None:
                continue
            place = data_dir / PurePosixPath(member.name).relative_to("folders")
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                while piece := data.read(_PIECE):
                    out.write(piece)
            count += 1
    return count
