"""What older generations of a call say, and how their requests differ from the newest; completely, or marked as cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recviewer.changes.model import Change
from recviewer.difference.compare import compare
from recviewer.difference.model import SectionKind, Values, Words, shown
from recviewer.difference.values import ABSENT
from recviewer.exchange.model import Exchange, Output

LONGEST = 20_000
"""Maximum length of a text in the question; the page of its change has all of it."""
ROOM = 300_000
"""Maximum length of all texts together. A generation that is not shown completely is not ticked by default."""

_MESSAGE = re.compile(r"^messages\[(\d+)\]")
_ASKED = frozenset({SectionKind.MESSAGES, SectionKind.PARAMETERS, SectionKind.TOOLS})


@dataclass(frozen=True, slots=True)
class OlderTold:
    """One older generation. answers: each choice in words; thoughts: of these.

    asked: how its request differs from the newest, with labels. is_cut: it contains more.
    """

    answers: tuple[str, ...]
    thoughts: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]
    is_cut: bool


def told(changes: Sequence[Change], call: Change) -> list[OlderTold]:
    """Return what each older generation of a call says, as far as it fits."""
    room, made = ROOM, []
    for change in changes:
        there = change.side.exchange
        said = [text for output in there.outputs for text in _words(output)] or [change.side.meaning.line.answered]
        thoughts = [output.reasoning for output in there.outputs if output.reasoning]
        asked = list(_asked(there, (call.old or call.side).exchange))
        texts, is_cut = _shown([*said, *thoughts, *(text for _, text in asked)], room)
        room -= sum(map(len, texts))
        answers, rest = texts[: len(said)], texts[len(said) :]
        others = zip([name for name, _ in asked], rest[len(thoughts) :], strict=False)
        is_cut = is_cut or _holds_more(there) or change.unread != ""
        made.append(OlderTold(answers, rest[: len(thoughts)], tuple(others), is_cut))
    return made


def _holds_more(there: Exchange) -> bool:
    """Tell whether there is something besides words, calls and the request."""
    has_more = bool(there.exhibits or there.problems or there.left or any(output.parts for output in there.outputs))
    return has_more or there.error is not None or there.unread is not None


def _asked(there: Exchange, newest: Exchange) -> Iterator[tuple[str, str]]:
    for section in compare(there, newest).sections:
        for item in section.items if section.kind in _ASKED else ():
            if isinstance(item, Words):
                yield _MESSAGE.sub(r"message \1,", item.old_label or item.label), item.words.old
            elif isinstance(item, Values):
                names = (_MESSAGE.sub(r"message \1,", item.old_label or item.label), section.kind.value)
                name = next(filter(None, names))
                yield from (
                    (f"{name} {one.path}".strip(), "none" if one.old is ABSENT else shown(one.old))
                    for one in item.values
                )


def _shown(said: Sequence[str], room: int) -> tuple[tuple[str, ...], bool]:
    """Return as much of some texts as fits, and whether anything is left out."""
    cut = []
    for text in said:
        part = text[: min(LONGEST, room)]
        if text and not part:
            break
        cut.append(part)
        room -= len(part)
    return tuple(cut), tuple(cut) != tuple(said)


def _words(output: Output) -> Iterator[str]:
    """Yield what a choice says: its answer, its refusal, and each call."""
    yield from filter(None, (output.content, output.refusal))
    yield from (f"{call.name} {call.arguments}" for call in output.tool_calls)
