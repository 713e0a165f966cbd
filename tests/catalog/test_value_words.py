"""Every value that a filter can have is called something."""

from recviewer.catalog.value_words import KIND_WORDS, OUTCOME_WORDS
from recviewer.exchange.model import Kind
from recviewer.exchange.text import Outcome


def test_every_kind_and_outcome_has_words_of_its_own():
    assert set(Kind) - set(KIND_WORDS) == set()
    assert set(Outcome) - set(OUTCOME_WORDS) == set()
    assert len(set(KIND_WORDS.values())) == len(KIND_WORDS)
