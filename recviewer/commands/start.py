"""What is needed before anything can be served or indexed: folder, tables, static files."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError

from recviewer import __version__
from recviewer.catalog import database, run_lock
from recviewer.catalog.indexer import Progress, RunReport
from recviewer.commands import tables
from recviewer.configuration import databases, places
from recviewer.processes import temporary
from recviewer.store import refusals as store


class DamagedDatabase(CommandError):
    """The database is damaged. The message says what is not lost, and how to save the rest."""


def prepare(*, static: bool, moved: bool = False) -> None:
    """Create the data folder and the demo's copy, migrate the tables, and optionally collect the static files.

    moved: the recordings of the data folder are at another path now. Raises CommandError with what to do if the data
    folder cannot be used, or belongs to another root.
    """
    try:
        settings.PLACES.prepare(moved=moved)
        tables.migrate()
        if static:
            collect_static()
    except places.OtherRoot as other:
        raise CommandError(str(other), returncode=2) from None
    except (OSError, DatabaseError) as error:
        raise unusable(error) from error


def unusable(error: OSError | DatabaseError) -> CommandError:
    """Return an error with what to do if the data folder cannot be used."""
    if isinstance(error, DatabaseError) and database.is_damaged(error):
        return DamagedDatabase(damaged(), returncode=2)
    what = f"the data folder {settings.DATA_DIR}"
    if isinstance(error, OSError):
        named = f" ({error.filename})" if error.filename not in (None, str(settings.DATA_DIR)) else ""
        reason = store.why(error) + named
    else:
        told, reason = settings.DATABASES["default"], database.why(error) or str(error)
        if databases.is_server(told):
            return CommandError(f"the database {databases.display_name(told)} cannot be used: {reason}.", returncode=2)
        what = f"the database in {what}"
    return CommandError(f"{what} cannot be used: {reason}. Set RECVIEWER_DATA to a folder that can.", returncode=2)


def damaged() -> str:
    """Return sentences that say that the database is damaged, what is not lost, and how to save the rest."""
    copies = sorted(tables.backups().glob("recviewer-*.sqlite3"))
    copied = f" The newest copy of the whole is {copies[-1]}." if copies else ""
    beside = f" {settings.REVIEWS_FILE} has what was written there last." if settings.REVIEWS_FILE else ""
    return (
        f"The database {settings.PLACES.database} is damaged. "
        "Recordings and trash lie elsewhere, and the index is made anew. "
        "To save what was said: `recviewer reviews export saved.jsonl` writes every verdict, tag and note that can still be "
        "read; then move the database away, with those files that begin as it does, and "
        f"`recviewer reviews import saved.jsonl`.{beside}{copied}"
    )


def bring_up(
    say: Callable[[str], object],
    warn: Callable[[str], object],
    *,
    progress: Progress | None = None,
    moved: bool = False,
) -> None:
    """Do everything that is needed before pages are served: prepare, index, complete what a crash left in the trash,
    read the file of reviews, carry over verdicts of an older version.

    say, warn: print a line. progress: receives the progress of indexing; without it one process reads, because
    runserver must not fork. moved: as for `prepare`. Raises CommandError if it cannot continue.
    """
    from recviewer.catalog import indexer, provenance
    from recviewer.git.repository import GitFailed
    from recviewer.review import reconciling
    from recviewer.review.refusals import Refused
    from recviewer.store.refusals import Refusal

    prepare(static=True, moved=moved)
    sweep()
    try:
        for sentence in reconciling.reconcile():
            warn(sentence)
        report = indexer.refresh(progress=progress, processes=None if progress else 1)
        say(sentence_of(report))
        for problem in report.problems:
            warn(f"not looked at: {problem}")
        provenance.refresh(catalog_changed=report.did_anything)
    except run_lock.Busy as busy:
        warn(f"{busy}; serving what is indexed so far.")
    except GitFailed as failed:
        warn(f"The last commits are not known: {failed}.")
    except (Refusal, Refused) as refusal:
        raise CommandError(str(refusal), returncode=2) from None
    except (OSError, DatabaseError) as error:
        raise unusable(error) from error
    read_reviews(say, warn)
    carry_verdicts(say, warn)


def sweep() -> None:
    """Remove what killed processes have left: temporary folders and files."""
    from recviewer.memory import range_files
    from recviewer.pages.site import chosen
    from recviewer.review.reviews_file import beside

    for one in (temporary.sweep_folders, beside.sweep, settings.PLACES.sweep, chosen.sweep, range_files.sweep):
        with contextlib.suppress(OSError):
            one()


def carry_verdicts(say: Callable[[str], object], warn: Callable[[str], object]) -> None:
    """Carry over verdicts of an older version of the fingerprint to the present one; report the result."""
    from recviewer.git.ranges import opened
    from recviewer.git.repository import GitFailed
    from recviewer.review import carrying

    try:
        repository = opened(Path(settings.REPOSITORY or settings.RECORDINGS_ROOT))
    except GitFailed:
        repository = None
    done, left = carrying.carry(repository)
    if done.event is not None:
        say(f"Reviews: {done.sentence}")
    if left:
        warn(f"Reviews: {carrying.sentence_about(left)}")


def sentence_of(report: RunReport) -> str:
    """Return one line about an indexing run."""
    counts = [
        (report.added, "added"),
        (report.changed, "changed"),
        (report.removed, "removed"),
        (report.unchanged, "unchanged"),
        (report.unreadable, "unreadable"),
    ]
    said = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "no recordings"
    return f"Indexed in {report.seconds:.2f} s: {said}."


def read_reviews(say: Callable[[str], object], warn: Callable[[str], object]) -> None:
    """Import the file of reviews beside the recordings, if one is set and has changed; report the result."""
    from recviewer.review.refusals import Refused
    from recviewer.review.reviews_file import beside

    try:
        told = beside.read_file()
    except (Refused, OSError) as error:
        warn(f"{settings.REVIEWS_FILE} was not read: {error}")
        return
    if told is not None:
        say(told.sentence)
        for sentence in told.bad:
            warn(sentence)


def collect_static() -> None:
    """Collect the static files into the data folder, once for each version; in a checkout, each time."""
    marker = settings.STATIC_ROOT / ".version"
    installed = places.ASSETS.name == "_bundled"
    if installed and marker.is_file() and marker.read_text() == __version__:
        return
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    marker.write_text(__version__)
