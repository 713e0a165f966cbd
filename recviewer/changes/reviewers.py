"""Who must agree to changes at which paths: the file `.recviewer/reviewers` of a range's base, one rule per line.

It is read from the named base (the tip of `main` in `main...topic`), never from what is reviewed. All lines that match
a path apply, so that no line removes what another requires. An invalid line requires two people for every path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from recviewer.changes.agreement import AGREED, Demand, heard, heeded
from recviewer.changes.model import Change
from recviewer.changes.overview import Overview, with_changes
from recviewer.changes.path_patterns import PathPattern, PathPatterns
from recviewer.changes.sources import Range
from recviewer.git.history import contents
from recviewer.git.ranges import files_of
from recviewer.git.repository import Repository

FILE = ".recviewer/reviewers"
"""Path of the rules, relative to the top of the repository."""

BYTES = 65_536
"""Most bytes of the file."""

MOST_RULES = 1_000
"""Most rules of the file."""

MOST_TOLD = 20
"""Most lines that cannot be read of which each is told."""

MOST_NAMES = 50
"""Most people whom a line may name."""

MOST = 20
"""Most people that a line may require."""

STRICT = 2
"""People required by an invalid line."""

_FILES = ("100644", "100755")
_TOKEN = re.compile(r'"([^"]*)"|(\S+)')
_COMMENT = re.compile(r"(?:^|\s)#.*")
_NUMBER = re.compile(r"[0-9]{1,4}")
_ODD = re.compile(r'[\[\]\\"]|^!')

Who = Callable[[Sequence[str]], Mapping[str, Mapping[str, str]]]
"""Returns the verdicts that count on some subjects: by subject and reviewer `approve`, `reject`, `delete` or `revert`."""


class PathRule(NamedTuple):
    """What a line requires for paths that its pattern matches."""

    pattern: PathPattern
    demand: Demand


class PathRules:
    """The rules of a commit. bad: errors, as sentences; such lines require `STRICT` people for everything."""

    def __init__(self, rules: Sequence[PathRule] = (), bad: Sequence[str] = ()) -> None:
        self.rules, self.bad = tuple(rules), tuple(bad)
        self._patterns = PathPatterns([rule.pattern for rule in rules])

    def at(self, path: str) -> list[Demand]:
        """Return the requirements on changes at a path, in the order of the lines."""
        return [self.rules[place].demand for place in self._patterns.fitting(path)]

    def on(self, change: Change) -> tuple[Demand, ...]:
        """Return the requirements on a change, by the paths of both sides, each once, so that a rename does not escape
        a rule.
        """
        paths = {side.file_raw.decode("utf-8", "surrogateescape") for side in (change.old, change.new) if side}
        places = sorted({place for path in paths for place in self._patterns.fitting(path)})
        return tuple(dict.fromkeys(self.rules[place].demand for place in places))


def rules_of(asked: Range) -> PathRules:
    """Return the rules that apply to a range. Raises GitFailed."""
    return _rules_at(asked.repository, asked.named or asked.base)


@lru_cache(maxsize=64)
def _rules_at(repository: Repository, commit: str) -> PathRules:
    raw = FILE.encode()
    found = files_of(repository, commit, raw)
    if not found:
        return PathRules()
    blob = next((one.blob for one in found if one.raw == raw and one.mode in _FILES), "")
    data = next((data for _, data in contents(repository, [blob])), None) if blob else None
    if data is None:
        return _with_strict((), [f"{FILE} is not a file that can be read."])
    return read(data)


def read(data: bytes) -> PathRules:
    """Parse the file."""
    if len(data) > BYTES:
        return _with_strict((), [f"{FILE} holds more than {BYTES // 1024} KB."])
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return _with_strict((), [f"{FILE} is not text in UTF-8."])
    rules, bad = [], []
    for number, line in enumerate(lines, 1):
        told = _COMMENT.sub("", line).strip()
        if not told:
            continue
        try:
            rules.append(_rule(told))
        except ValueError as error:
            bad.append(f"Line {number:,} of {FILE} cannot be read: {error}.")
    if len(bad) > MOST_TOLD:
        bad = [*bad[:MOST_TOLD], f"{len(bad) - MOST_TOLD:,} more lines of {FILE} cannot be read."]
    if len(rules) > MOST_RULES:
        bad.append(f"{FILE} holds more than {MOST_RULES:,} rules.")
        rules = rules[:MOST_RULES]
    return _with_strict(tuple(rules), bad)


def _with_strict(rules: tuple[PathRule, ...], bad: list[str]) -> PathRules:
    if bad:
        count = max(STRICT, *(rule.demand.number for rule in rules), STRICT)
        rules = (*rules, PathRule(PathPattern(()), Demand(count)))
    return PathRules(rules, tuple(bad))


def _rule(line: str) -> PathRule:
    """Parse a line. Raises ValueError with the error, as a clause."""
    pattern, *words = [quoted or plain for quoted, plain in _TOKEN.findall(line)]
    numbers = [int(word) for word in words if _NUMBER.fullmatch(word)]
    names = tuple(dict.fromkeys(word[1:] for word in words if word.startswith("@")))
    other = next((word for word in words if not word.startswith("@") and not _NUMBER.fullmatch(word)), "")
    if other:
        raise ValueError(f"{other!r} is neither a number nor a name with @ before it")
    if any("/" in name or not name.strip() for name in names):
        raise ValueError("a name with @ is that of one account; teams of a code host are not known")
    if len(names) > MOST_NAMES:
        raise ValueError(f"it names {len(names):,} people; {MOST_NAMES} can be named")
    if len(numbers) > 1 or not (numbers or names):
        raise ValueError("it needs a number of people, or names, behind the pattern")
    count = numbers[0] if numbers else 1
    if not names and not 1 <= count <= MOST:
        raise ValueError(f"it asks for {count:,} people; 1 to {MOST} can be asked for")
    if names and count > len(names):
        raise ValueError(f"it asks for {count:,} people and names {len(names)}")
    return _of_pattern(pattern, Demand(count, names))


def _of_pattern(pattern: str, demand: Demand) -> PathRule:
    if _ODD.search(pattern) or pattern.startswith("@"):
        raise ValueError(f"{pattern!r} is not a pattern: only *, ** and ? stand for other letters")
    is_folder, bare = pattern.endswith("/"), pattern.strip("/")
    parts = tuple(bare.split("/"))
    if not bare or not all(parts) or not {".", ".."}.isdisjoint(parts):
        raise ValueError(f"{pattern!r} is not a path from the top of the repository")
    is_anchored = len(parts) > 1 or pattern.startswith("/")
    return PathRule(PathPattern(parts if is_anchored else ("**", *parts), is_folder), demand)


def agreed(found: Overview, rules: PathRules, who: Who) -> Overview:
    """Return an overview whose changes have a verdict only if everybody required agreed. found: with verdicts."""
    if not rules.rules:
        return found
    asked = {change.key: demands for change in found.changes if (demands := rules.on(change))}
    waiting = [change for change in found.changes if change.key in asked and change.verdict in AGREED]
    said = who([subject for change in waiting for subject in (change.subject, change.own_subject) if subject])
    made = [change if change.key not in asked else _agreed(change, asked[change.key], said) for change in found.changes]
    return replace(with_changes(found, made), bad_rules=rules.bad)


def _agreed(change: Change, demands: tuple[Demand, ...], said: Mapping[str, Mapping[str, str]]) -> Change:
    subjects = heeded(change.subject, change.own_subject, asks=bool(change.asks))
    known = heard(demands, change.verdict, subjects, said)
    return replace(change, agreement=known, verdict="" if known.is_waiting else change.verdict)
