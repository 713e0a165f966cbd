import pytest

from recviewer import cli
from tests.trees import tree

__all__ = ["tree"]


@pytest.fixture
def check(tree, monkeypatch, capsysbinary):
    """`recviewer check` in the work tree: returns its exit code, what it printed and what it complained of."""
    monkeypatch.chdir(tree.top)

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main(["check", *words])
        said = capsysbinary.readouterr()
        return ended.value.code, said.out.decode(), said.err.decode()

    return run
