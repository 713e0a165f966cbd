"""A run as a file of JSON lines, `used-NAME.jsonl`: written during the run, and validated field by field when read.

The first line is the run, each further one a file, a test, a sweep, or the end; without an end the run is partial. Of
two lines about one file or test the later one counts. docs/used.md describes the fields.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from recviewer.exchange.plain import escaped_bytes
from recviewer.used.model import NAME_RULE, SWEPT, SweepSeen, UsedFile, UsedRun, UsedTest, is_name

VERSION = 1
LARGEST_BYTES = 256 << 20
LONGEST_LINE = 1 << 20
MOST_LINES = 2_000_000
LONGEST_PATH = 4096
LONGEST_TEXT = 20_000
MOST_BAD = 20
"""Most invalid lines of one file that are named; the rest is counted."""

_BLOB, _COMMIT = re.compile(r"(?:[0-9a-f]{40})?"), re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z", re.ASCII)
_OUTCOMES = frozenset({"", "passed", "failed", "skipped", "error", "xfailed", "xpassed"})


class BadRun(Exception):
    """A file is not that of a run. The message is a sentence."""


class BadRunLine(ValueError):
    """An unusable line or field. The message is a clause."""


class RunRead(NamedTuple):
    """A run that was read. bad: omitted lines, with the reason. more_bad: number of further ones."""

    run: UsedRun
    bad: tuple[tuple[int, str], ...]
    more_bad: int = 0


def file_name(name: str, *, partial: bool = False) -> str:
    """Return the file name of a run."""
    return f"used-{name}.part.jsonl" if partial else f"used-{name}.jsonl"


def timestamp(at: datetime | None) -> str | None:
    """Return a time in the file's notation."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def line(value: Mapping[str, Any]) -> bytes:
    """Serialize an object as a line."""
    text = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
    return escaped_bytes(text) + b"\n"


def head_of(run: UsedRun) -> dict[str, Any]:
    """Return the first line of a run's file."""
    return {
        "used": VERSION,
        "run": run.name,
        "began": timestamp(run.began),
        "root": run.root,
        "commit": run.commit,
        "clean": run.clean,
        "command": list(run.command),
    }


def file_line(one: UsedFile) -> dict[str, Any]:
    """Return the line of a file; zero values are omitted."""
    made: dict[str, Any] = {"file": one.path, "blob": one.blob, "size": one.size, "count": one.count}
    if one.count:
        made |= {"first": timestamp(one.first), "last": timestamp(one.last)}
    if one.written:
        made["written"] = one.written
    if one.doubt:
        made["doubt"] = one.doubt
    return made


def lines_of(run: UsedRun) -> Iterator[bytes]:
    """Yield the whole file of a run."""
    yield line(head_of(run))
    for path in sorted(run.files):
        yield line(file_line(run.files[path]))
    for test in run.tests:
        made: dict[str, Any] = {"test": test.test, "outcome": test.outcome, "files": dict(sorted(test.files.items()))}
        made |= {"perhaps": list(test.perhaps)} if test.perhaps else {}
        made |= {"missing": list(test.missing)} if test.missing else {}
        yield line(made)
    for sweep in run.sweeps:
        yield line({"sweep": timestamp(sweep.at), "seconds": round(sweep.seconds, 3), "files": sweep.files})
    if run.ended is not None:
        yield line(
            {
                "end": timestamp(run.ended),
                "exit": run.exit,
                "stopped": run.stopped,
                "left_out": run.left_out,
                "limits": list(run.limits),
                "ours": run.ours,
            }
        )


def write(place: Path, pieces: Iterable[bytes]) -> None:
    """Write a temporary file next to the target, and rename it. Raises OSError."""
    fresh = place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        with open(fresh, "wb") as file:
            file.writelines(pieces)
        fresh.replace(place)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise


