"""Several generations of one call: a test's requests are equal apart from ids, scores and long decimals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recviewer.exchange.amounts import counted
from recviewer.exchange.encode import encode
from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.replay.names import ReplayState
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by, is_own_file, keys, short_of

_PREFIXES = (b"file-", b"file_", b"call_", b"call-", b"vs_", b"fc_", b"msg_", b"rs_", b"toolu_", b"resp_", b"chatcmpl-")
_MADE_ANEW = (
    (b"score: ", re.compile(rb"score: -?\d*\.?\d+(?:e-?\d+)?")),
    (b".", re.compile(rb"\.\d{4,}(?:e-?\d+)?")),
    *[(prefix, re.compile(prefix + rb"([0-9A-Za-z_-]*)")) for prefix in _PREFIXES],
)
"""Scores, long decimals and what may be ids in the JSON text of a request; each with how it begins, which most texts do
not hold.
"""

_DIGIT = re.compile(rb"\d")
_ID_LENGTH = 6

_UUID = re.compile(rb"-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
"""A UUID without its first eight digits: searching for a literal first character is much faster."""

_MISSED = (ReplayState.OLDER, ReplayState.EDITED, ReplayState.UNKNOWN)
_NO_CALLS = (Kind.MODELS, Kind.UNREADABLE)


def _note(side: Side) -> str:
    """Only for recordings alone in their file: in a cassette the same request may occur again."""
    if not is_own_file(side) or not side.test_id or side.exchange.kind in _NO_CALLS:
        return ""
    exchange = side.exchange
    asked = _masked(encode(exchange.request.body, is_sorted=True))
    told = b"\0".join([exchange.kind.value.encode(), exchange.url.encode("utf-8", "replace"), asked])
    return short_of(told.decode("utf-8", "replace"), exchange)


def _masked(asked: bytes) -> bytes:
    """Return a request without generated values."""
    kept, last = [], 0
    for found in _UUID.finditer(asked):
        kept.append(asked[last : found.start() - 8])
        last = found.end()
    text = b"#".join([*kept, asked[last:]])
    for needle, pattern in _MADE_ANEW:
        if needle in text:
            text = pattern.sub(_sign if pattern.groups else b"#", text)
    return text


def _sign(found: re.Match[bytes]) -> bytes:
    """Return what stands for an id, which is long and has a digit; anything else as it is."""
    name = found[1]
    return b"#" if len(name) >= _ID_LENGTH and _DIGIT.search(name) else found[0]


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    for places in by(some, lambda one: one.note).values():
        missed = [place for place in places if some[place].replay in _MISSED]
        if len(places) == 1 or not missed:
            continue
        found = [place for place in places if place not in missed]
        for place in missed:
            yield place, _held(some, place, places, found)


def _held(some: Sequence[Noted], place: int, places: Sequence[int], found: Sequence[int]) -> Held:
    if found:
        says = f"an older recording of the call that {some[found[0]].key.rpartition('/')[2]} holds now"
        return Held(Severity.AMBER, "older", fault="older", says=says, others=keys(some, found), is_surplus=True)
    says = f"one of {counted(len(places), 'generation')} of one call, none of which is found by replay"
    return Held(Severity.AMBER, "none is found", fault="none", says=says, others=keys(some, places, place))


RULE = Rule(
    "stacked-generations",
    "it is an older recording of a call",
    Explained(
        what="Recordings of one test whose requests are the same once ids, scores and long decimals are left out, and "
        "which replay does not find by their names. Their twin that replay finds is named.",
        why="The test was re-recorded and the old file stayed: nothing reads it, and whoever searches finds both.",
        example="Two requests with the same question, in which a search gave `score: 0.0077` and `score: 0.0031`.",
        fix="Delete the older ones; keep the one that replay finds. Where replay finds none, re-record the test.",
        mistaken="Calls of one test that differ in nothing but an id or a long decimal.",
        measured="83, 6 and 0; 22 were read, and all are right. 7 more in the later tree of OGX; all are right.",
        right={Severity.AMBER: (20, 20)},
    ),
    among=Among(_note, _find),
    needs=Needs.TEST,
    about=About.NAME,
)
