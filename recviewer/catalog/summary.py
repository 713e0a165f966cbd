"""One recording's row for the catalog: everything that lists, filters and search need, from its bytes alone.

Knows no database, so that it can run in a worker process.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import NamedTuple

from recviewer.catalog.jobs import Done, Job
from recviewer.catalog.naming import clean, test_name
from recviewer.exchange.fingerprint import fingerprint
from recviewer.exchange.model import Exchange
from recviewer.exchange.text import line_of, reasons, searchable
from recviewer.formats.raw import host_of
from recviewer.formats.reading import Reading, read, unreadable
from recviewer.formats.version import reader_version
from recviewer.replay.names import Replay, ReplayState, name_state
from recviewer.store import files
from recviewer.store.scan import FileStamp

SEARCH_LIMIT = 400_000
"""Characters of one recording's request, and of its answer, that are indexed; beyond it are only test loads."""


class Summary(NamedTuple):
    """What a file's bytes say. Fields are named as in `catalog.models.Recording`, and stand in the order of its columns.

    The last two are the words for the full-text index.
    """

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
    reader: str
    asked_words: str
    answered_words: str


def summarize(data: bytes, key: str) -> Summary:
    """Read a recording's bytes and sum them up. key: its path below the root. Never raises."""
    return summary_of(read(data), key, blob=files.blob_id(data))


class Once:
    """Summaries by content and file name, on which alone they depend, so that equal bytes are read once.

    limit: characters of words kept; the oldest summaries go first.
    """

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[tuple[str, str], Summary] = OrderedDict()
        self._size = 0

    def summarize(self, data: bytes, key: str) -> Summary:
        """Do what the function of this name does."""
        blob, name = files.blob_id(data), key.rpartition("/")[2]
        known = self._kept.get((blob, name))
        if known is not None:
            return known
        made = self._kept[blob, name] = summary_of(read(data), key, blob=blob)
        self._size += _weight(made)
        while self._size > self._limit:
            self._size -= _weight(self._kept.popitem(last=False)[1])
        return made


def _weight(summary: Summary) -> int:
    return 1000 + len(summary.asked_words) + len(summary.answered_words)


_once = Once(limit=4_000_000)


def of_unreadable(reason: str, key: str, *, reader: str = "") -> Summary:
    """Sum up a file whose bytes cannot be had, or cannot be dealt with.

    reason: a clause without its full stop. reader: the version that failed on it; "" has it tried again each time.
    """
    return summary_of(unreadable(reason), key, blob="")._replace(reader=reader)


def summary_of(reading: Reading, key: str, *, blob: str) -> Summary:
    """Sum up a recording that was read. key: its path below the root. blob: of its bytes, "" where they cannot be had."""
    exchange = reading.exchange
    line = line_of(exchange)
    name = key.rpartition("/")[2]
    replay = name_state(reading.document, name) if reading.raw else Replay(ReplayState.UNVERIFIABLE)
    asked_words, answered_words = searchable(exchange)
    return Summary(
        blob=blob,
        fingerprint=fingerprint(exchange),
        kind=exchange.kind.value,
        endpoint=clean(exchange.endpoint),
        host=clean(host_of(exchange.url)),
        model=clean(exchange.model),
        test_id=None if exchange.test_id is None else clean(exchange.test_id),
        test_name=clean(test_name(exchange.test_id)),
        has_no_test=exchange.test_id is None,
        streaming=exchange.streaming,
        chunks=exchange.chunks,
        runs=" ".join([f"{letter}{count}" for letter, count in exchange.runs][:200]),
        reasoning=reasons(exchange),
        turns=len(exchange.request.messages),
        asked_length=len(asked_words),
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
        reader=reader_version(),
        asked_words=clean(asked_words[:SEARCH_LIMIT]),
        answered_words=clean(answered_words[:SEARCH_LIMIT]),
    )


def _problems(exchange: Exchange) -> str:
    if not exchange.problems:
        return "[]"
    return json.dumps([[problem.where, problem.what] for problem in exchange.problems])


def _status(exchange: Exchange) -> int | None:
    status = exchange.error.status if exchange.error else None
    return status if status is not None and 0 <= status < 100_000 else None


def work(root: str, limit_bytes: int, jobs: list[Job]) -> list[Done]:
    """Read and sum up some files, in a worker process or in this one. A bad file costs one row, never the run."""
    from pathlib import Path

    from recviewer.store.refusals import Refusal, Vanished

    found = []
    with files.Reader(Path(root), limit_bytes=limit_bytes) as reader:
        for job in jobs:
            if job.obstacle:
                found.append(Done(job.key, None, of_unreadable(job.obstacle, job.key)))
                continue
            try:
                data, stamp = _read(reader, job.raw)
                found.append(Done(job.key, stamp, _once.summarize(data, job.key)))
            except Vanished:
                found.append(Done(job.key, None, None))
            except Refusal as refusal:
                found.append(Done(job.key, None, of_unreadable(_reason(refusal), job.key)))
            except Exception as error:  # a bug of ours: the run goes on, and the row says so
                reason = f"recviewer failed on it: {error!r}"[:300]
                found.append(Done(job.key, None, of_unreadable(reason, job.key, reader=reader_version())))
    return found


def _read(reader: files.Reader, raw: bytes) -> tuple[bytes, FileStamp]:
    reading = reader.read(raw)
    return reading.data, reading.stamp


def _reason(refusal: Exception) -> str:
    return str(getattr(refusal, "reason", "") or refusal).rstrip(".")
