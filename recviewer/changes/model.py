"""A change: one call whose recording changed, came or went."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from recviewer.changes.moves import QUIET, differ
from recviewer.changes.pairing import Pair
from recviewer.changes.sides import Side
from recviewer.difference.model import Churn, Difference
from recviewer.difference.words import Count
from recviewer.exchange.model import Kind

ORDER = (
    Churn.OUTCOME,
    Churn.TOOL_CALL,
    Churn.FINISH,
    Churn.TEXT,
    Churn.REQUEST,
    Churn.NEW,
    Churn.GONE,
    Churn.DETAILS,
    Churn.CHUNKING,
    Churn.IDENTICAL,
)
"""Classes in the order in which a reviewer wants them: what changed most, what came and went, then what means the same."""


class Severity(StrEnum):
    """How bad a finding is: red wants a decision, amber a look."""

    RED = "red"
    AMBER = "amber"


@dataclass(frozen=True, slots=True)
class Change:
    """One recording that changed, or one that came or went.

    pair: None for a new or a gone one. unasked: nothing of this range asked for the new recording, for the request is the
    same and the old one could be replayed. mask: the same for changes that are the same change, b"" where there is none.
    group: a number shared with further recordings of the same call, else None. alike: a number shared by changes that
    are the same change, else None. verdict: `approved`, `rejected`, `delete`, or "" while nobody has decided.
    severity: of the worst finding about it, None where there is none. moved_to: of a deleted recording, where its bytes
    lie now outside of the folders in which recordings are looked for, "" for nowhere.
    """

    churn: Churn
    old: Side | None
    new: Side | None
    pair: Pair | None = None
    similarity: float = 0.0
    removed: Count = field(default_factory=Count)
    added: Count = field(default_factory=Count)
    summary: str = ""
    unasked: bool = False
    mask: bytes = b""
    group: int | None = None
    alike: int | None = None
    verdict: str = ""
    severity: Severity | None = None
    moved_to: str = ""

    @property
    def key(self) -> tuple[bytes, bytes]:
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
        """What a verdict on the change hangs on.

        Of a new recording what it says. That one may go is another question, and one for each test that replays it:
        `gone:1:` and a hash of what it says and its test id. "" for what cannot be read on disk.
        """
        if self.new is not None:
            return self.new.subject
        told = f"{self.side.subject}\0{self.side.test_id}".encode("utf-8", "backslashreplace")
        return f"gone:1:{hashlib.blake2b(told, digest_size=20).hexdigest()}"

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
