import pytest

from recviewer.changes import findings
from recviewer.changes.model import Change
from recviewer.changes.overview import compared
from recviewer.pairing.pair import How, Pair, Sure
from tests.trees import make, tree

__all__ = ["make", "tree"]


@pytest.fixture
def paired(make):
    """Two documents as a change. paths: of both sides; by default those that a recorder gives them."""

    def build(old, new, *, sure=Sure.CERTAIN, paths=(None, None), how=How.TEST):
        before, after = (make.side(document, path) for document, path in zip((old, new), paths, strict=True))
        return compared(before, after, Pair(0, 0, how, sure, 1.0, "the same test"), None)

    return build


@pytest.fixture
def alone(make):
    """A document as a new recording."""

    def build(document, path=None):
        from recviewer.difference.model import Churn

        return Change(Churn.NEW, None, make.side(document, path))

    return build


@pytest.fixture
def told():
    """What is found on changes: (rule, severity, title) of each."""

    def run(*changes):
        return [(one.rule, one.severity.value, one.title) for one in findings.findings(changes)]

    return run


@pytest.fixture
def rules():
    """The findings on changes by rule and severity."""

    def run(*changes):
        return {(one.rule, one.severity.value): one for one in findings.findings(changes)}

    return run
