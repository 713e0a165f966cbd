"""A file's rows for the catalog: everything that lists, filters and search need, computed from its bytes alone.

Uses no database, so that it can run in a worker process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from recviewer.bounded.cache import Recent
from recviewer.catalog.jobs import Job, JobResult
from recviewer.catalog.naming import clean, file_of, named, provider_of, test_name
from recviewer.exchange.ends import WORST, end_of
from recviewer.exchange.model import Exchange
from recviewer.exchange.request_values import request_values
from recviewer.exchange.searched import searchable
from recviewer.exchange.seen import leaked, shows_picture
from recviewer.exchange.text import line_of, reasons
from recviewer.formats.raw import host_of
from recviewer.formats.used_readers import noted
from recviewer.recorders.reading import ReadPart, bytes_of_each, failed, sum_file
from recviewer.recorders.registry import read_as
from recviewer.store import files
from recviewer.store.scan import FileStamp

SEARCH_LIMIT = 400_000
"""Maximum number of characters of a recording's request, and of its answer, that are indexed; only load tests exceed
it.
"""


class Summary(NamedTuple):
    """The row of an exchange.

    Fields are named as in `catalog.models.Recording`, and are in the order of its columns. Those of `BEYOND` come last:
    the size of a part of a file, and the words for the full-text index.
    """

    part: str
    place: int
    blob: str
    fingerprint: str
    kind: str
    endpoint: str
    host: str
    model: str
    test_id: str | None
    test_name: str
    has_no_test: bool
    streaming: bool
    chunks: int
    runs: str
    reasoning: bool
    picture: bool
    leaked: bool
    turns: int
    asked_length: int
    asked: str
    answered: str
    answer_kind: str
    outcome: str
    error_status: int | None
    calls: int
    replay: str
    replay_rule: str
    replay_expected: str
    problems: str
    finish: str
    provider: str
    test_file: str
    recorder: str
    asked_sorts: str
    answered_sorts: str
    request_values: str
    part_size: int
    asked_words: str
    answered_words: str


BEYOND = ("part_size", "asked_words", "answered_words")
"""Fields that are not columns of their own."""


class Summed(NamedTuple):
    """The rows of a file. blob: as in `catalog.models.File`. parts: its exchanges, one or more, in order.

    readers: the modules of the formats and recorders that read it; () if all code counts, None if its bytes were not
    available, so that every run tries again.
    """

    blob: str
    readers: tuple[str, ...] | None
    parts: tuple[Summary, ...]


def summarize(data: bytes, key: str) -> Summed:
    """Parse a file's bytes and compute its rows. key: its path below the root. Never raises."""
    return _summed(data, read_as(key), files.blob_id(data))


def _summed(data: bytes, name: str, blob: str) -> Summed:
    with noted() as readers:
        parts = sum_file(data, name)
        each = zip(parts, blobs_of_parts(data, parts, blob), strict=True)
        rows = tuple([summary_of(part, blob=own) for part, own in each])
    return Summed(blob, tuple(sorted(readers)), rows)


def blobs_of_parts(data: bytes, parts: Sequence[ReadPart], blob: str) -> Iterator[str]:
    """Yield the blob id of the bytes of each exchange of a file. data, blob: of the whole file."""
    for part, own in zip(parts, bytes_of_each(data, parts), strict=True):
        yield files.blob_id(own) if part.part else blob


class Once:
    """A cache of rows by content and file name, on which alone they depend, so that equal bytes are read once.

    limit: total characters of words; the least recently used entries are dropped first.
    """

    def __init__(self, *, limit: int) -> None:
        self._kept = Recent[tuple[str, str], Summed](weigh=_weight, limit=limit, at_least=0)

    def summarize(self, data: bytes, key: str) -> Summed:
        """Return `summarize` from the cache."""
        blob, name = files.blob_id(data), read_as(key)
        return self._kept.made((blob, name), lambda: _summed(data, name, blob))


def _weight(summed: Summed) -> int:
    return sum([1000 + len(one.asked_words) + len(one.answered_words) for one in summed.parts])


_once = Once(limit=4_000_000)


