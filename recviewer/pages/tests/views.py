"""Data of a test's templates: turns, headings, checks, folds, and the line of each recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from recviewer.catalog.value_words import KIND_WORDS
from recviewer.exchange.model import Failure
from recviewer.pages.recording.calls import CallView
from recviewer.pages.recording.conversation import ROLE
from recviewer.pages.recording.parts import MoreView, RefusalView
from recviewer.pages.site.forms import Fields
from recviewer.pages.templatetags.words import counted
from recviewer.pages.text.expectations import ExpectedLine
from recviewer.pages.text.folds import Fold
from recviewer.pages.text.texts import ShownText
from recviewer.pages.text.words_for import StateWord
from recviewer.threads.model import Answered, Checks
from recviewer.threads.threads import KNOWN

BARS = 80
"""Bars of a wedge at most."""


@dataclass(frozen=True, slots=True)
class Own:
    """The line of one recording under what it answered. number: of the call; anchor: its element id.

    name: of the file, short. facts: ours. state: what is said of it. form: element id of its form; fields: what that sends.
    verdict: approved, rejected, delete or "". closed: why it cannot be decided on, "" where it can.
    """

    number: int
    anchor: str
    url: str
    path: str
    name: str
    facts: tuple[str, ...]
    state: StateWord | None
    form: str
    fields: Fields
    here: str
    verdict: str
    closed: str


@dataclass(frozen=True, slots=True)
class Said:
    """The content of an answer. nothing: the text if it says nothing. end: its finish reason, None for a good one."""

    reasoning: Fold | None
    words: ShownText | None
    refusal: RefusalView | None
    calls: tuple[Any, ...]
    parts: tuple[Any, ...]
    nothing: str
    end: StateWord | None

    @property
    def is_whole(self) -> bool:
        """Whether all words and calls are on the page: what is cut is decided on where it can be read."""
        rests = [self.words.rest if self.words else None]
        rests += [call.rest if isinstance(call, CallView) else getattr(call, "fold", None) for call in self.calls]
        rests += [part.fold for part in self.parts if isinstance(part, MoreView)]
        return all(rest is None or (rest.is_open and getattr(rest.body, "more", None) is None) for rest in rests)


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn. place: 4 for the anchor `t4`. side: which draws the rule. notes: (glyph, tone, sentence).

    same: the place and number of the turn that holds the same, None for none. is_large: a question, set large.
    expected: what the test looks for in this answer.
    """

    template: ClassVar[str] = "tests/_turn.html"
    place: int
    number: int
    role: str
    sub: str
    side: str
    items: tuple[Any, ...] = ()
    fold: Fold | None = None
    same: tuple[int, int, str] | None = None
    is_large: bool = False
    said: tuple[Said, ...] = ()
    error: Failure | None = None
    error_words: ShownText | None = None
    owns: tuple[Own, ...] = ()
    notes: tuple[tuple[str, str, str], ...] = ()
    expected: tuple[ExpectedLine, ...] = ()

    @property
    def anchor(self) -> str:
        """Its element id."""
        return f"t{self.place}"


@dataclass(frozen=True, slots=True)
class Heading:
    """A line between turns. name: `Branch A`; about: what distinguishes it."""

    template: ClassVar[str] = "tests/_heading.html"
    anchor: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Wedge:
    """Bars of growing texts, for an SVG. bars: (x, y, width, height, whether it stands out). width: of the drawing."""

    bars: tuple[tuple[float, float, float, float, bool], ...]
    width: int


@dataclass(frozen=True, slots=True)
class ChecksView:
    """Checks of one text. outcomes: (words, how often in a row). last: the last words of the text. fold: lists them."""

    template: ClassVar[str] = "tests/_checks.html"
    anchor: str
    count: int
    shared: int
    is_of_turn: bool
    outcomes: tuple[tuple[str, int], ...]
    last: str
    text: str
    model: str
    size: str
    wedge: Wedge | None
    fold: Fold


@dataclass(frozen=True, slots=True)
class FoldView:
    """A fold among turns."""

    template: ClassVar[str] = "tests/_folded.html"
    fold: Fold


@dataclass(frozen=True, slots=True)
class Row:
    """One recording in a list, on one line."""

    own: Own
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Some:
    """Turns or rows in a fold, with a form for those of them that are undecided. items: its `item` field."""

    body: tuple[Any, ...]
    items: str
    count: int
    here: str


def wedge_of(checks: Checks) -> Wedge:
    """Draw growing texts: a bar for one or several; the height is the length, and other outcomes stand out."""
    lengths, usual = checks.lengths, checks.outcomes[0][0]
    odd = [words != usual for words, times in checks.outcomes for _ in range(times)]
    step = -(-len(lengths) // BARS)
    most = max(*lengths, 1)
    bars: list[tuple[float, float, float, float, bool]] = []
    for at in range(0, len(lengths), step):
        height = round(2 + 18 * max(lengths[at : at + step]) / most, 1)
        bars.append((len(bars) * 6, round(22 - height, 1), 5, height, any(odd[at : at + step])))
    return Wedge(tuple(bars), len(bars) * 6)


def never_checked(turn: Answered, checks: Sequence[tuple[int, Checks]]) -> Iterator[tuple[str, str, str]]:
    """Yield where a guard that read a growing answer changed its outcome at last, and how much it never read."""
    content = next((output.content for output in turn.entries[0].exchange.outputs), "")
    for _, one in checks:
        read = one.text[max(one.text.find(content[:KNOWN]), 0) :]  # it may come after the instructions for the check
        rest = len(content) - len(read)
        if len(one.outcomes) > 1 and rest > 0 and content.startswith(read):
            said, last = " ".join(one.outcomes[-1][0].split()), " ".join(read[-40:].split())
            yield "warn", "warn", f"Checks end with “{said}” at “…{last}”; {counted(rest, 'character')} left unchecked."


def kind_word(kind: str) -> str:
    """Return the label of a kind."""
    return KIND_WORDS.get(kind, kind)


def name_of_model(model: str) -> str:
    """Return the name of a model for the gutter: the last component of a path."""
    return model if len(model) <= 18 else model.rstrip("/").rpartition("/")[2][:ROLE]


def calls_said(numbers: Sequence[int]) -> str:
    """Name calls: `call 2`, `calls 3 to 5`, `calls 3, 4 and 9`."""
    if not numbers:
        return "no call"
    if len(numbers) == 1:
        return f"call {numbers[0]:,}"
    if list(numbers) == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"calls {numbers[0]:,} {'and' if len(numbers) == 2 else 'to'} {numbers[-1]:,}"
    if len(numbers) > 6:
        return f"{len(numbers):,} calls"
    return f"calls {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
