import pytest

from recviewer.exchange.amounts import counted, size


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 replies"), (1, "1 reply"), (2, "2 replies"), (1811, "1,811 replies")]
)
def test_a_number_has_its_noun(number, said):
    assert counted(number, "reply", "replies") == said


def test_most_nouns_take_an_s():
    assert (counted(1, "line"), counted(1000, "line")) == ("1 line", "1,000 lines")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.00 MB"),
        (999_994_999, "999.99 MB"),
        (999_995_000, "1.00 GB"),
    ],
)
def test_bytes_are_never_a_thousand_of_a_unit(count, said):
    assert size(count) == said
