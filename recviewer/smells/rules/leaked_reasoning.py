"""Reasoning that leaked into the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recviewer.pairing.sides import Side
from recviewer.smells.intent import wants_thinking
from recviewer.smells.model import About, Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted
from recviewer.smells.spots import in_answer
from recviewer.smells.thinking import has_moved, leaked, thoughts

_OWN_TAGS = ("thinking",)
"""Tags that models of Anthropic and Amazon write into answers if they have no separate channel for reasoning; no server
removes them.
"""


def _holds(case: Case) -> Held | None:
    if case.new is None:
        return None
    tag = leaked(case.new)
    if tag:
        is_mild = tag.strip("</>").casefold() in _OWN_TAGS or wants_thinking(case.new)
        level = Severity.AMBER if is_mild else Severity.RED
        return Held(level, tag, fault="in the answer", spots=in_answer(case.new, _around(case.new, tag)))
    if not has_moved(case.old, case.new):
        return None
    return Held(Severity.RED, spots=in_answer(case.new, _around(case.new, "")), is_compared=True)


_BEFORE = 60
"""Characters of the answer that are shown before the end of the reasoning."""


def _around(side: Side, tag: str) -> str:
    """Return the text of the answer with a tag, from its start or from shortly before the reasoning ends."""
    content = next((output.content for output in side.exchange.outputs if tag in output.content), "").lstrip()
    return content[max(0, content.find(tag) - _BEFORE) :]


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    answers = sum(any(output.content for output in case.new.exchange.outputs) for case in every if case.new)
    tags = [tag for tag, _ in Counter(one.held.what for one in some if one.held.what).most_common(3)]
    begun, ended = (", ".join(tag for tag in tags if tag.startswith("</") is is_end) for is_end in (False, True))
    parts = [f"They begin with {begun}." if begun else "", f"They hold {ended} without a beginning." if ended else ""]
    detail = " ".join(filter(None, parts)) or "What was thought before now stands in the answer."
    emptied = sum(bool(thoughts(one.case.known)) and not thoughts(one.case.new) for one in some)
    if emptied:
        detail += f" In {counted(emptied, 'pair')} the old recording had its thinking in a channel of its own; "
        detail += "in the new one that channel is empty."
    return Told(f"Thinking leaked into {len(some):,} of {counted(answers, 'answer')}", detail, answer(some[0]))


RULE = Rule(
    "leaked-reasoning",
    "thinking leaked into the answer",
    Explained(
        what="An answer that begins with what the model thought, in tags, or that holds what stood in a channel of "
        "its own before. Amber is the tag “thinking”, which models of Anthropic and Amazon write by themselves, and no "
        "server takes out; and a test that has “thinking” in its name, for its client may take the tags out by itself.",
        why="The server took the thinking for the answer. Tests that look for words in it pass or fail by chance.",
        example="An answer that begins with `<think>`.",
        fix="Mend the parsing of thinking in the server or the provider's settings, then re-record it.",
        mistaken="A model that was asked to write such tags.",
        measured="64, 16 and 7, of which 4 are amber; 45 were read, and all are right. 11 in the last set, of which 10 are "
        "amber: tests of the tags themselves, and the tag “thinking”. All were read; the red one is right.",
        right={Severity.RED: (20, 20), Severity.AMBER: (4, 4)},
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.RED, Severity.AMBER),
)
