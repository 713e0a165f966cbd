"""The command line, parsed before Django's settings are loaded, because these depend on the root and the repository.

Some commands take the recordings root as their first argument, and `serve` a repository that may replace one. The
options that take a value are in tables here, and again in each command's parser; a test compares them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence

ROOTED = {
    "serve": {"--port", "--repo", "--host", "--workers", "--recorder"},
    "index": {"--recorder"},
    "used": {"--as", "--output", "--recordings"},
}
"""Commands whose first positional argument is the recordings root, with those of their options that take a value."""

WITH_OPTION = frozenset({"find-hash", "plan", "report", "reviews", "search", "used"})
"""Commands that take the recordings root as an option."""

PLAN_VALUED = frozenset({"--repo", "--recordings", "--format", "--output"})
"""Options of `plan` that take a value."""

RECORDED = frozenset({"serve", "index", "export"})
"""Commands that take the name of the one recorder whose files to look for."""

QUERIED = {"search": {"--recordings", "--limit"}, "export": {"--query", "--recorder"}}
"""Commands that take a query, with those of their options that take a value."""

HIDDEN = {
    "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color", "--skip-checks",
}  # fmt: skip
"""Options of every command that come from Django and work, but are hidden from the help."""

COMMON = frozenset({"-v", "--verbosity", "--settings", "--pythonpath"})
"""Options of every command that take a value."""


def root_argument(arguments: Sequence[str]) -> str | None:
    """Return the recordings root on the command line of such a command, if it has one.

    arguments: without the program's name.
    """
    if not arguments or arguments[0] not in ROOTED:
        return None
    given = own_arguments(arguments)
    root = _free_argument(given[1:], ROOTED[given[0]])
    return root if given[0] != "used" or given is not arguments else None  # `used list` and `used import` have none


def own_arguments(arguments: Sequence[str]) -> Sequence[str]:
    """Return the arguments without those after `--`: `used` and `plan --try` run a command."""
    takes = arguments[:1] == ["used"] or (arguments[:1] == ["plan"] and "--try" in arguments)
    if takes and "--" in arguments:
        return arguments[: arguments.index("--")]
    return arguments


def _free_argument(arguments: Sequence[str], valued: Collection[str]) -> str | None:
    """Return the first positional argument. valued: options that take a value, besides the common ones."""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            return next(rest, None)
        if argument in COMMON or argument in valued:
            next(rest, None)
        elif not argument.startswith("-"):
            return argument
    return None


def root_option(arguments: Sequence[str]) -> str | None:
    """Return the recordings root in `--recordings DIR`, if there is one."""
    return option("--recordings", arguments) if arguments and arguments[0] in WITH_OPTION else None


def repository_option(arguments: Sequence[str]) -> str | None:
    """Return the repository in `serve --repo DIR`, if there is one."""
    return option("--repo", arguments) if arguments and arguments[0] == "serve" else None


def option(name: str, arguments: Sequence[str]) -> str | None:
    """Return the value of an option that takes one, None if it is missing."""
    for place, argument in enumerate(arguments):
        if argument == name:
            return arguments[place + 1] if place + 1 < len(arguments) else None
        if argument.startswith(f"{name}="):
            return argument.partition("=")[2]
    return None


def with_query(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a command that takes a query, so that words with a leading `-` are part of the query
    unless they are options.

    So `search -word` excludes a word, as the search box does. Options of both commands begin with `--`, except `-v` and
    `-h`; everything after `--` is part of the query.
    """
    if not arguments or arguments[0] not in QUERIED:
        return list(arguments)
    rest, options, query = list(arguments[1:]), list[str](), list[str]()
    while rest:
        one = rest.pop(0)
        if one == "--":
            query += rest
            break
        if one == "--query" and rest:
            options.append(f"--query={rest.pop(0)}")
        elif one in COMMON or any(name.startswith(one) for name in QUERIED[arguments[0]] if len(one) > len("--")):
            options += [one, *rest[:1]]
            del rest[:1]
        elif one.startswith("--") or _SHORT.fullmatch(one):
            options.append(one)
        else:
            query.append(one)
    return [arguments[0], *options, *(["--", *query] if query else [])]


_SHORT = re.compile(r"-h|-v\d")


def plan_repository(arguments: Sequence[str]) -> str | None:
    """Return the repository of the range of `plan`; if none is named, that of the current folder.

    None without a range, or if a recordings root was named without a repository.
    """
    if not arguments or arguments[0] != "plan":
        return None
    named = option("--repo", arguments)
    if named or _free_argument(arguments[1:], PLAN_VALUED) is None:
        return named
    is_rooted = option("--recordings", arguments) or os.environ.get("RECVIEWER_RECORDINGS")
    return None if is_rooted or os.environ.get("RECVIEWER_REPO") else "."
