"""Shell completion of commands and their options: `recviewer completion bash|zsh|fish`.

The words are those that the commands take; the script contains all of them, so that completion is instantaneous.
"""

from __future__ import annotations

import os
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Sequence

from recviewer.cli import screen
from recviewer.cli.arguments import HIDDEN

OTHERS = frozenset({"completion"})
"""Commands without options."""


ALL_HAVE = frozenset({"--help", *HIDDEN})
"""Options of every command."""


def options(command: str) -> list[str]:
    """Return the options of a command, without those of all commands."""
    if command in OTHERS:
        return []
    if command == "check":
        from recviewer.checking.command import parser

        taken: ArgumentParser = parser()
    elif command == "several":
        from recviewer.several.command import parser as several

        taken = several()
    else:
        from django.core.management import load_command_class

        taken = load_command_class("recviewer.commands", command).create_parser("recviewer", command)
    names = {name for action in taken._actions for name in action.option_strings if action.help != SUPPRESS}
    return sorted(name for name in names if name.startswith("--") and name not in ALL_HAVE)


WORDS = {
    "several": "check prepare run stop backup each proxy",
    "reviews": "export import",
    "used": "list import",
    "completion": "bash zsh fish",
}
"""Words that the first positional argument of a command may be."""

SHELLS = ("bash", "zsh", "fish")

HELP = f"""\
usage: recviewer completion {"|".join(SHELLS)}

Print a script with which the shell completes the commands and options of recviewer.

Example:
  eval "$(recviewer completion bash)"
"""

_BASH = """\
# recviewer: put this into your shell with  eval "$(recviewer completion bash)"
_recviewer() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{commands}" -- "$cur"))
    return
  fi
  case "${{COMP_WORDS[1]}}" in
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}}
complete -o default -F _recviewer recviewer
"""

_ZSH = """\
# recviewer: put this into your shell with  eval "$(recviewer completion zsh)"
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
"""


def commands() -> list[str]:
    """Return the commands that are completed."""
    return [*screen.FIRST, *screen.MORE]


def _offered(command: str) -> str:
    return " ".join([*WORDS.get(command, "").split(), *options(command), "--help"])


def script(shell: str) -> str:
    """Return the script for a shell. shell: one of `SHELLS`."""
    if shell == "fish":
        return "".join([_fish(command) for command in commands()])
    cases = "\n".join([f'    {command}) words="{_offered(command)}" ;;' for command in commands()])
    bash = _BASH.format(commands=" ".join(commands()), cases=cases)
    return _ZSH + bash.partition("\n")[2] if shell == "zsh" else bash


def _fish(command: str) -> str:
    made = [f"complete -c recviewer -n __fish_use_subcommand -a {command}"]
    seen = f"-n '__fish_seen_subcommand_from {command}'"
    made += [f"complete -c recviewer {seen} -a '{WORDS[command]}'"] if command in WORDS else []
    made += [f"complete -c recviewer {seen} -l {one.removeprefix('--')}" for one in options(command)]
    return "\n".join(made) + "\n"


def answer(arguments: Sequence[str]) -> tuple[str, int]:
    """Return what `recviewer completion …` prints, and its exit code."""
    if list(arguments) in (["--help"], ["-h"]):
        return HELP, 0
    if len(arguments) == 1 and arguments[0] in SHELLS:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recviewer.settings")
        import django

        django.setup()  # the options are in modules that need it
        return script(arguments[0]), 0
    return f"recviewer completion takes the name of a shell: {', '.join(SHELLS)}.\n", 2
