"""An answer of another model than the one requested."""

from __future__ import annotations

import re

from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_answer

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|(?<![\d.])(?:0[1-9]|1[0-2])\d{2}(?![\d.])")
_DASHED = re.compile(r"(?<!\d)(\d)-(\d)(?![\da-z])")
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
_OWN_NAMES = ("azure", "cognitiveservices", "services.ai")
"""Parts of the names of hosts on which the owner of a model chooses its name."""


def _holds(case: Case) -> Held | None:
    if case.new is None or case.new.exchange.error is not None:
        return None
    asked, came = case.new.exchange.model, case.new.exchange.reported_model
    if not asked or not came or asked == came or any(word in case.new.meaning.host for word in _OWN_NAMES):
        return None
    if not _is_another(asked, came):
        return None
    what = f"{asked} → {came}"
    says = f"{came} answered, and {asked} was asked for"
    return Held(Severity.AMBER, what, fault=what, says=says, spots=in_answer(case.new, came))


def _is_another(asked: str, came: str) -> bool:
    """Tell whether two names are certainly of different models.

    A name may lose or gain its maker, a date, a size or a variant: then one's words are a subset of the other's. A name
    without a number names no version, and `latest` no fixed one: any answer is accepted.
    """
    one, other = _words(asked), _words(came)
    if one <= other or other <= one or "latest" in one:
        return False
    versions, others = (frozenset(word for word in words if word[0].isdigit()) for words in (one, other))
    return bool(versions and others) and versions != others


def _words(name: str) -> frozenset[str]:
    """Return the words and numbers of a name, without its maker and dates."""
    base = name.casefold().replace("\\", "/").rstrip("/").rpartition("/")[2]
    base = _DASHED.sub(r"\1.\2", _DATE.sub("", base))
    return frozenset(word.removesuffix(".0").lstrip("0") or word for word in _WORD.findall(base) if word != "v")


RULE = Rule(
    "other-model",
    "another model answered than was asked for",
    Explained(
        what="An answer whose model has another version than the one that was asked for. Names that gained a date, a "
        "maker or a variant, names without a number, `latest`, and hosts where owners name their models are no "
        "finding.",
        why="The provider sends requests for a retired model to another one: the test no longer tries what it names.",
        example="`grok-4-fast` was asked for, and `grok-4.3` answered.",
        fix="Ask for a model that is still there, and re-record the test.",
        mistaken="Aliases whose names hold a number of their own.",
        measured="0, 0 and 6; all were read and are right. 2 in the last set; both are right.",
        right={Severity.AMBER: (20, 20)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
)
