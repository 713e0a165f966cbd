"""A team's own naming rules: a TOML file that describes its recorder, in addition to or instead of the built-in rules.

Its patterns are not limited: a slow pattern is the team's responsibility. docs/replay-rules.md describes the keys.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from recviewer.configuration.env import BadEnvironment
from recviewer.replay.rule import CallKind, NameRule
from recviewer.replay.steps import CutClause, DropInside, DropKeys, DropStep, Replace, RoundNumbers, TextStep

_SLUG = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,19}")
_NEEDLE = re.compile(r"[ !#-\[\]-~]+")
"""ASCII without quotes or backslashes, which are not escaped in JSON text."""
MOST_BYTES = 200_000


class _Bad(Exception):
    """The message says what is wrong with a file."""


def merged(place: Path, variable: str, known: Sequence[NameRule]) -> tuple[NameRule, ...]:
    """Return the rules of a file merged with the built-in ones, newest first; on the same day the file's come first.

    variable: the name of the setting, for messages. Raises BadEnvironment if the file is invalid.
    """
    try:
        with place.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise _Bad(f"it is larger than {MOST_BYTES:,} bytes")
        document = tomllib.loads(data.decode("utf-8"))
        own = _rules(document, known)
    except OSError as error:
        raise BadEnvironment(variable, str(place), f"the file cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError, _Bad) as error:
        raise BadEnvironment(variable, str(place), f"in that file, {error}") from None
    others = _unnamed(own) if document.get("only") else known
    return tuple(sorted((*own, *others), key=lambda rule: rule.since, reverse=True))


def _unnamed(rules: Sequence[NameRule]) -> list[NameRule]:
    """Return placeholder rules for kinds of requests that no rule covers: their names cannot be computed."""
    kinds = frozenset(CallKind).difference(*[rule.kinds for rule in rules])
    says = "How such requests are named is not known."
    return [NameRule("none", date.min, says, False, kinds, unstored=("all",))] if kinds else []


def _rules(document: Mapping[str, Any], known: Sequence[NameRule]) -> list[NameRule]:
    _only_keys(document, {"only", "rule"}, "the file")
    given = document.get("rule")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise _Bad("there is no [[rule]]")
    rules: list[NameRule] = []
    for one in given:
        rules.append(_rule(one, {rule.slug: rule for rule in (*known, *rules)}))
    return rules


def _rule(table: Mapping[str, Any], known: Mapping[str, NameRule]) -> NameRule:
    slug = table.get("slug")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug) or slug in known:
        raise _Bad(f"the slug {slug!r} is not a short word of its own")
    where = f"the rule {slug}"
    _only_keys(table, {"slug", "like", "since", "says", *_FIELDS}, where)
    like = table.get("like")
    if like is not None and like not in known:
        raise _Bad(f"{where} is like {like!r}, which is not a rule")
    since, says = table.get("since"), table.get("says")
    if type(since) is not date or not isinstance(says, str) or not says.strip():
        raise _Bad(f"{where} needs a day (since = 2026-01-31) and a sentence (says)")
    start = replace(known[like], slug=slug, since=since, says=says) if like else NameRule(slug, since, says)
    try:
        return replace(start, **{key: _FIELDS[key](table[key]) for key in _FIELDS if key in table})
    except _Bad as error:
        raise _Bad(f"{where}: {error}") from None


def _only_keys(table: Mapping[str, Any], known: set[str], where: str) -> None:
    odd = sorted(table.keys() - known)
    if odd:
        raise _Bad(f"{where} has {odd[0]!r}, which is none of {', '.join(sorted(known))}")


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Bad("on_main, model_list_null and plain_model_lists take true or false")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Bad(f"{value!r} should be text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Bad(f"{value!r} should be a list of texts")
    return tuple(map(_text, value))


def _kinds(value: Any) -> frozenset[CallKind]:
    try:
        return frozenset(map(CallKind, _texts(value)))
    except ValueError:
        raise _Bad(f"kinds and test_id take {', '.join(CallKind)}") from None


def _digits(value: Any) -> int:
    if type(value) is not int or not 8 <= value <= 64:
        raise _Bad("hex_digits takes a number from 8 to 64")
    return value


def _drops(value: Any) -> tuple[DropStep, ...]:
    return tuple([_drop(one) for one in _tables(value, "drops")])


def _drop(table: Mapping[str, Any]) -> DropStep:
    _only_keys(table, {"keys", "inside", "host"}, "a step of drops")
    keys = _texts(table.get("keys"))
    if "inside" in table:
        return DropInside(_texts(table["inside"]), keys)
    return DropKeys(keys, _text(table.get("host", "")))


def _rewrites(value: Any) -> tuple[TextStep, ...]:
    return tuple([_rewrite(one) for one in _tables(value, "rewrites")])


def _rewrite(table: Mapping[str, Any]) -> TextStep:
    if table.keys() == {"round"} and type(table["round"]) is int and 0 <= table["round"] <= 15:
        return RoundNumbers(table["round"])
    if table.keys() == {"text", "pattern", "by"}:
        return Replace(_needle(table["text"]), _pattern(table["text"], table["pattern"]), _text(table["by"]))
    if table.keys() == {"text", "opening", "closing"} and len(_text(table["closing"])) == 1:
        return CutClause(_needle(table["text"]), _pattern(table["text"], table["opening"]), table["closing"])
    raise _Bad(
        f"a step of rewrites has either round, or text, pattern and by, or text, opening and closing: {dict(table)}"
    )


def _needle(value: Any) -> str:
    if not _NEEDLE.fullmatch(_text(value)):
        raise _Bad(f"text takes plain ASCII without quotes and backslashes, not {value!r}")
    return _text(value)


def _pattern(needle: str, value: Any) -> re.Pattern[str]:
    if not _text(value).startswith((needle, re.escape(needle))):
        raise _Bad(f"the pattern {value!r} should begin with its text {needle!r}")
    try:
        return re.compile(_text(value))
    except re.error as error:
        raise _Bad(f"the pattern {value!r} is none: {error}") from None


def _tables(value: Any, name: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise _Bad(f"{name} takes a list of tables")
    return value


_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "on_main": _truth,
    "kinds": _kinds,
    "drops": _drops,
    "rewrites": _rewrites,
    "test_id": _kinds,
    "model_lists": _texts,
    "model_list_end": _text,
    "model_list_not_from": _texts,
    "model_list_null": _truth,
    "hex_digits": _digits,
    "plain_model_lists": _truth,
    "unstored": _texts,
}
