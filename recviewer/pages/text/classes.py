"""The appearance of the classes of changes and of decisions: a glyph, a tone and a word each."""

from __future__ import annotations

from dataclasses import dataclass

from recviewer.catalog.value_words import VERDICT_WORDS
from recviewer.difference.model import Churn
from recviewer.report.lists import TITLES
from recviewer.smells import Severity


@dataclass(frozen=True, slots=True)
class Look:
    """glyph: of the sprite. tone: good, bad, warn, note or quiet. title: a few words; words: a clause about one of them."""

    glyph: str
    tone: str
    title: str
    words: str = ""


CLASSES = {
    Churn.OUTCOME: Look("error", "bad", TITLES[Churn.OUTCOME], "answer and error changed places, or another error"),
    Churn.TOOL_CALL: Look("note", "note", TITLES[Churn.TOOL_CALL], "other tool calls"),
    Churn.FINISH: Look("note", "note", TITLES[Churn.FINISH], "ended for another reason"),
    Churn.TEXT: Look("note", "note", TITLES[Churn.TEXT], "other words"),
    Churn.UNREAD: Look("warn", "warn", TITLES[Churn.UNREAD], "not read, so that nobody knows how it differs"),
    Churn.REQUEST: Look("hash", "warn", TITLES[Churn.REQUEST], "only the request differs"),
    Churn.NEW: Look("plus", "good", TITLES[Churn.NEW], "new"),
    Churn.GONE: Look("minus", "bad", TITLES[Churn.GONE], "deleted"),
    Churn.DETAILS: Look("note", "note", TITLES[Churn.DETAILS], "the same words, other details"),
    Churn.CHUNKING: Look("same", "quiet", TITLES[Churn.CHUNKING], "the same, cut into other chunks"),
    Churn.IDENTICAL: Look("same", "quiet", TITLES[Churn.IDENTICAL], "the same meaning"),
}

SEVERITIES = {Severity.RED: ("error", "bad"), Severity.AMBER: ("warn", "warn")}
"""The glyph and the tone of a finding."""

STATES = {
    "undecided": Look("undecided", "quiet", VERDICT_WORDS["undecided"]),
    "approved": Look("ok", "good", VERDICT_WORDS["approved"]),
    "rejected": Look("redo", "bad", VERDICT_WORDS["rejected"], "to be re-recorded"),
    "delete": Look("cross", "warn", VERDICT_WORDS["delete"], "marked for deletion"),
    "revert": Look("return", "note", "old one back", "the old recording is to come back"),
    "waiting": Look("undecided", "warn", "for others", "somebody agreed, and somebody else has to"),
    "mixed": Look("mixed", "quiet", "some decided"),
}
GONE_STATES = STATES | {
    "approved": Look("ok", "good", "deletion approved"),
    "rejected": Look("redo", "bad", "restore"),
}


def look_of_state(state: str, *, is_gone: bool) -> Look:
    """Return the appearance of a decision; one on a removal has its own words."""
    return (GONE_STATES if is_gone else STATES)[state or "undecided"]
