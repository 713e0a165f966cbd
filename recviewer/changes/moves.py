"""The difference of the two recordings of a pair: their content, and their places in the tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recviewer.difference.behind_masks import behind_masks
from recviewer.difference.compare import compare
from recviewer.difference.details import is_same_stream
from recviewer.difference.model import Churn, Difference, Section, SectionKind, Values
from recviewer.difference.values import ValueChange
from recviewer.exchange.fingerprint import canonical, said
from recviewer.exchange.model import Exchange, Kind
from recviewer.pairing.sides import Side
from recviewer.replay.names import ReplayState

QUIET = frozenset({Churn.IDENTICAL, Churn.CHUNKING})
"""Classes that nobody has to read: all differences are known to be harmless."""

_CALLED = {
    ReplayState.CURRENT: "the name that replay looks for",
    ReplayState.OLDER: "a name by an older rule",
    ReplayState.UNKNOWN: "a name that no rule gives",
    ReplayState.EDITED: "the name of what it was before an edit",
}


def differ(old: Side | None, new: Side | None) -> Difference:
    """Compare the two recordings of a call, including their places in the tree. None stands for a missing recording."""
    if old is not None and new is not None and old.blob != new.blob and (old.meaning.unread or new.meaning.unread):
        values = (ValueChange(("content",), ("content",), *map(_bytes_of, (old, new))), *_moved(old, new))
        return Difference(Churn.UNREAD, (Section(SectionKind.DETAILS, (Values("", values),)),), similarity=0.0)
    found = compare(old.exchange if old else None, new.exchange if new else None)
    if old is None or new is None:
        return found
    moves = tuple(moved(old, new))
    if not moves:
        return found
    known = found.section(SectionKind.DETAILS)
    told = known.items[0].values if known and isinstance(known.items[0], Values) else ()
    section = Section(SectionKind.DETAILS, (Values("", (*told, *moves)),))
    rest = [one for one in found.sections if one.kind is not SectionKind.DETAILS and not one.is_quiet]
    quiet = [one for one in found.sections if one.is_quiet]
    churn = Churn.DETAILS if found.churn in QUIET else found.churn
    return replace(found, churn=churn, sections=(*rest, section, *quiet))


def surely_quiet(old: Side, new: Side) -> Churn | None:
    """Return the class of two recordings with equal meaning and place; None if the values have to be compared to know it."""
    is_same = old.meaning.fingerprint == new.meaning.fingerprint
    is_same = is_same and (old.meaning.fingerprint != "" or old.blob == new.blob != "")
    before, after = old.exchange, new.exchange
    if not is_same or canonical(before.place) != canonical(after.place) or any(moved(old, new)):
        return None
    if not is_same_stream(before, after) or behind_masks(before, after):
        return None
    return Churn.IDENTICAL if (before.chunks, before.runs) == (after.chunks, after.runs) else Churn.CHUNKING


def moved(old: Side, new: Side) -> Iterator[ValueChange]:
    """Yield the differences of a pair's places in the tree; for two unreadable files also their bytes.

    A name that changed because the request did has no meaning of its own; if the request is equal, it has.
    """
    if old.blob != new.blob and old.exchange.kind is new.exchange.kind is Kind.UNREADABLE:
        yield ValueChange(("content",), ("content",), *map(_bytes_of, (old, new)))
    yield from _moved(old, new)


def _bytes_of(side: Side) -> str:
    return f"blob {side.blob[:12]}"


def _moved(old: Side, new: Side) -> Iterator[ValueChange]:
    if old.folder != new.folder:
        yield ValueChange(("folder",), ("folder",), old.folder, new.folder)
    if old.name != new.name and _asks_the_same(old, new):
        before, after = _called(old), _called(new)
        if before == after and old.meaning.replay.state is not ReplayState.CURRENT:
            before, after = old.name, new.name
        what = "cassette" if old.part and new.part else "file name"  # one of several calls of a file may move alone
        if before != after:
            yield ValueChange((what,), (what,), before, after)


def _called(side: Side) -> str:
    return _CALLED.get(side.meaning.replay.state, side.name)


def _asks_the_same(old: Side, new: Side) -> bool:
    """Tell whether nothing that determines the name differs: the request with its URL, and the test."""
    if old.blob == new.blob:
        return True
    before, after = old.exchange, new.exchange
    if (before.test_id, before.rest.get("request")) != (after.test_id, after.rest.get("request")):
        return False
    return asks_alike(before, after)


def asks_alike(before: Exchange, after: Exchange) -> bool:
    """Tell whether two requests are equal, including the secrets behind masks."""
    if behind_masks(before, after):
        return False
    if before.request.body == after.request.body:
        return True
    return canonical(said(before)["request"]) == canonical(said(after)["request"])
