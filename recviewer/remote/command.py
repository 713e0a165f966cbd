"""The command `recviewer --server URL`."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

from recviewer.exchange.plain import dumps, put, safe
from recviewer.remote.client import RemoteProblem, RemoteRefusal, Server, line, token_in, told_in
from recviewer.store.files import blob_of
from recviewer.store.paths import key_of
from recviewer.store.refusals import Refusal

DONE, REFUSED, CANNOT = 0, 1, 2
"""Exit codes."""

FILE_BYTES = 32_000_000
"""Maximum size of a file of reviews that a server accepts."""

PER_PAGE = 200
"""Recordings in one response: the list's maximum."""

VARIABLE = "RECVIEWER_TOKEN"
VERDICTS = ("approve", "reject", "delete", "revert", "clear")

HELP = """\
Use a recviewer on another machine, with a token of your account there (its account page makes one), from a file or
RECVIEWER_TOKEN.

  recviewer --server URL export [--query Q]            its recordings, as lines of JSON
  recviewer --server URL reviews export FILE           verdicts, tags and notes; - is standard output
  recviewer --server URL reviews import FILE           merge such a file into its own; wants a token that may import
  recviewer --server URL decide approve PATH…          a verdict on files of this checkout, as they are here
  recviewer --server URL decide reject PATH --note WHY --seen BLOB
                                                       on what export told of, without a checkout

A verdict goes along with the blob id of what you have; where the server has anything else, nothing is decided.
Exit code 0: done; 1: the server refused, or left lines out; 2: could not run.
"""

EXPORT = """\
Print the recordings of the server as lines of JSON.

Example:
  recviewer --server https://recordings.example.com export --query 'is:pending kind:chat'
"""

REVIEWS = """\
Write the verdicts, tags and notes of the server to a file, or merge such a file into them.

Example:
  recviewer --server https://recordings.example.com reviews export reviews.jsonl
"""

DECIDE = """\
Record a verdict on files as they are here. If the server has anything else at one of the paths, nothing is decided.

Example:
  recviewer --server https://recordings.example.com decide approve tests/recordings/33b71fb85bfb.json
"""


def parser() -> ArgumentParser:
    """Return the parser of the arguments."""
    made = ArgumentParser(
        "recviewer", description=HELP, formatter_class=RawDescriptionHelpFormatter, allow_abbrev=False
    )
    made.add_argument("--server", metavar="URL", required=True, help="https; http only for this machine")
    made.add_argument("--token-file", metavar="FILE", help="a file with the token; default: $RECVIEWER_TOKEN")
    acts = made.add_subparsers(
        dest="act", required=True, metavar="export|reviews|decide", prog="recviewer --server URL"
    )
    export = acts.add_parser(
        "export",
        help="print its recordings as lines of JSON",
        description=EXPORT,
        formatter_class=RawDescriptionHelpFormatter,
    )
    export.add_argument("--query", metavar="Q", default="", help="a query, as in its search box")
    reviews = acts.add_parser(
        "reviews",
        help="write its reviews to a file, or merge a file into them",
        description=REVIEWS,
        formatter_class=RawDescriptionHelpFormatter,
    )
    reviews.add_argument("way", choices=("export", "import"), help="export to FILE, or import FILE")
    reviews.add_argument("file", metavar="FILE", help="- is standard output or input")
    decide = acts.add_parser(
        "decide",
        help="record a verdict on what you have seen",
        description=DECIDE,
        formatter_class=RawDescriptionHelpFormatter,
    )
    decide.add_argument(
        "verdict",
        choices=VERDICTS,
        help="approve; reject: to be re-recorded; delete: to be deleted; revert: restore the old one (with --range); "
        "clear: take your verdict back",
    )
    decide.add_argument(
        "paths", nargs="+", metavar="PATH", help="relative to DIR; for a range, to the top of the repository"
    )
    decide.add_argument("--recordings", metavar="DIR", default=".", help="base of the paths; default: this directory")
    decide.add_argument(
        "--seen", metavar="BLOB", help="blob id of what you saw at the one PATH; default: that of the file"
    )
    decide.add_argument("--note", metavar="WHY", default="", help="the reason; required to reject")
    decide.add_argument("--range", metavar="BASE...HEAD", help="a range of two commit ids whose changes to decide on")
    return made


def run(arguments: Sequence[str]) -> int:
    """Send the request, print the response, and return the exit code."""
    given = parser().parse_args(arguments)
    try:
        server = Server(given.server, _token(given))
        if given.act == "export":
            return _export(server, given.query)
        if given.act == "decide":
            return _decide(server, given)
        return _reviews_to(server, given.file) if given.way == "export" else _reviews_from(server, given.file)
    except RemoteRefusal as refusal:
        _warn(str(refusal))
        return REFUSED
    except (RemoteProblem, Refusal) as problem:
        _warn(str(problem))
        return CANNOT


