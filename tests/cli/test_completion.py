"""What shells are told: all commands with all of their options."""

import shutil
import subprocess

import pytest

from recviewer.cli import completion, dispatch, screen
from tests.docs.test_readme import COMMANDS, options_of, variables_read


def test_every_option_of_every_command_is_completed():
    names = [name for name in COMMANDS if name != "runserver"]

    assert {name: set(completion.options(name)) for name in names} == {name: options_of(name) for name in names}
    assert set(completion.commands()) >= set(names)


def test_every_variable_is_known_to_who_tells_of_mistyped_ones():
    assert screen.variables() >= variables_read() - {"DATABASE_URL"}


def completed(shell, line):
    """Return what bash would offer at the end of a line."""
    words = line.split(" ")
    quoted = " ".join(f"'{word}'" for word in words)
    told = f'COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _recviewer; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(
        [shell, "-c", completion.script("bash") + told], capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("recviewer se", ["serve", "search", "several"]),
        ("recviewer serve --p", ["--port", "--prepare-only"]),
        ("recviewer reviews i", ["import"]),
        ("recviewer completion f", ["fish"]),
        ("recviewer nothing ", []),
    ],
)
def test_bash_is_offered_what_may_follow(line, offered):
    assert completed("bash", line) == offered


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_each_shell_has_a_script_that_names_each_command(shell):
    assert all(name in completion.script(shell) for name in completion.commands())


def test_what_is_no_shell_is_a_sentence(capsys):
    with pytest.raises(SystemExit) as ended:
        dispatch.main(["completion", "cmd"])

    assert ended.value.code == 2
    assert capsys.readouterr().err == "recviewer completion takes the name of a shell: bash, zsh, fish.\n"
