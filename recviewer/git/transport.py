"""The only network access: git talks to the remote named by the operator, and to no other.

It reads the operator's own configuration (proxies, keys, credentials), and uses one protocol. It runs in a bare
repository of our own, so the configuration of the displayed repository is not read.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from recviewer.git import limits
from recviewer.git.remotes import Remote
from recviewer.git.repository import GitFailed, TooSlow, command
from recviewer.processes.bound import BoundProcess

SIZE_LIMIT = 4_000_000_000
"""Most bytes of one fetch."""

STEP_SECONDS = 0.2
"""Interval at which a running fetch is monitored."""

LISTING_LIMIT = 64_000_000
"""Most bytes of a list of refs that are read."""

_KEPT = frozenset(
    {"HOME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS"}
    | {"GIT_SSL_CAINFO", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "http_proxy"}
    | {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"}
)
_CONFIGURATION = "GIT_CONFIG_"
_GUARDS = {
    "transfer.fsckObjects": "true",
    "fetch.fsckObjects": "true",
    "fetch.unpackLimit": "1",
    "transfer.unpackLimit": "1",
    "transfer.bundleURI": "false",
    "fetch.prune": "false",
    "fetch.writeCommitGraph": "false",
    "fetch.recurseSubmodules": "no",
    "submodule.recurse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
}

Tell = Callable[[str], object]
"""Receives a line of progress."""


def environment(remote: Remote, where: Path) -> dict[str, str]:
    """Return the complete environment: the operator's settings for git, one protocol, no prompts, a repository of our
    own.
    """
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_CONFIGURATION)}
    return kept | {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "GIT_DIR": str(where),
        "GIT_ALLOW_PROTOCOL": remote.protocol,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }


@dataclass(slots=True)
class _Heard:
    """Git's output so far. listing: standard output. lines: the last lines of its error output."""

    listing: bytearray = field(default_factory=bytearray)
    lines: list[str] = field(default_factory=list)


def talk(
    remote: Remote, where: Path, words: Sequence[str], *, seconds: float, feed: str = "", tell: Tell,
    settings: Mapping[str, str] | None = None,
) -> bytes:  # fmt: skip
    """Run git against the remote and return its output.

    feed: its input, which must be short. seconds: timeout. settings: additional git configuration. Raises GitFailed
    with the message of git or the remote, without secrets.
    """
    guards = [word for name, value in (_GUARDS | dict(settings or {})).items() for word in ("-c", f"{name}={value}")]
    process = BoundProcess(
        command(*guards, *words),
        env=environment(remote, where),
        cwd=where,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # no terminal for prompts, and one process group to kill
    )
    limits.limit(process, seconds, limits.FETCH_MEMORY_BYTES)
    heard = _Heard()
    ears = [
        threading.Thread(target=_collect, args=(process.stdout, heard), daemon=True),
        threading.Thread(target=_listen, args=(process.stderr, remote, heard, tell), daemon=True),
    ]
    for ear in ears:
        ear.start()
    try:
        _say(process, feed)
        _wait(process, where, seconds)
    finally:
        _end(process)
        for ear in ears:
            ear.join(timeout=5)
        for left in _arriving(where):
            left.unlink(missing_ok=True)
    if process.returncode:
        raise GitFailed(f"{remote.shown}: {_complaint(heard.lines)}")
    return bytes(heard.listing)


def _say(process: subprocess.Popen[bytes], feed: str) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(feed.encode())
        process.stdin.close()
    except BrokenPipeError:  # it has ended already, with a message
        pass


def _wait(process: subprocess.Popen[bytes], where: Path, seconds: float) -> None:
    """Wait for the end. Raises GitFailed if it takes too long or transfers too much."""
    until = time.monotonic() + seconds
    while True:
        try:
            process.wait(timeout=STEP_SECONDS)
            return
        except subprocess.TimeoutExpired:
            pass
        if time.monotonic() > until:
            raise TooSlow(f"the remote took more than {seconds:g} seconds, so it was stopped and nothing was kept")
        if sum(_size(place) for place in _arriving(where)) > SIZE_LIMIT:
            raise GitFailed(f"more than {SIZE_LIMIT / 1e9:g} GB came, so it was stopped and nothing was kept")


def _arriving(where: Path) -> list[Path]:
    """Return the temporary files of a running fetch."""
    return list((where / "objects" / "pack").glob("tmp_*"))


def _size(place: Path) -> int:
    try:
        return place.stat().st_size
    except OSError:
        return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill git and all its children, if it still runs."""
    if process.poll() is not None:
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # already ended
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3)


def _collect(stream: IO[bytes], heard: _Heard) -> None:
    while (piece := stream.read(1 << 16)) and len(heard.listing) < LISTING_LIMIT:
        heard.listing += piece
    stream.close()


def _listen(stream: IO[bytes], remote: Remote, heard: _Heard, tell: Tell) -> None:
    """Keep the last lines of git's error output, and forward its progress."""
    rest = b""
    while piece := os.read(stream.fileno(), 1 << 14):
        *whole, rest = re.split(rb"[\r\n]+", (rest + piece)[-(1 << 16) :])
        for line in whole:
            said = remote.redacted(line.decode("utf-8", "replace").strip())[:200]
            if re.search(r"\d%", said):
                tell(said)
            elif said:
                heard.lines.append(said)
                del heard.lines[:-20]
    stream.close()


def _complaint(rows: Sequence[str]) -> str:
    """Return the line of git's error output with the cause: for a broken connection what ssh said before."""
    grave = [place for place, row in enumerate(rows) if row.startswith(("fatal: ", "error: "))]
    if not grave:
        return rows[-1] if rows else "git gave up without a word"
    place = grave[0]
    if place and rows[place].startswith("fatal: Could not read from remote"):
        place -= 1
    return re.sub(r"^(fatal|error): ", "", rows[place])
