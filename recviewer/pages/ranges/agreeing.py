"""What the verdict bar of a change says if its path requires more than one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recviewer.changes.model import Change
from recviewer.pages.deciding.verdict_bar import Bar
from recviewer.pages.text.classes import STATES


def with_agreement(bar: Bar, changes: Sequence[Change]) -> Bar:
    """Return the bar with who has agreed and who has not. changes: what it decides on."""
    words = agreement_of(changes)
    if not words or not any(change.is_waiting for change in changes):
        return replace(bar, agreement=words)
    look = STATES["waiting"]
    return replace(bar, agreement=words, state="waiting", icon=look.glyph, tone=look.tone)


def agreement_of(changes: Sequence[Change]) -> str:
    """Return who has agreed to some changes, and who has to; if they differ, with the number of changes."""
    told = [change.agreement.words for change in changes if change.agreement is not None]
    if not told or all(change.verdict for change in changes):
        return ""
    first = next((one.agreement.words for one in changes if one.agreement is not None and not one.verdict), "")
    count = told.count(first)
    return first if count == len(changes) else f"{count:,} of these {len(changes):,}: {first}"
