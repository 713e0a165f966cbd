import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.difference.words import words
from recviewer.pages.difference.text import Piece, Room, TextGap, laid_out
from recviewer.pages.text.folds import Folds

WORDS = st.sampled_from(["alpha", "beta", "gamma ", "delta\n", " ", "\n\n", "<b>", "\u202e", "字", "12.50", "\t", "é"])
TEXTS = st.lists(WORDS, max_size=120).map(" ".join) | st.text(max_size=60)
LONG = "One sentence that is there on both sides, to the letter and all. " * 40


class Everything(frozenset):
    """Names of folds that the address wants open: all of them."""

    def __contains__(self, name):
        return True


def flat(laid):
    """All that a reader reaches: what stands in the page, what is folded in it, and what the rest holds."""
    for piece in laid.pieces:
        yield Piece("same", piece.text) if isinstance(piece, TextGap) else piece
    if laid.rest is not None:
        yield from flat(laid.rest.body)


def both(pieces):
    made = list(pieces)
    return tuple("".join(piece.text for piece in made if piece.op != other) for other in ("new", "gone"))


@given(TEXTS, TEXTS, st.integers(1, 4_000), st.booleans())
def test_what_the_page_shows_is_both_texts_to_the_letter(old, new, left, twice):
    laid = laid_out(words(old, new), Folds(Everything()), "answer-0", Room(left, twice))

    assert both(flat(laid)) == (old, new)


@given(TEXTS, TEXTS)
def test_both_columns_are_both_texts_to_the_letter(old, new):
    laid = laid_out(words(old, new), Folds(Everything()), "answer-0", Room(1 << 20, twice=True))

    gaps = [[gap.text for gap in row.over] for row in laid.rows]
    for side, text in (("old", old), ("new", new)):
        column = [[piece.text for piece in getattr(row, side)] or gap for row, gap in zip(laid.rows, gaps, strict=True)]
        assert "".join("".join(cell) for cell in column) == text


@given(TEXTS)
def test_a_text_against_itself_has_no_changes(text):
    laid = laid_out(words(text, text), Folds(), "answer-0", Room(1 << 20))

    assert all(isinstance(piece, TextGap) or piece.op == "same" for piece in laid.pieces)


def test_a_long_equal_stretch_is_folded_at_the_borders_of_words():
    laid = laid_out(words(f"Mars {LONG}red.", f"Mars {LONG}blue."), Folds(), "answer-0", Room(1 << 20))

    gap, kept, *changed = laid.pieces
    assert isinstance(gap, TextGap)
    assert gap.text.startswith("Mars One sentence")
    assert gap.text.endswith(" ")
    assert 60 <= len(kept.text) <= 160
    assert [piece.text for piece in changed] == ["red", "blue", "."]


def test_the_fold_says_how_many_words_it_holds_and_long_ones_are_fetched():
    old, new = f"a {LONG} b {LONG * 9} c", f"x {LONG} y {LONG * 9} z"
    laid = laid_out(words(old, new), Folds(kept="change=one"), "answer-0", Room(1 << 20))

    first, second = [piece for piece in laid.pieces if isinstance(piece, TextGap)]
    assert first.fold.title.endswith(" words")
    assert second.fold.body is None
    assert second.fold.query.startswith("?change=one&open=answer-0.")


def test_whole_paragraphs_that_are_the_same_take_a_line_of_their_own():
    paragraphs = "\n".join(f"Paragraph {number} says the same on both sides of it." for number in range(20))
    laid = laid_out(words(f"old\n{paragraphs}\nend", f"new\n{paragraphs}\nend!"), Folds(), "answer-0", Room(1 << 20))

    (gap,) = [piece for piece in laid.pieces if isinstance(piece, TextGap)]
    assert gap.is_lines
    assert gap.text.startswith("Paragraph")
    assert gap.text.endswith("\n")


@pytest.mark.parametrize("hostile", ["\u200b\u200c" * 200_000, "<&>" * 300_000, "word " * 200_000, "字" * 300_000])
def test_a_huge_text_takes_no_more_than_its_room(hostile):
    laid = laid_out(words("", hostile), Folds(), "answer-0", Room(30_000))

    from recviewer.pages.text.marks import marked

    assert sum(len(marked(piece.text)) for piece in laid.pieces) < 40_000
    assert laid.rest is not None


def test_the_rest_comes_in_portions():
    text = "word " * 100_000
    laid = laid_out(words("", text), Folds(Everything()), "answer-0", Room(30_000))

    assert len("".join(piece.text for piece in laid.rest.body.pieces)) < 110_000
    assert laid.rest.body.rest is not None


@pytest.mark.parametrize(
    ("text", "shown"),
    [("  ", "··"), ("\t", "⇥"), ("\n\n", "⏎\n⏎\n"), ("\u00a0", "U+00A0"), ("a \nb", "a·\nb"), ("\nb", "⏎\nb")],
)
def test_changed_white_space_is_shown_as_marks(text, shown):
    assert Piece("new", text).shown == shown
    assert Piece("same", text).shown == text


def test_only_what_is_one_side_alone_stands_apart():
    alone = laid_out(
        words("One two three four five. " * 4, "Quite another sentence! " * 5), Folds(), "a", Room(1 << 20)
    )
    amid = laid_out(words("Start. End.", f"Start. {'more words ' * 20}End."), Folds(), "b", Room(1 << 20))

    assert [(piece.op, piece.is_apart) for piece in alone.pieces] == [("gone", True), ("new", True)]
    assert not any(piece.is_apart for piece in amid.pieces)
