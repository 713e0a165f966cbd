"""A change: one call whose recording changed, came or went."""

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
"""Classes in the order in which a reviewer wants them: what changed most, what came and went, then what means the same."""


Key: TypeAlias = tuple[bytes, bytes]
"""What tells a change of a range from every other: see `Change.key`."""


class Kin(NamedTuple):
    """Whom a change may be read with. home: the same for all of one function or, where no test is known, of one folder.

    asked: the same for those of one home of which all is the same that was said before a model first spoke, to the letter;
    of what is no talk, the whole request.
    """

    home: bytes
    asked: bytes


NO_KIN = Kin(b"", b"")
"""Of what stands for itself."""


@dataclass(frozen=True, slots=True)
class Change:
    """One recording that changed, or one that came or went."""

    churn: Churn
    old: Side | None
    new: Side | None
    pair: Pair | None = None
    """None for a new or a gone one."""
    similarity: float = 0.0
    removed: Count = field(default_factory=Count)
    added: Count = field(default_factory=Count)
    summary: str = ""
    unasked: bool = False
    """Nothing of this range asked for the new recording, for the request is the same and the old one could be
    replayed."""
    mask: bytes = b""
    """The same for changes that are the same change, b"" where there is none."""
    group: int | None = None
    """A number shared with further recordings of the same call, else None."""
    alike: int | None = None
    """A number shared by changes that are the same change, else None."""
    verdict: str = ""
    """`approved`, `rejected`, `delete`, `revert`, or "" while nobody has decided."""
    severity: Severity | None = None
    """Of the worst finding about it, None where there is none."""
    moved_to: str = ""
    """Of a deleted recording, where its bytes lie now outside of the folders in which recordings are looked for, ""
    for nowhere."""
    asks: tuple[str, ...] = ()
    """What is asked of this very change and cannot be told from what the new recording says, by name: no verdict on
    equal words elsewhere answers it."""
    is_older: bool = False
    """It is gone, and an older generation of the call that it shares its group with."""
    is_move: bool = False
    """Only where it stands changed."""
    expected: Expected = NOTHING_EXPECTED
    """What its test looks for in the answer."""
    why_not_back: str | None = None
    """Of one that nothing asked for, why its old recording is not to be taken back, as a clause, "" where it can be;
    None for other changes, and where nobody looked."""
    kin: Kin = NO_KIN
    """Whom it may be read with on one page, see `read_together`."""
    runs: RunWords = NOTHING_SAID
    """What runs of the suite say of it, which neither asks for a decision nor takes one away."""
    agreement: Agreement | None = None
    """Who has to agree to it by its path (see `reviewers`), None where one person is enough; without all of them it
    has no verdict."""
    is_parted: bool = False
    """A reviewer broke up a pair that it was in."""

    @property
    def key(self) -> Key:
        """The paths of both sides, b"" for none: no other change of a range has the same."""
        return (self.old.raw if self.old else b"", self.new.raw if self.new else b"")

    @property
    def side(self) -> Side:
        """The new recording; of one that is gone, the old."""
        side = self.new or self.old
        if side is None:
            raise ValueError("a change has an old or a new side")
        return side

    @property
    def about(self) -> Side:
        """The side that tells which call it is: the new one or, where that cannot be read, the old one."""
        if self.old is not None and self.new is not None and self.new.exchange.kind is Kind.UNREADABLE:
            return self.old
        return self.side

    @property
    def subject(self) -> str:
        """What a person's verdict on the change hangs on.

        For a new recording: what it says. For a removed one the question is whether it may go, which is asked anew for each
        test and each place: `gone:`, the version of the fingerprint, and a hash of what it says, its test id and its path.
        "" for what cannot be read on disk.
        """
        return self.new.subject if self.new is not None else f"gone:{fingerprint.VERSION}:{_hash(*_told(self.side))}"

    @property
    def own_subject(self) -> str:
        """What a verdict on this very change hangs on, whatever else says the same: that of a rule, and that on `asks`.

        `change:`, the version of the fingerprint, and a hash of the class, what is asked, and of both sides what they say,
        their tests and their places. So another reason to ask, or another place, asks anew. "" for what cannot be read.
        """
        if not self.subject:
            return ""
        sides = [part for side in (self.old, self.new) for part in (_told(side) if side else ("",))]
        return f"change:{fingerprint.VERSION}:{_hash(self.churn.value, *self.asks, *sides)}"

    @property
    def is_quiet(self) -> bool:
        """Tell whether the meaning is the same."""
        return self.churn in QUIET

    @property
    def is_churn(self) -> bool:
        """Tell whether nobody has to look at it: the meaning is the same, and nothing was found on it."""
        return self.is_quiet and self.severity is None

    @property
    def needs_you(self) -> bool:
        """Tell whether a person has to look at it: it is more than churn, and nobody has decided."""
        return not self.verdict and not self.is_churn

    @property
    def is_waiting(self) -> bool:
        """Tell whether somebody agreed to it, and somebody else has to before it is decided."""
        return self.agreement is not None and self.agreement.is_waiting

    @property
    def state(self) -> str:
        """What was decided; `waiting` where somebody else still has to agree, `undecided` where nobody did."""
        return self.verdict or ("waiting" if self.is_waiting else "undecided")

    @property
    def said(self) -> str:
        """What was decided on it, whoever still has to agree; "" for nothing."""
        return self.verdict or (self.agreement.state if self.agreement is not None else "")

    def is_open_to(self, name: str) -> bool:
        """Tell whether it is undecided and a person's word may change that: they are not waiting for others."""
        return not self.verdict and not (self.agreement is not None and name in self.agreement.people)

    @property
    def can_go_back(self) -> bool:
        """Tell whether its old recording can be taken back: nothing asked for the new one, and nothing leans on it."""
        return self.why_not_back == ""

    @property
    def unread(self) -> str:
        """Why a side of it was left unread, so that nothing of it is known but its bytes; "" where both were read."""
        return next((side.meaning.unread for side in (self.new, self.old) if side and side.meaning.unread), "")

    @property
    def size(self) -> int:
        """The bytes of the recording; of one that is gone, the old ones."""
        return self.side.meaning.size

    @property
    def recordings(self) -> int:
        """How many recordings of git's count it stands for: a pair at two paths is two."""
        return 2 if self.old and self.new and self.old.raw != self.new.raw else 1

    def difference(self) -> Difference:
        """Work out the whole difference."""
        return differ(self.old, self.new)


def _told(side: Side) -> tuple[str, ...]:
    """Return what a recording says and where it stands, as far as a decision on a change hangs on it."""
    written = canonical(side.exchange.place)
    place = repr(written)
    hidden = behind(written.decode("utf-8", "replace"), side.exchange)
    if hidden:
        place += repr(hidden)
    return side.subject, side.test_id, repr(side.raw), place, side.meaning.replay.state.value


def _hash(*parts: str) -> str:
    return hashlib.blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=20).hexdigest()
