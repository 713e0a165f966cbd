"""Who must agree to changes at which paths: the file `.recviewer/reviewers` of a range's base, one rule per line.

It is read from the named base (the tip of `main` in `main...topic`), never from what is reviewed. All lines that match
a path apply, so that no line removes what another requires. An invalid line requires two people for every path.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from recviewer.changes.agreement import AGREED, Demand, heard, heeded
from recviewer.changes.model import Change
from recviewer.changes.overview import Overview, with_changes
from recviewer.changes.sources import Range
from recviewer.git.history import contents
from recviewer.git.ranges import held
from recviewer.git.repository import Repository

FILE = ".recviewer/reviewers"
"""Path of the rules, relative to the top of the repository."""

BYTES = 65_536
"""Most bytes of the file."""

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


@dataclass(frozen=True, slots=True)
class PathRule:
    """What a line requires for matching paths. parts: of its pattern; () for every path. is_folder: matches only below
    it.
    """

    parts: tuple[str, ...]
    is_folder: bool
    demand: Demand

    def fits(self, path: str) -> bool:
        """Tell whether the pattern matches a file, or a folder that contains it."""
        steps = path.split("/")
        at = self._reached({0})
        for place, step in enumerate(steps, 1):
            if len(self.parts) in at:
                return True
            at = self._reached({next_ for one in at for next_ in self._after(one, step)})
            if len(self.parts) in at and not (self.is_folder and place == len(steps)):
                return True
        return False

    def _reached(self, at: set[int]) -> set[int]:
        """Add the states reachable without consuming a step: `**` also matches nothing."""
        for one in range(len(self.parts)):
            if one in at and self.parts[one] == "**":
                at.add(one + 1)
        return at

    def _after(self, at: int, step: str) -> Iterator[int]:
        if at == len(self.parts):
            return
        if self.parts[at] == "**":
            yield at
        elif _like(self.parts[at])(step):
            yield at + 1


@lru_cache(maxsize=512)
def _like(part: str) -> Callable[[str], object]:
    return re.compile(fnmatch.translate(part)).match


@dataclass(frozen=True, slots=True)
class PathRules:
    """The rules of a commit. bad: errors, as sentences; such lines require `STRICT` people for everything."""

    rules: tuple[PathRule, ...] = ()
    bad: tuple[str, ...] = ()

    def on(self, change: Change) -> tuple[Demand, ...]:
        """Return the requirements on a change, by the paths of both sides, each once, so that a rename does not escape
        a rule.
        """
        paths = {side.file_raw.decode("utf-8", "surrogateescape") for side in (change.old, change.new) if side}
        return tuple(dict.fromkeys(rule.demand for rule in self.rules if any(rule.fits(path) for path in paths)))


def rules_of(asked: Range) -> PathRules:
    """Return the rules that apply to a range. Raises GitFailed."""
    return _rules_at(asked.repository, asked.named or asked.base)


@lru_cache(maxsize=64)
def _rules_at(repository: Repository, commit: str) -> PathRules:
    raw = FILE.encode()
    found = held(repository, commit, raw)
    if not found:
        return PathRules()
    blob = next((one.blob for one in found if one.raw == raw and one.mode in _FILES), "")
    data = next((data for _, data in contents(repository, [blob])), None) if blob else None
    if data is None:
        return _with_strict((), [f"{FILE} is no file that can be read."])
    return read(data)


def read(data: bytes) -> PathRules:
    """Parse the file."""
    if len(data) > BYTES:
        return _with_strict((), [f"{FILE} holds more than {BYTES // 1024} KB."])
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return _with_strict((), [f"{FILE} is no text in UTF-8."])
    rules, bad = [], []
    for number, line in enumerate(lines, 1):
        told = _COMMENT.sub("", line).strip()
        if not told:
            continue
        try:
            rules.append(_rule(told))
        except ValueError as error:
            bad.append(f"Line {number:,} of {FILE} cannot be read: {error}.")
    return _with_strict(tuple(rules), bad)


def _with_strict(rules: tuple[PathRule, ...], bad: list[str]) -> PathRules:
    if bad:
        count = max(STRICT, *(rule.demand.number for rule in rules), STRICT)
        rules = (*rules, PathRule((), False, Demand(count)))
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
        raise ValueError(f"{pattern!r} is no pattern: only *, ** and ? stand for other letters")
    is_folder, bare = pattern.endswith("/"), pattern.strip("/")
    parts = tuple(bare.split("/"))
    if not bare or not all(parts) or not {".", ".."}.isdisjoint(parts):
        raise ValueError(f"{pattern!r} is no path from the top of the repository")
    is_anchored = len(parts) > 1 or pattern.startswith("/")
    return PathRule(parts if is_anchored else ("**", *parts), is_folder, demand)


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