def read(place: Path) -> RunRead:
    """Read a file. Raises BadRun, OSError."""
    with open(os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        data = file.read(LARGEST_BYTES + 1)
    return parse(data)


def parse(data: bytes) -> RunRead:
    """Parse the bytes of a file, line by line. Raises BadRun if the first line is not that of a run."""
    if len(data) > LARGEST_BYTES:
        raise BadRun(f"The file is larger than {LARGEST_BYTES >> 20} MB.")
    lines = data.split(b"\n")
    is_torn = bool(lines.pop())
    if len(lines) + is_torn > MOST_LINES:
        raise BadRun(f"The file has more than {MOST_LINES:,} lines.")
    if not lines:
        raise BadRun("The file has no line that is whole.")
    try:
        reader = _Lines(_head(_object(lines[0])))
    except BadRunLine as bad:
        raise BadRun(f"The first line is not that of a run: {bad}.") from None
    for number, text in enumerate(lines[1:], 2):
        reader.take(number, text)
    return reader.done()


class _Lines:
    def __init__(self, head: UsedRun) -> None:
        self.head = head
        self.files: dict[str, UsedFile] = {}
        self.tests: dict[str, UsedTest] = {}
        self.sweeps: list[SweepSeen] = []
        self.end: dict[str, Any] | None = None
        self.bad: list[tuple[int, str]] = []
        self.more_bad = 0

    def take(self, number: int, text: bytes) -> None:
        if not text:
            return
        try:
            value = _object(text)
            if "file" in value:
                one = _file(value)
                self.files[one.path] = one
            elif "test" in value:
                test = _test(value)
                self.tests[test.test] = test
            elif "sweep" in value:
                self.sweeps.append(_sweep(value))
            elif "end" in value:
                self.end = _end(value)
            else:
                raise BadRunLine("it is of no known kind")
        except BadRunLine as bad:
            if len(self.bad) < MOST_BAD:
                self.bad.append((number, str(bad)))
            else:
                self.more_bad += 1

    def done(self) -> RunRead:
        head, end = self.head, self.end or {}
        limits = end.get("limits", ())
        if self.bad:
            limits = (*limits, f"{len(self.bad) + self.more_bad:,} lines of its file could not be used")
        run = UsedRun(
            name=head.name,
            began=head.began,
            command=head.command,
            root=head.root,
            commit=head.commit,
            clean=head.clean,
            ended=end.get("end"),
            exit=end.get("exit"),
            stopped=end.get("stopped", ""),
            left_out=end.get("left_out", 0),
            limits=limits,
            ours=end.get("ours", 0),
            sweeps=tuple(self.sweeps),
            files=self.files,
            total=len(self.files),
            tests=tuple(self.tests.values()),
        )
        return RunRead(run, tuple(self.bad), self.more_bad)


def _object(text: bytes) -> dict[str, Any]:
    if len(text) > LONGEST_LINE:
        raise BadRunLine(f"it is longer than {LONGEST_LINE:,} bytes")
    try:
        value = orjson.loads(text)
    except ValueError as error:
        raise BadRunLine(f"it is not JSON ({error})") from None
    if not isinstance(value, dict):
        raise BadRunLine("it is not an object")
    return value


def _head(value: dict[str, Any]) -> UsedRun:
    if value.get("used") != VERSION:
        raise BadRunLine(f'"used" is not {VERSION}')
    name, clean = value.get("run"), value.get("clean")
    if not isinstance(name, str) or not is_name(name):
        raise BadRunLine(f'"run" is not a name of a run, which has {NAME_RULE}')
    if clean is not None and not isinstance(clean, bool):
        raise BadRunLine('"clean" is neither true nor false')
    return UsedRun(
        name=name,
        began=_moment(value, "began"),
        command=_texts(value, "command"),
        root=_path(value["root"], "root") if value.get("root") else "",
        commit=_matching(value, "commit", _COMMIT),
        clean=clean,
    )


def _file(value: dict[str, Any]) -> UsedFile:
    count, doubt = _number(value, "count"), value.get("doubt", "")
    if doubt not in ("", SWEPT):
        raise BadRunLine('"doubt" is not a known word')
    first, last = (_moment(value, "first"), _moment(value, "last")) if count else (None, None)
    if first and last and first > last:
        raise BadRunLine('"first" is later than "last"')
    return UsedFile(
        path=_path(value["file"], "file"),
        blob=_matching(value, "blob", _BLOB),
        size=_number(value, "size"),
        count=count,
        first=first,
        last=last,
        written=_number(value, "written"),
        doubt=doubt,
    )


def _test(value: dict[str, Any]) -> UsedTest:
    outcome, files = value.get("outcome", ""), value.get("files", {})
    if outcome not in _OUTCOMES:
        raise BadRunLine('"outcome" is not a known word')
    if not isinstance(files, dict):
        raise BadRunLine('"files" is not an object')
    return UsedTest(
        test=_text(value, "test"),
        outcome=outcome,
        files={_path(path, "files"): _number(files, path) for path in files},
        perhaps=tuple(_path(path, "perhaps") for path in _texts(value, "perhaps")),
        missing=tuple(_path(path, "missing") for path in _texts(value, "missing")),
    )


def _sweep(value: dict[str, Any]) -> SweepSeen:
    seconds = value.get("seconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < 1e9:
        raise BadRunLine('"seconds" is not a number of seconds')
    return SweepSeen(_moment(value, "sweep"), float(seconds), _number(value, "files"))


def _end(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "end": _moment(value, "end"),
        "exit": _number(value, "exit"),
        "stopped": _text(value, "stopped"),
        "left_out": _number(value, "left_out"),
        "limits": _texts(value, "limits"),
        "ours": _number(value, "ours"),
    }


def _text(value: Mapping[str, Any], key: str) -> str:
    text = value.get(key, "")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise BadRunLine(f'"{key}" is not a text of {LONGEST_TEXT:,} characters at most')
    if "\0" in text:
        raise BadRunLine(f'"{key}" has a NUL')
    return text


def _texts(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = value.get(key, [])
    if not isinstance(found, list):
        raise BadRunLine(f'"{key}" is not a list')
    return tuple([_text({key: one}, key) for one in found])


def _matching(value: Mapping[str, Any], key: str, pattern: re.Pattern[str]) -> str:
    text = value.get(key, "")
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise BadRunLine(f'"{key}" is not a name of an object of git')
    return text


def _number(value: Mapping[str, Any], key: str) -> int:
    number = value.get(key, 0)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**53:
        raise BadRunLine(f'"{key[:80]}" is not a whole number from 0 on')
    return number


def _path(text: object, key: str) -> str:
    """Return a valid relative path unchanged; paths that lead elsewhere are invalid."""
    if not isinstance(text, str) or not text or len(text) > LONGEST_PATH:
        raise BadRunLine(f'"{key}" is not a path of {LONGEST_PATH:,} characters at most')
    if "\0" in text:
        raise BadRunLine(f'"{key}" has a NUL')
    if text.startswith("/") or any(piece in ("", ".", "..") for piece in text.split("/")):
        raise BadRunLine(f'"{key}" leads out of the folder')
    return text


def _moment(value: Mapping[str, Any], key: str) -> datetime:
    text = value.get(key)
    with suppress(ValueError, TypeError):
        if isinstance(text, str) and _TIME.fullmatch(text) and not text.startswith("0000"):
            return datetime.fromisoformat(text)
    raise BadRunLine(f'"{key}" is not a time such as 2026-11-29T12:00:00.000Z')
