import pytest

from recviewer.cli import root_argument


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
