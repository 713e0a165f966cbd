"""Replies without choices, as tables."""

import pytest

from recviewer.exchange.model import Exchange, Kind, Request, Table
from recviewer.pages.recording.results import exhibits_of
from recviewer.pages.text.folds import Folds


def cells(column, value):
    table = Table("models", ("id", column), (("m", value),))
    (shown,), _ = exhibits_of(Exchange(kind=Kind.MODELS, request=Request(), exhibits=(table,)), Folds())
    return [cell for cell, _ in shown.rows[0]]


@pytest.mark.parametrize("column", ["created", "created_at", "expires at"])
def test_a_time_in_seconds_is_told_as_a_day_as_well(column):
    assert cells(column, 1_686_588_896) == ["m", "1686588896 (12\u00a0Jun\u00a02023)"]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("created", 0, "0"),
        ("created", "1686588896", "1686588896"),
        ("created", True, "true"),
        ("created", 1_686_588_896_000, "1686588896000"),
        ("bytes", 1_686_588_896, "1686588896"),
        ("format", 1_686_588_896, "1686588896"),
    ],
)
def test_other_numbers_are_told_as_they_are(column, value, told):
    assert cells(column, value)[1] == told
