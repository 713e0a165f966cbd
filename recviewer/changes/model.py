"""A change: one call whose recording was changed, added or deleted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from recviewer.changes.agreement import Agreement
from recviewer.changes.facts import NOTHING_EXPECTED, NOTHING_SAID, Expected, RunWords
from recviewer.changes.moves import QUIET, differ
from recviewer.difference.behind_masks import behind
from recviewer.difference.model import Churn, Difference
from recviewer.difference.words import Count
from recviewer.exchange import fingerprint
from recviewer.exchange.fingerprint import canonical
from recviewer.exchange.model import Kind
from recviewer.pairing.pair import Pair
from recviewer.pairing.sides import Side
from recviewer.smells import Severity

ORDER = (
    Churn.OUTCOME,
    Churn.TOOL_CALL,
    Churn.FINISH,
    Churn.TEXT,
    Churn.UNREAD,
    Churn.REQUEST,
    Churn.NEW,
    Churn.GONE,
    Churn.DETAILS,
    Churn.CHUNKING,
    Churn.IDENTICAL,
)
"""Classes in the order of a review: strongest changes, then new and deleted recordings, then those with equal meaning."""


Key: TypeAlias = tuple[bytes, bytes]
"""The unique key of a change in a range: see `Change.key`."""


class Kin(NamedTuple):
    """What a change may be read together with. home: equal within one function or, if no test is known, one folder.

    asked: equal for changes of one home with literally equal messages before the first answer; for requests without
    messages, with equal requests.
    """

    home: bytes
    asked: bytes


NO_KIN = Kin(b"", b"")
"""For changes that are read alone."""


@dataclass(frozen=True, slots=True)
class Change:
    """A recording that was changed, added or deleted."""

    churn: Churn
    old: Side | None
    new: Side | None
    pair: Pair | None = None
    """None for a new or a deleted recording."""
    similarity: float = 0.0
    removed: Count = field(default_factory=Count)
    added: Count = field(default_factory=Count)
    summary: str = ""
    unasked: bool = False
    """Nothing in this range required the new recording: the request is unchanged and the old one could be replayed."""
    mask: bytes = b""
    """Equal for equal changes (see `groups.mask`), b"" if there is none."""
    group: int | None = None
    """A number shared with further recordings of the same call, else None."""
    alike: int | None = None
    """A number shared by equal changes, else None."""
    verdict: str = ""
    """`approved`, `rejected`, `delete`, `revert`, or "" while undecided."""
    severity: Severity | None = None
    """Of the worst finding about it, None if there is none."""
    moved_to: str = ""
    """For a deleted recording, the path of its bytes outside of folders of recordings, "" if they are gone."""
    asks: tuple[str, ...] = ()
    """Names of what is asked of this very change and does not follow from the new recording's content: a verdict on
    equal content elsewhere does not answer it.
    """
    is_older: bool = False
    """It is deleted, and an older generation of the call that it shares its group with."""
    is_move: bool = False
    """Only its place changed."""
    expected: Expected = NOTHING_EXPECTED
    """What its test looks for in the answer."""
    why_not_back: str | None = None
    """For a recording made again unasked, why its old version cannot be taken back, as a clause, "" if it can; None for
    other changes, and if it was not examined.
    """
    kin: Kin = NO_KIN
    """What it may be read together with on one page, see `read_together`."""
    runs: RunWords = NOTHING_SAID
    """What runs of the suite report about it; this neither requires nor replaces a decision."""
    agreement: Agreement | None = None
    """Who must agree to it by its path (see `reviewers`), None if one person is enough; without all of them it has no
    verdict.
    """
    is_parted: bool = False
    """A reviewer broke up a pair that it was in."""

    @property
    def key(self) -> Key:
        """The paths of both sides, b"" if missing. Unique within a range."""
        return (self.old.raw if self.old else b"", self.new.raw if self.new else b"")

    @property
    def side(self) -> Side:
        """The new recording; for a deletion, the old one."""
        side = self.new or self.old
        if side is None:
            raise ValueError("a change has an old or a new side")
        return side

    @property
    def about(self) -> Side:
        """The side that identifies the call: the new one or, if that is unreadable, the old one."""
        if self.old is not None and self.new is not None and self.new.exchange.kind is Kind.UNREADABLE:
            return self.old
        return self.side

    @property
    def subject(self) -> str:
        """What a person's verdict on the change refers to.

        For a new recording: its content. For a removed one the question is whether it may go, which is asked separately
        for each test and each place: `gone:`, the version of the fingerprint, and a hash of its content, test id and
        path. "" for what cannot be read from disk.
        """
        return self.new.subject if self.new is not None else f"gone:{fingerprint.VERSION}:{_hash(*_told(self.side))}"

    @property
    def own_subject(self) -> str:
        """What a verdict on this very change refers to, even if others have equal content: that of a rule, and the
        answer to `asks`.

        `change:`, the version of the fingerprint, and a hash of the class, what is asked, and the content, test and
        place of both sides. So another reason to ask, or another place, asks again. "" if a side cannot be read.
        """
        if not self.subject:
            return ""
        sides = [part for side in (self.old, self.new) for part in (_told(side) if side else ("",))]
        return f"change:{fingerprint.VERSION}:{_hash(self.churn.value, *self.asks, *sides)}"

    @property
    def is_quiet(self) -> bool:
        """Tell whether the meaning is equal."""
        return self.churn in QUIET

    @property
    def is_churn(self) -> bool:
        """Tell whether nobody has to look at it: the meaning is equal, and there are no findings on it."""
        return self.is_quiet and self.severity is None

    @property
    def needs_you(self) -> bool:
        """Tell whether a person has to look at it: it is more than churn, and undecided."""
        return not self.verdict and not self.is_churn

    @property
    def is_waiting(self) -> bool:
        """Tell whether somebody agreed to it, and others must agree before it is decided."""
        return self.agreement is not None and self.agreement.is_waiting

    @property
    def state(self) -> str:
        """The decision; `waiting` if others still must agree, `undecided` without any."""
        return self.verdict or ("waiting" if self.is_waiting else "undecided")

    @property
    def said(self) -> str:
        """The decision, even if others still must agree; "" without any."""
        return self.verdict or (self.agreement.state if self.agreement is not None else "")

    def is_open_to(self, name: str) -> bool:
        """Tell whether it is undecided and this person's verdict may change that: they are not waiting for others."""
        return not self.verdict and not (self.agreement is not None and name in self.agreement.people)

    @property
    def can_go_back(self) -> bool:
        """Tell whether its old recording can be taken back: nothing required the new one, and nothing depends on it."""
        return self.why_not_back == ""

    @property
    def unread(self) -> str:
        """Why a side of it was not read, so that only its bytes are known; "" if both were read."""
        return next((side.meaning.unread for side in (self.new, self.old) if side and side.meaning.unread), "")

    @property
    def size(self) -> int:
        """The size in bytes of the recording; of a deleted one, the old size."""
        return self.side.meaning.size

    @property
    def recordings(self) -> int:
        """How many recordings, as git counts them, it stands for: two for a pair at two paths."""
        return 2 if self.old and self.new and self.old.raw != self.new.raw else 1

    def difference(self) -> Difference:
        """Compute the complete difference."""
        return differ(self.old, self.new)


def _told(side: Side) -> tuple[str, ...]:
    """Return the content and place of a recording, as far as a decision on a change depends on them."""
    written = canonical(side.exchange.place)
    place = repr(written)
    hidden = behind(written.decode("utf-8", "replace"), side.exchange)
    if hidden:
        place += repr(hidden)
    return side.subject, side.test_id, repr(side.raw), place, side.meaning.replay.state.value


def _hash(*parts: str) -> str:
    return hashlib.blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=20).hexdigest()
