"""The command's help screen, its version, and hints for mistyped names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

SCREEN = """\
recviewer shows recorded LLM calls so that people can read, search and review them.

  recviewer serve                  in a checkout: open its recordings on http://127.0.0.1:8000
                                   elsewhere: a demo, in which deleting is safe
  recviewer serve DIR              open the recordings in another folder
  recviewer report BASE...HEAD     what a range of commits changed: for a pull request, in CI
  recviewer check                  what is odd: errors, broken answers, secrets; also in CI
  recviewer search WORDS           find recordings by words and filters, such as model:gpt-4o
  recviewer show FILE              print a recording as a conversation
  recviewer plan                   decisions as a patch, commands and tests to re-record
  recviewer --server URL           use a recviewer on another machine: export, reviews, decide

More: {more}.
recviewer COMMAND --help explains a command.
"""

FIRST = ("serve", "report", "check", "search", "show", "plan")
"""Commands that the screen explains."""

MORE = (
    "export",
    "find-hash",
    "index",
    "reviews",
    "used",
    "work",
    "backup",
    "restore",
    "several",
    "move-database",
    "createsuperuser",
    "invite",
    "changepassword",
    "completion",
)
"""Commands that it only names. All others are Django's: they work, for those who know them."""


def screen() -> str:
    """Return the screen that a command without arguments prints."""
    import textwrap  # here and below: imported only where it is needed

    return SCREEN.format(more=textwrap.fill(", ".join(MORE), 90, subsequent_indent="      "))


def own_version() -> str:
    """Return `recviewer` and its version."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"recviewer {version('recviewer')}"
    except PackageNotFoundError:  # run from a folder without being installed
        return "recviewer, not installed: run from its sources"


def answer(arguments: Sequence[str]) -> str | None:
    """Return what is printed instead of running a command; None if there is a command to run."""
    if not arguments or (arguments[0] in ("-h", "--help", "help") and len(arguments) == 1):
        return screen()
    if len(arguments) == 1 and arguments[0] in ("-V", "--version", "version"):
        return f"{own_version()}\n"
    return None


OF_OTHERS = frozenset({"RECVIEWER_CHROMIUM", "RECVIEWER_CORPUS", "RECVIEWER_PULLS"})
"""Variables of our own tests."""

_NAMED_IN = (
    "settings.py",
    "configuration/env.py",
    "configuration/places.py",
    "cli/dispatch.py",
    "hosts/named.py",
    "issuers/named.py",
    "recorders/registry.py",
    "remote/command.py",
    "replay/rules.py",
    "used/marks.py",
)
"""Sources that read environment variables."""


def variables() -> set[str]:
    """Return all variables with our prefix that are read anywhere, from the sources."""
    import re
    from pathlib import Path

    texts = [(Path(__file__).parent.parent / name).read_text("utf-8") for name in _NAMED_IN]
    return {name for text in texts for name in re.findall(r'"(RECVIEWER_\w+)"', text)}


def mistyped(environment: Iterable[str]) -> Iterator[str]:
    """Yield a sentence on each variable with our prefix that is not read anywhere."""
    mine = {name for name in environment if name.startswith("RECVIEWER_")} - OF_OTHERS
    known = variables() if mine else set()
    for name in sorted(mine - known):
        import difflib

        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        yield f"recviewer: {name} is set, and nothing heeds it.{hint}"


def unknown(name: str, known: Sequence[str]) -> str:
    """Return the sentence for an unknown command, with the nearest known one."""
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no command {name}.{hint} `recviewer` alone lists them."
