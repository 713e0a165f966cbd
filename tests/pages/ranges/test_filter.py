"""The filter of a range, as its addresses have it."""

import pytest
from django.http import QueryDict

from recviewer.pages.ranges.filter import RangeFilter


@pytest.mark.parametrize(
    ("asked", "walked"),
    [
        ("verdict=undecided", ""),
        ("verdict=approved&class=text", "class=text"),
        ("needs=you", "needs=somebody"),
        ("needs=somebody&verdict=rejected", "needs=somebody"),
    ],
)
def test_a_queue_does_not_shrink_under_the_hands_of_who_decides(asked, walked):
    found = RangeFilter.of(QueryDict(asked)).without_verdict()

    assert found == RangeFilter.of(QueryDict(walked))
