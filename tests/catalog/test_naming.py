"""Names as the catalog keeps them."""

from recviewer.catalog.naming import NAME_LIMIT, named


def test_a_name_of_any_length_is_kept_short_and_apart_from_others():
    long = "a" * NAME_LIMIT
    kept = [named(long + end) for end in ("", "b", "c", "\ud800")]

    assert kept[0] == long
    assert len(set(kept)) == 4
    assert {len(one) for one in kept[1:]} == {NAME_LIMIT + 17}
    assert kept[1] == named(long + "b")