def _warn(sentence: str) -> None:
    sys.stderr.write(f"{safe(sentence)}\n")


def _token(given: Namespace) -> str:
    """Return the token, "" if none is named. It is not an argument, because all users of a machine see those."""
    if given.token_file:
        return token_in(_read(given.token_file, 10_000).decode("ascii", "replace"), given.token_file)
    named = os.environ.get(VARIABLE, "")
    return token_in(named, VARIABLE) if named else ""


def _read(name: str, most: int) -> bytes:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with open(name, "rb") as file:
                data = file.read(most + 1)
    except OSError as error:
        raise RemoteProblem(f"{name} cannot be read: {error.strerror or error}.") from None
    if len(data) > most:
        raise RemoteProblem(f"{name} is longer than {most:,} bytes, which is too much to send.")
    return data


def _export(server: Server, query: str) -> int:
    """Print the list, page by page. Raises RemoteProblem if it changed meanwhile, because some may be missing."""
    here: str | None = f"recordings.json?{urlencode({'q': query, 'per': PER_PAGE})}"
    total, known = None, set[str]()
    while here is not None:
        page = told_in(server.get(here))
        rows, found, more = page.get("recordings"), page.get("total"), page.get("next")
        if not isinstance(rows, list) or not isinstance(found, int) or not (more is None or isinstance(more, str)):
            raise RemoteProblem(
                "The server answered with something that is not a list of recordings. Is its address right?"
            )
        if total is None:
            for hint in page.get("hints") or ():
                _warn(line(str(hint)))
        total = found if total is None else total
        before = len(known)
        known.update(str(row.get("path")) if isinstance(row, dict) else "" for row in rows)
        if found != total or len(known) != before + len(rows) or (more is not None and not rows):
            raise RemoteProblem("The list changed while it was read, so what was printed is not all. Export again.")
        sys.stdout.buffer.write(b"".join(dumps(row).encode("utf-8", "backslashreplace") + b"\n" for row in rows))
        here = server.resolved(here, more) if more is not None else None
    sys.stdout.buffer.flush()
    if len(known) != total:
        raise RemoteProblem(f"The server told of {total:,} recordings and listed {len(known):,}. Export again.")
    return DONE


def _reviews_to(server: Server, name: str) -> int:
    data = server.get("reviews.jsonl")
    first = told_in(data.partition(b"\n")[0])
    if "recviewer_reviews" not in first or not data.endswith(b"\n"):
        raise RemoteProblem(
            "The server answered with something that is not a whole file of reviews. Nothing was written."
        )
    if name == "-":
        put(sys.stdout, data)
        return DONE
    place = Path(name)
    temporary = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, place)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RemoteProblem(f"{name} cannot be written: {error.strerror or error}.") from None
    sys.stdout.write(safe(f"Wrote {len(data.splitlines()) - 1:,} lines to {name}.\n"))
    return DONE


def _reviews_from(server: Server, name: str) -> int:
    result = server.post("reviews.jsonl", _read(name, FILE_BYTES), "application/jsonl")
    _print_result(result)
    left = result.get("left_out") or []
    for one in left:
        if isinstance(one, dict):
            _warn(line(f"line {one.get('line')} was left out: {one.get('why')}"))
    return REFUSED if left else DONE


def _print_result(result: object) -> None:
    sentences = result.get("said") if isinstance(result, dict) else None
    if not isinstance(sentences, list) or not sentences:
        raise RemoteProblem("The server did not say what was done. Look there before you try again.")
    for sentence in sentences:
        sys.stdout.write(safe(f"{line(str(sentence))}\n"))


def _decide(server: Server, given: Namespace) -> int:
    if given.range is not None and not re.fullmatch(r"[0-9a-f]{7,64}\.\.\.[0-9a-f]{7,64}", given.range):
        raise RemoteProblem(
            "--range takes the ids of two commits, BASE...HEAD: names move, and "
            "then it is not what you saw. `git rev-parse` tells them."
        )
    if given.seen is not None and (len(given.paths) > 1 or not re.fullmatch("[0-9a-f]{40}", given.seen)):
        raise RemoteProblem(
            "--seen takes the blob id of one PATH, 40 hex digits, as export and `git hash-object` tell it."
        )
    items = [_item(path, given) for path in given.paths]
    sent = {"verdict": given.verdict, "note": given.note, "item": " ".join(items)}
    sent |= {"range": given.range} if given.range is not None else {}
    try:
        body = urlencode(sent).encode()
    except UnicodeEncodeError:
        raise RemoteProblem("The note is not text in UTF-8.") from None
    _print_result(server.post("do/decide.json", body, "application/x-www-form-urlencoded"))
    return DONE


def _item(path: str, given: Namespace) -> str:
    """Return a recording as the server's forms name it: the blob that was seen, and its key."""
    raw = os.fsencode(path)
    blob = given.seen or blob_of(Path(given.recordings), raw)
    return f"{blob}:{quote(key_of(raw), safe='')}"
