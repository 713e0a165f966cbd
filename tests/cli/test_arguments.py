import pytest
from django.core.management import get_commands, load_command_class

from recviewer.cli.arguments import COMMON, PLAN_VALUED, QUERIED, ROOTED, WITH_OPTION, root_argument, with_query


@pytest.mark.parametrize(
    ("arguments", "root"),
    [
        ([], None),
        (["index"], None),
        (["index", "tree"], "tree"),
        (["index", "--full", "tree"], "tree"),
        (["index", "tree", "--full"], "tree"),
        (["index", "-v", "2"], None),
        (["index", "--verbosity", "2", "tree"], "tree"),
        (["index", "--settings", "x.y", "--pythonpath", "z", "tree"], "tree"),
        (["index", "--settings=x.y", "tree"], "tree"),
        (["index", "--", "-tree"], "-tree"),
        (["index", "--"], None),
        (["serve", "--port", "9000", "tree", "--open"], "tree"),
        (["serve", "--port", "9000"], None),
        (["serve", "--port=9000", "tree"], "tree"),
        (["show", "tree"], None),
        (["export", "tree"], None),
    ],
)
def test_root_is_the_first_free_argument_of_rooted_commands(arguments, root):
    assert root_argument(arguments) == root


def valued(command):
    """The options of a command that take a value, by its parser."""
    parser = load_command_class("recviewer.commands", command).create_parser("recviewer", command)
    taking = [action for action in parser._actions if action.option_strings and action.nargs != 0]
    return {option for action in taking for option in action.option_strings}


@pytest.mark.parametrize(("command", "told"), [*ROOTED.items(), ("plan", PLAN_VALUED)])
def test_what_takes_a_value_is_known_before_the_settings_are(command, told):
    assert valued(command) == told | COMMON


def test_every_command_that_names_the_root_by_an_option_is_known():
    commands = [name for name, app in get_commands().items() if app == "recviewer.commands"]

    assert {name for name in commands if "--recordings" in valued(name)} == WITH_OPTION


@pytest.mark.parametrize("command", QUERIED)
def test_options_of_commands_that_take_a_query_are_known(command):
    assert valued(command) == QUERIED[command] | COMMON


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("search planet", "search -- planet"),
        ("search -planet", "search -- -planet"),
        ("search -- -planet", "search -- -planet"),
        ("search -- --planet -v", "search -- --planet -v"),
        ("search blue -planet --limit 3", "search --limit 3 -- blue -planet"),
        ("search -verbose -v 2 -v3", "search -v 2 -v3 -- -verbose"),
        ("search --recordings a -model:x", "search --recordings a -- -model:x"),
        ("search --lim 3 -(a", "search --lim 3 -- -(a"),
        ("search --recordings=a -h", "search --recordings=a -h"),
        ("search", "search"),
        ("search --limit", "search --limit"),
        ("export a --query -b", "export --query=-b -- a"),
        ("export --query", "export --query"),
        ("index -x", "index -x"),
        ("", ""),
    ],
)
def test_what_begins_with_a_dash_is_left_out_where_it_is_no_option(typed, read):
    assert with_query(typed.split()) == read.split()
