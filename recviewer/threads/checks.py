"""Checks of growing texts: many single-message requests whose texts are successive prefixes within a fixed frame.

A guard that examines an answer while it is generated sends one request for each prefix.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from operator import eq

from recviewer.difference import behind_masks
from recviewer.exchange.model import Exchange, Text
from recviewer.exchange.text import line_of
from recviewer.threads.model import Checks, Entry
from recviewer.threads.sameness import Digest, asked_with, digest_of, steps

LEAST = 4
"""Fewest successive checks that form a growing text."""

FRAME = 100
"""Characters of the fixed frame from which on even a single such request counts as a check."""

OUTCOME = 60
"""Characters of an answer that tell a check's outcome."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """One checked text. whole: the message without the fixed text after it. hidden: the secrets behind its masks."""

    whole: str
    entry: Entry
    hidden: frozenset[tuple[str, ...]] = frozenset()

    def goes_on_from(self, other: _Checked) -> bool:
        """Tell whether its text starts with, or equals, another one."""
        return self.whole.startswith(other.whole) and other.hidden <= self.hidden


@dataclass(frozen=True, slots=True)
class Grown:
    """A text that was checked while it grew, and its checks, some of which may belong to other texts too."""

    checked: tuple[_Checked, ...]
    before: int
    behind: int

    @property
    def text(self) -> str:
        """The text of the last check, with the fixed text before it."""
        return self.checked[-1].whole


def found_in(entries: Iterable[Entry]) -> tuple[list[Grown], list[Entry]]:
    """Separate the checks from other exchanges. Returns (checked texts, the other exchanges), both in a stable order."""
    alike: dict[Digest, list[Entry]] = defaultdict(list)
    others: list[Entry] = []
    for entry in sorted(entries, key=lambda entry: entry.rank):
        key = _setting(entry.exchange)
        if key is None:
            others.append(entry)
        else:
            alike[key].append(entry)
    found: list[Grown] = []
    for some in alike.values():
        grown = _grown(some) if len(some) >= LEAST else []
        taken = {one.entry for each in grown for one in each.checked}
        found += grown
        others += [entry for entry in some if entry not in taken]
    return found, sorted(others, key=lambda entry: entry.rank)


def _setting(exchange: Exchange) -> Digest | None:
    """Return a digest of a request without the text of its last message, None if it cannot be a check."""
    messages = exchange.request.messages
    if not messages or len(messages[-1].parts) != 1 or not isinstance(messages[-1].parts[0], Text):
        return None
    if any(output.tool_calls for output in exchange.outputs):
        return None
    before = [step.content.hex() for step in steps(messages[:-1], exchange=exchange)]
    with_ = sorted((key, value.hex()) for key, value in asked_with(exchange).items())
    return digest_of([exchange.kind.value, before, messages[-1].role, with_])


def text_of(entry: Entry) -> str:
    """Return the text of the last message of a request accepted by `_setting`."""
    part = entry.exchange.request.messages[-1].parts[0]
    return part.text if isinstance(part, Text) else ""


def _grown(entries: Sequence[Entry]) -> list[Grown]:
    """Return the growing texts among requests that differ only in their text."""
    texts = [text_of(entry) for entry in entries]
    behind = _common_end(texts)
    every = [
        _Checked(text[: len(text) - behind], entry, frozenset(behind_masks.behind(text, entry.exchange)))
        for text, entry in zip(texts, entries, strict=True)
    ]
    every.sort(key=lambda one: (one.whole, one.entry.rank))
    before = sum(1 for _ in takewhile(bool, map(eq, every[0].whole, every[-1].whole)))
    ways = _ways(every)
    long = [way for way in ways if len({one.whole for one in way}) >= LEAST]
    if not long:
        return []
    return [Grown(tuple(way), before, behind) for way in (ways if before + behind >= FRAME else long)]


def _ways(every: Sequence[_Checked]) -> list[list[_Checked]]:
    """Return, for each text that is not a prefix of another, the chain of its prefixes and itself. every: sorted by text."""
    ways, open_ = [], list[_Checked]()
    for place, one in enumerate(every):
        while open_ and not one.goes_on_from(open_[-1]):
            open_.pop()
        open_.append(one)
        if place + 1 == len(every) or not every[place + 1].goes_on_from(one):
            ways.append(list(open_))
    return ways


def _common_end(texts: Sequence[str]) -> int:
    """Return the length of the longest common suffix."""
    first, most = texts[0], min(map(len, texts))
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        end = first[len(first) - middle :]
        if all(text.endswith(end) for text in texts):
            low = middle
        else:
            high = middle - 1
    return low


def divided(found: Sequence[tuple[Grown, int]]) -> Iterator[Checks]:
    """Yield the checks of each text, each check once. found: checked texts, with the places of their turns."""
    taken: set[Entry] = set()
    order = sorted(found, key=lambda one: (not one[1], one[1], -len(one[0].checked), one[0].text))
    for grown, place in order:
        own = [one for one in grown.checked if one.entry not in taken]
        taken |= {one.entry for one in own}
        if own:
            yield _checks(own, grown, place)


def _checks(own: Sequence[_Checked], grown: Grown, place: int) -> Checks:
    said = [line_of(one.entry.exchange).answered[:OUTCOME] for one in own]
    return Checks(
        text=grown.text[grown.before :],
        entries=tuple([one.entry for one in own]),
        lengths=tuple([len(one.whole) - grown.before for one in own]),
        outcomes=tuple([(words, len(list(run))) for words, run in groupby(said)]),
        model=own[0].entry.exchange.model,
        of=place,
        shared=len(grown.checked) - len(own),
        frame=grown.before + grown.behind,
    )
