from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.catalog.amounts import amount, days, span


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("12", ("exact", 12)),
        (">100k", ("gt", 100_000)),
        (">= 1.5M", ("gte", 1_500_000)),
        ("<2gb", ("lt", 2_000_000_000)),
        ("<=0", ("lte", 0)),
        ("", None),
        ("-5", None),
        ("k", None),
        ("1e5", None),
        (">" + "9" * 400, ("gt", 2**62)),
    ],
)
def test_amount_is_read(value, found):
    assert amount(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("20k..100k", (20_000, 100_000)),
        ("1..2", (1, 2)),
        ("1..", (1, 2**62)),
        ("..2k", (0, 2_000)),
        ("..", None),
        (">1..2", None),
        ("1...2", None),
    ],
)
def test_span_is_read(value, found):
    assert span(value) == found


@pytest.mark.parametrize(
    ("value", "first", "beyond"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1)),
        ("2026-04", (2026, 4, 1), (2026, 5, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        ("2026-4-2", (2026, 4, 2), (2026, 4, 3)),
        ("2026-12-31", (2026, 12, 31), (2027, 1, 1)),
    ],
)
def test_days_are_read(value, first, beyond):
    assert days(value) == (datetime(*first, tzinfo=UTC), datetime(*beyond, tzinfo=UTC))


@pytest.mark.parametrize(
    "value", ["yesterday", "2026-13", "2026-02-30", "26-04", "2026-", "", "9999", "0000", "2026-04-22T1"]
)
def test_other_text_is_no_day(value):
    assert days(value) is None


@given(st.text() | st.text("0123456789-.<>=kMgb ", max_size=14))
def test_any_text_is_read_or_not(value):
    found, ends = amount(value), span(value)
    days(value)

    assert found is None or 0 <= found[1] <= 2**62
    assert ends is None or all(0 <= end <= 2**62 for end in ends)
