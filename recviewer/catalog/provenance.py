"""Where recordings come from: the commit that last touched each, and whether an edited recording's name was right once.

Needs the recordings root to be in a git work tree. One walk over the history serves all recordings.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from recviewer.catalog import rows
from recviewer.catalog.models import Commit, Recording
from recviewer.catalog.state import newest_writing_run, rename_state
from recviewer.git import repository
from recviewer.git.history import FileCommit, Past, contents, pasts
from recviewer.git.repository import GitFailed, Repository
from recviewer.recorders.reading import replays
from recviewer.recorders.registry import read_as
from recviewer.replay.names import ReplayState

_NAMED = (ReplayState.CURRENT, ReplayState.OLDER)


def refresh(*, catalog_changed: bool) -> int:
    """Update the commits of all recordings. Returns how many recordings got another commit or state.

    catalog_changed: whether rows were just written. If HEAD is the same and no rows were written since, nothing is
    done.
    """
    found = repository.find(settings.RECORDINGS_ROOT)
    if found is None:
        return 0
    try:
        head = repository.resolve(found, "HEAD")
    except GitFailed:
        return 0
    keep = Path(settings.DATA_DIR) / "history.head"
    known = keep.read_text() if keep.is_file() else ""
    state = f"{head} {newest_writing_run()}"
    if known == state and not catalog_changed:
        return 0
    recordings: dict[bytes, list[Recording]] = {}
    for recording in _rows():
        recordings.setdefault(recording.raw, []).append(recording)
    suspects = {raw for raw, some in recordings.items() if any(one.replay == ReplayState.UNKNOWN for one in some)}
    past = pasts(found, head, settings.RECORDINGS_ROOT, recordings.keys(), deep=suspects)
    count = _store(recordings, past, _edited(found, suspects, past))
    if count:
        rename_state()
    keep.write_text(state)
    return count


def _rows() -> Iterable[Recording]:
    return Recording.objects.only("id", "path", "part", "raw_path", "commit", "replay")


def _edited(found: Repository, suspects: set[bytes], past: dict[bytes, Past]) -> set[tuple[bytes, str]]:
    """Return those whose name a rule produces from earlier contents of the same path, by path and part."""
    paths_of: dict[str, list[bytes]] = {}
    for raw in suspects & past.keys():
        for blob in past[raw].blobs:
            paths_of.setdefault(blob, []).append(raw)
    edited = set()
    for blob, data in contents(found, paths_of.keys()):
        for raw in paths_of[blob]:
            name = read_as(raw.decode("utf-8", "replace"))
            edited |= {(raw, part) for part, replay in replays(data, name) if replay.state in _NAMED}
    return edited


def _store(recordings: dict[bytes, list[Recording]], past: dict[bytes, Past], edited: set[tuple[bytes, str]]) -> int:
    with transaction.atomic():
        commits = _commits({one.last.sha: one.last for one in past.values()})
        changed = []
        for raw, some in recordings.items():
            commit = commits[past[raw].last.sha].pk if raw in past else None
            for recording in some:
                state = ReplayState.EDITED.value if (raw, recording.part) in edited else recording.replay
                if recording.commit_id != commit or recording.replay != state:
                    changed.append((commit, state, recording.pk))
        rows.set_provenance(changed)
    return len(changed)


def _commits(changes: dict[str, FileCommit]) -> dict[str, Commit]:
    made = [
        Commit(sha=one.sha, author=one.author, at=one.at, subject=one.subject, body=one.body)
        for one in changes.values()
    ]
    Commit.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    found: dict[str, Commit] = {}
    names = list(changes)
    for start in range(0, len(names), 500):
        found |= {commit.sha: commit for commit in Commit.objects.filter(sha__in=names[start : start + 500])}
    return found
