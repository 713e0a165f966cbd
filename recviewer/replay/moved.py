"""What changed the name of a recording: the newer rules that apply to its request, and the words that they change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from recviewer.exchange.model import Json
from recviewer.replay.rule import NameRule
from recviewer.replay.rules import RULES
from recviewer.replay.steps import CutClause, DropInside, DropKeys, Replace, RoundNumbers, TextStep

MOST_VALUES = 50_000
"""Most values of a request that are examined."""

LONGEST = 60
"""Most characters shown of what a rule changes."""

_FRACTION = re.compile(r"\.\d{4,}")


class MovedWords(NamedTuple):
    """Words of a request that a newer rule changes.

    rule, since: of that rule. words: as recorded. pointer: their JSON pointer, relative to the body.
    """

    rule: str
    since: date
    words: str
    pointer: str


def newest_until(slug: str) -> date | None:
    """Return the day since which a newer rule names such requests; None for a draft, which never did, or for the newest
    rule.
    """
    place = next((at for at, rule in enumerate(RULES) if rule.slug == slug), 0)
    known = RULES[place]
    newer = [rule.since for rule in RULES[:place] if rule.on_main and rule.kinds & known.kinds]
    return newer[-1] if newer and known.on_main else None


def moved_by(slug: str, body: Json) -> list[MovedWords]:
    """Return what newer rules change in a request named by an older one, each step once, oldest rule first.

    slug: of the rule that gives the name. body: of the request. Drafts that never reached main do not count as newer.
    """
    place = next((at for at, rule in enumerate(RULES) if rule.slug == slug), 0)
    known = RULES[place]
    newer = [rule for rule in RULES[:place] if rule.on_main and rule.kinds & known.kinds]
    texts = list(_texts(body))
    seen: list[object] = [*known.rewrites, *known.drops]
    found = []
    for rule in reversed(newer):
        for step in (*rule.drops, *rule.rewrites):
            if step not in seen:
                seen.append(step)
                found += _changed(rule, step, body, texts)
    return found


def _changed(rule: NameRule, step: object, body: Json, texts: Sequence[tuple[str, str]]) -> list[MovedWords]:
    """Return the first words that a step of a rule changes."""
    if isinstance(step, DropKeys | DropInside):
        keys = [] if isinstance(step, DropKeys) and step.host_contains else _held(step, body)
        return [MovedWords(rule.slug, rule.since, key, f"/{key}") for key in keys[:1]]
    if isinstance(step, Replace | CutClause | RoundNumbers):
        for pointer, text in texts:
            words = _matched(step, text)
            if words:
                return [MovedWords(rule.slug, rule.since, words[:LONGEST], pointer)]
    return []


def _held(step: DropKeys | DropInside, body: Json) -> list[str]:
    if not isinstance(body, dict):
        return []
    if isinstance(step, DropKeys):
        return [key for key in step.keys if key in body]
    inner = [(parent, body[parent]) for parent in step.parents if isinstance(body.get(parent), dict)]
    return [f"{parent}/{key}" for parent, value in inner for key in step.keys if key in value]


def _matched(step: TextStep, text: str) -> str:
    """Return the words of a text that a step changes, "" if none."""
    match step:
        case Replace(needle=needle, pattern=pattern):
            found = pattern.search(text) if needle in text else None
            return found[0] if found else ""
        case CutClause(needle=needle, opening=opening, closing=closing):
            found = opening.search(text) if needle in text else None
            end = text.find(closing, found.end()) if found else -1
            return text[found.start() : end + len(closing)] if found and end >= 0 else ""
        case RoundNumbers(digits=digits):
            return next((number for number in _decimals(text) if f"{float(number):.{digits}f}" != number), "")


def _decimals(text: str) -> Iterator[str]:
    """Yield the numbers in a text with four or more decimals, in time linear in its length."""
    last = 0
    for fraction in _FRACTION.finditer(text):
        start = fraction.start()
        while start > last and text[start - 1].isdecimal():
            start -= 1
        if start < fraction.start():
            yield text[start : fraction.end()]
        last = fraction.end()


def _texts(body: Json) -> Iterator[tuple[str, str]]:
    """Yield the texts of a request with their JSON pointers."""
    waiting: list[tuple[str, Json]] = [("", body)]
    for _ in range(MOST_VALUES):
        if not waiting:
            return
        at, value = waiting.pop()
        if isinstance(value, str):
            yield at, value
        elif isinstance(value, dict):
            escaped = [(str(key).replace("~", "~0").replace("/", "~1"), inner) for key, inner in value.items()]
            waiting += [(f"{at}/{key}", inner) for key, inner in reversed(escaped)]
        elif isinstance(value, list):
            waiting += [(f"{at}/{place}", value[place]) for place in range(len(value) - 1, -1, -1)]
