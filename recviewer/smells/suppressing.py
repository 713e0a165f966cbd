"""Suppressed findings, with a reason: a single one, or a rule on a test or below a path, for ever or until a date."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from recviewer.smells.model import Noticed


class Reach(StrEnum):
    """What is suppressed. finding: one, by identity. test: a rule on a test. path: a rule on a file, or below a folder
    (`a/b/`).
    """

    FINDING = "finding"
    TEST = "test"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """One suppression. subject: the identity, test id or path. until: the last day on which it applies, None for ever."""

    rule: str
    scope: Reach
    subject: str
    reason: str
    until: date | None = None


class Suppressions:
    """All suppressions that apply on a date."""

    def __init__(self, some: Iterable[Suppressed], today: date) -> None:
        self._by_key = {
            (one.rule, one.scope, one.subject): one for one in some if one.until is None or one.until >= today
        }
        self._folders = sorted(
            (one for one in self._by_key.values() if one.scope is Reach.PATH and one.subject.endswith("/")),
            key=lambda one: len(one.subject),
        )

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def over(self, found: Noticed) -> Suppressed | None:
        """Return the suppression of a finding, None if there is none."""
        return self.let(found.rule.name, found.identity, found.test_id, found.key, found.file)

    def let(self, rule: str, identity: str, test_id: str, *paths: str) -> Suppressed | None:
        """Return the suppression of a finding, None if there is none. paths: the key of its recording, and that of the
        file.
        """
        wanted = [(Reach.FINDING, identity), *((Reach.PATH, path) for path in paths)]
        wanted += [(Reach.TEST, test_id)] if test_id else []
        for reach, subject in wanted:
            if one := self._by_key.get((rule, reach, subject)):
                return one
        return next((one for one in self._folders if one.rule == rule and paths[0].startswith(one.subject)), None)


class BadReviews(ValueError):
    """A file that is not an export of reviews. The message says why."""


def in_reviews(data: bytes) -> tuple[list[Suppressed], list[int]]:
    """Return the suppressions in an export of reviews, and the numbers of the lines whose suppression is invalid.

    Of two lines with one subject the later change counts. The file is that of `recviewer reviews export`; lines about
    other things are ignored. Raises BadReviews.
    """
    found: dict[tuple[str, str, str], tuple[str, bytes, dict[str, Any]]] = {}
    invalid: list[int] = []
    has_version = False
    for number, raw in enumerate(data.split(b"\n"), 1):
        try:
            line = json.loads(raw) if raw.strip() else None
        except (ValueError, RecursionError):
            continue
        if not isinstance(line, dict):
            continue
        has_version = has_version or "recviewer_reviews" in line
        if line.get("type") != "suppression":
            continue
        if not isinstance(line.get("changed"), str) or (not line.get("lifted") and of_line(line) is None):
            invalid.append(number)
        else:
            key = (str(line.get("rule")), str(line.get("scope")), str(line.get("subject")))
            made = (line["changed"], raw, line)
            if key not in found or made[:2] > found[key][:2]:
                found[key] = made
    if not has_version:
        raise BadReviews('no line says which version of reviews it has, as {"recviewer_reviews":1} would')
    lines = [line for _, _, line in found.values() if not line.get("lifted")]
    return [one for line in lines if (one := of_line(line)) is not None], invalid


def of_line(line: dict[str, Any]) -> Suppressed | None:
    """Return the suppression in a line, None if it is invalid."""
    told = [line.get(name) for name in ("rule", "subject", "reason")]
    if not all(isinstance(one, str) and one for one in told):
        return None
    rule, subject, reason = map(str, told)
    try:
        until = date.fromisoformat(line["until"]) if line.get("until") else None
        return Suppressed(rule, Reach(line.get("scope", "")), subject, reason, until)
    except (ValueError, TypeError):
        return None
