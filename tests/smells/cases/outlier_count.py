"""Cases of the rule outlier-count."""

from tests.smells.building import among, chat
from tests.trees import id_of


def some(count, parameters):
    return [chat(f"Question {at}?", test=id_of("test_search", parameters)) for at in range(count)]


def counted(mine, *others):
    """Return recordings of a test of which the first in the tree is asked about, beside tests with other parameters."""
    of_mine = sorted(some(mine, "txt=acme/small-1"), key=lambda one: path_of(one))
    return among(*of_mine, *[one for at, count in enumerate(others) for one in some(count, f"txt=acme/other-{at}")])


def path_of(document):
    return among(document).sides[0].path


FIRES = {"many more": (counted(12, 3, 2), "amber")}
QUIET = {
    "as many": counted(12, 12, 11),
    "few": counted(8, 1, 1),
    "one sibling": counted(12, 1),
    "none": counted(12),
    "not four times as many": counted(12, 4, 4),
}
