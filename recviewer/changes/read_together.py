"""Which changes of different tests are read on one page: those of one function or, if no test is known, those of one
folder. Answers to literally equal openings come together first.

A function with six parametrizations asks one question six times, of different providers or clients, and a folder of
cassettes asks it of every model. Each answer is read: nothing here declares two changes equal.
"""

from __future__ import annotations

import hashlib

from recviewer.changes.model import NO_KIN, Change, Kin
from recviewer.changes.shown_once import is_plain
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import Ids, canonical, said, said_of_part
from recviewer.exchange.model import Exchange, Json, Kind
from recviewer.exchange.text import SENT
from recviewer.pairing.sides import Side


def kin_of(change: Change) -> Kin:
    """Return a value that is equal only for changes that may be read together; `NO_KIN` for one that is read alone.

    Changes that cannot be shown completely in a list are read alone, and so are older generations and changes of equal
    meaning.
    """
    if change.is_quiet or change.is_older or not _can_be_told(change):
        return NO_KIN
    home = _home(change)
    return Kin(_hash(home), _hash(home, canonical(_opening(change.about.exchange))))


def _hash(*told: object) -> bytes:
    return hashlib.blake2b(repr(told).encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _can_be_told(change: Change) -> bool:
    sides = [side for side in (change.old, change.new) if side is not None]
    if change.churn is Churn.UNREAD or any(_is_unread(side) for side in sides):
        return False
    return change.pair is not None or is_plain(change.side.exchange)


def _is_unread(side: Side) -> bool:
    return bool(side.meaning.unread) or side.exchange.kind is Kind.UNREADABLE or not side.subject


def _home(change: Change) -> tuple[str, bool]:
    """Return the function or, if no test is known, the folder; there, new and deleted embeddings are separate."""
    side = change.about
    if side.test_id:
        return side.test_id.partition("[")[0], False
    return side.folder, change.pair is None and side.exchange.kind is Kind.EMBEDDINGS


def _opening(exchange: Exchange) -> Json:
    ids = Ids()
    told: list[Json] = []
    for message in exchange.request.messages:
        if message.role in SENT:
            break
        told.append([message.role, message.name, [said_of_part(part, ids) for part in message.parts]])
    return told or said(exchange)["request"]