def of_unreadable(reason: str, *, blob: str = "", readers: tuple[str, ...] | None = None) -> Summed:
    """Return the row of a file whose bytes are not available or cannot be processed.

    reason: a clause without its full stop. readers: see `Summed`.
    """
    return Summed(blob, readers, (summary_of(failed(reason), blob=blob),))


def summary_of(part: ReadPart, *, blob: str) -> Summary:
    """Return the row of an exchange. blob: of its bytes, "" if they are not available."""
    reading, replay = part.reading, part.replay
    exchange = reading.exchange
    line = line_of(exchange)
    asked, answered = searchable(exchange)
    return Summary(
        part=part.part,
        place=part.index,
        blob=blob,
        fingerprint=reading.fingerprint,
        kind=exchange.kind.value,
        endpoint=named(exchange.endpoint),
        host=named(host_of(exchange.url)),
        model=named(exchange.model),
        test_id=None if exchange.test_id is None else named(exchange.test_id),
        test_name=named(test_name(exchange.test_id)),
        has_no_test=exchange.test_id is None,
        streaming=exchange.streaming,
        chunks=exchange.chunks,
        runs=" ".join([f"{letter}{count}" for letter, count in exchange.runs][:200]),
        reasoning=reasons(exchange),
        picture=shows_picture(exchange),
        leaked=bool(leaked(exchange)),
        turns=len(exchange.request.messages),
        asked_length=len(asked.text),
        asked=clean(line.asked),
        answered=clean(line.answered),
        answer_kind=line.answer_kind.value,
        outcome=line.outcome.value,
        error_status=_status(exchange),
        calls=sum([len(output.tool_calls) for output in exchange.outputs]),
        replay=replay.state.value,
        replay_rule=replay.rule,
        replay_expected=clean(replay.expected),
        problems=_problems(exchange),
        finish=named(_finish(exchange)),
        provider=named(provider_of(exchange.test_id)),
        test_file=named(file_of(exchange.test_id)),
        recorder=part.recorder,
        asked_sorts=asked.stretches,
        answered_sorts=answered.stretches,
        request_values=clean(request_values(exchange)),
        part_size=part.size,
        asked_words=clean(asked.text[:SEARCH_LIMIT]),
        answered_words=clean(answered.text[:SEARCH_LIMIT]),
    )


def _problems(exchange: Exchange) -> str:
    if not exchange.problems:
        return "[]"
    return json.dumps([[problem.where, problem.what] for problem in exchange.problems])


def _finish(exchange: Exchange) -> str:
    """Return the finish reason in the provider's word; the worst one of several choices."""
    reasons = [output.finish_reason for output in exchange.outputs if output.finish_reason]
    return min(reasons, key=lambda reason: WORST.index(end_of(reason)), default="")


def _status(exchange: Exchange) -> int | None:
    status = exchange.error.status if exchange.error else None
    return status if status is not None and 0 <= status < 100_000 else None


def work(root: str, limit_bytes: int, jobs: list[Job]) -> list[JobResult]:
    """Read some files and compute their rows, in a worker process or in this one.

    A bad file costs one row, never the run.
    """
    from pathlib import Path

    from recviewer.store.refusals import Refusal, Vanished

    found = []
    with files.Reader(Path(root), limit_bytes=limit_bytes) as reader:
        for job in jobs:
            if job.obstacle:
                found.append(JobResult(job.key, None, of_unreadable(job.obstacle)))
                continue
            try:
                data, stamp = _read(reader, job.raw)
                found.append(JobResult(job.key, stamp, _once.summarize(data, job.key)))
            except Vanished:
                found.append(JobResult(job.key, None, None))
            except Refusal as refusal:
                found.append(JobResult(job.key, None, of_unreadable(_reason(refusal))))
            except Exception as error:  # a bug of ours: the run continues, and the row says so
                reason = f"recviewer failed on it: {error!r}"[:300]
                found.append(JobResult(job.key, None, of_unreadable(reason, readers=())))
    return found


def _read(reader: files.Reader, raw: bytes) -> tuple[bytes, FileStamp]:
    reading = reader.read(raw)
    return reading.data, reading.stamp


def _reason(refusal: Exception) -> str:
    return str(getattr(refusal, "reason", "") or refusal).rstrip(".")
