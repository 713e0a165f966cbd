"""The documents name every variable, command, option and key, and none that does not exist."""

import re
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path

import pytest
from django.core.management import load_command_class

import recviewer
from recviewer.checking import command as own_check
from recviewer.remote import command as remote
from recviewer.several import command as several

PROJECT = Path(__file__).parents[2]
PACKAGE = Path(recviewer.__file__).parent
README = (PROJECT / "README.md").read_text()
CONFIGURATION = README.partition("\n## Configuration\n")[2].partition("\n## ")[0]
COMMANDS_DOC, KEYS = ((PROJECT / "docs" / f"{name}.md").read_text() for name in ("commands", "keys"))
OWN = "check"
"""The command that knows no Django."""
COMMANDS = sorted([OWN, *(path.stem for path in (PACKAGE / "commands/management/commands").glob("[!_]*.py"))])


def usage(command):
    """Return the lines that show how a command is called: the indented block below its heading."""
    section = COMMANDS_DOC.partition(f"\n### {command}\n")[2].partition("\n##")[0]
    return "\n".join(re.findall(r"^    (.+)$", section, re.M))


def first_cells(text):
    rows = re.findall(r"^\| (.+?) +\|", text, re.M)
    return [row for row in rows if "`" in row]


def variables_read():
    sources = (
        "settings.py",
        "configuration/env.py",
        "configuration/places.py",
        "cli/dispatch.py",
        "remote/command.py",
        "hosts/named.py",
        "issuers/named.py",
        "replay/rules.py",
    )
    read = [(PACKAGE / source).read_text() for source in sources]
    return {name for text in read for name in re.findall(r'"(RECVIEWER_\w+|DATABASE_URL)"', text)}


def options_of(command):
    parser = own_check.parser() if command == OWN else ArgumentParser()
    if command != OWN:
        load_command_class("recviewer.commands", command).add_arguments(parser)
    return {option for action in parser._actions for option in action.option_strings if len(option) > 2} - {"--help"}


def test_every_variable_is_in_the_table_and_no_other():
    listed = {cell.strip("`") for cell in first_cells(CONFIGURATION)}

    assert listed == variables_read()


def test_every_command_has_a_heading_and_a_link_and_no_other():
    commands = {*COMMANDS, "--server", "several"}

    assert set(re.findall(r"^### (.+)$", COMMANDS_DOC, re.M)) == commands
    assert set(re.findall(r"\[([\w-]+)\]\(#\1\)", COMMANDS_DOC)) == commands


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "runserver"])
def test_every_option_of_a_command_is_in_its_usage(command):
    told = usage(command)

    assert told.startswith(f"recviewer {command} ")
    assert options_of(command) == set(re.findall(r"--[a-z-]+", told))


@pytest.mark.parametrize(("begins", "module"), [("--server", remote), ("several", several)])
def test_every_option_of_what_needs_no_django_is_in_its_usage(begins, module):
    taking, options = [module.parser()], {"--help"}
    while taking:
        for action in taking.pop()._actions:
            taking += action.choices.values() if isinstance(action, _SubParsersAction) else ()
            options.update(action.option_strings)

    assert options - {"-h", "--help"} == set(re.findall(r"--[a-z-]+", usage(begins)))


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "runserver"])
def test_every_command_shows_an_example(command):
    told = own_check.HELP if command == OWN else load_command_class("recviewer.commands", command).help

    assert f"Example: recviewer {command}" in " ".join(told.split())


def test_every_key_is_in_the_table_and_no_other():
    templates = (path.read_text() for path in (PROJECT / "templates").rglob("*.html"))
    keys = {key for text in templates for keys in re.findall(r'data-key="([^"{]+)"', text) for key in keys.split()}
    rows = [line for line in KEYS.splitlines() if line.startswith("| `")]
    listed = {key for row in rows for key in re.findall(r"`([^`]+)`", row)}

    assert listed == keys


def test_the_commands_that_ci_runs_are_marked():
    wanted = re.findall(r"\$\(readme_command (\w+)\)", (PROJECT / ".ci/run").read_text())

    assert wanted
    assert all(f"<!-- run by .ci/run: {name} -->\n\n```" in README for name in wanted)
