import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.difference import sequences
from recviewer.difference import words as module
from recviewer.difference.words import Count, Grain, Op, Span, apply, count_words, similarity, spell, tokens, words

TEXTS = st.text(alphabet="ab cd\n.–-1é字 \t", max_size=40) | st.text(max_size=30)


@given(TEXTS, TEXTS)
def test_nothing_of_either_text_is_lost(old, new):
    diff = words(old, new)

    assert diff.old == old
    assert diff.new == new
    assert apply(diff, old) == new


@given(TEXTS, TEXTS)
def test_the_other_way_round_is_the_mirror(old, new):
    assert words(new, old) == words(old, new).mirrored()


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    diff = words(text, text)

    assert diff.is_same
    assert diff.similarity == 1.0
    assert diff.removed == diff.added == Count()


@given(TEXTS)
def test_tokens_join_to_the_text(text):
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It costs 1,234.50 today", ["It", " ", "costs", " ", "1,234.50", " ", "today"]),
        ("a\n\n  b", ["a", "\n", "\n", "  ", "b"]),
        ("llama_stack-api", ["llama", "_", "stack", "-", "api"]),
        ("沸点は−100", ["沸", "点", "は", "−", "100"]),
        ("e\u0301t", ["e\u0301t"]),
    ],
)
def test_words_numbers_signs_and_white_space_are_kept_apart(text, expected):
    assert tokens(text) == expected


def test_an_inserted_stretch_and_a_changed_sign_leave_the_rest_alone():
    old = "The boiling point of **myliquid** is **–100 °C**."
    new = "<reasoning>We say it.</reasoning>The boiling point of **myliquid** is **-100 °C**."

    diff = words(old, new)

    assert [span.op for span in diff.spans] == [Op.NEW, Op.SAME, Op.GONE, Op.NEW, Op.SAME]
    assert diff.spans[0].text == "<reasoning>We say it.</reasoning>"
    assert diff.spelled == ("– U+2013 en dash → - U+002D hyphen-minus",)
    assert (diff.removed.words, diff.added.words) == (0, 5)


def test_short_equal_runs_between_changes_are_shown_as_changed():
    diff = words("alpha is beta and the rest stays as it was", "gamma is delta and the rest stays as it was")

    assert diff.spans[:2] == (Span(Op.GONE, "alpha is beta"), Span(Op.NEW, "gamma is delta"))


@pytest.mark.parametrize(
    ("old", "new"), [("a  b", "a b"), ("a\nb", "a b"), ("1.50", "1.5"), ("a", "a\n"), ("x\u200by", "xy")]
)
def test_white_space_and_numbers_are_changes(old, new):
    diff = words(old, new)

    assert not diff.is_same
    assert (diff.old, diff.new) == (old, new)


def test_texts_with_little_in_common_stand_as_blocks():
    diff = words("One two three four five.", "Quite another sentence altogether!")

    assert diff.grain is Grain.BLOCK
    assert [span.op for span in diff.spans] == [Op.GONE, Op.NEW]


def test_long_texts_are_compared_line_by_line_and_say_so(monkeypatch):
    monkeypatch.setattr(sequences, "CELLS", 2_000)
    monkeypatch.setattr(module, "CELLS", 2_000)
    old = "\n".join(f"line {number} says this and that and more of it" for number in range(40))
    new = old.replace("line 3 says", "line 3 tells").replace("this and that", "those and these")

    diff = words(old, new)

    assert diff.grain is Grain.LINES
    assert apply(diff, old) == new


def test_a_long_text_with_few_changed_lines_is_still_compared_in_words(monkeypatch):
    monkeypatch.setattr(sequences, "CELLS", 4_000)
    monkeypatch.setattr(module, "CELLS", 4_000)
    old = "\n".join(f"line {number} is this" for number in range(60))
    new = old.replace("line 3 is", "line 3 was").replace("line 50 is", "line 50 was")

    diff = words(old, new)

    assert diff.grain is Grain.WORDS
    assert [span.text for span in diff.spans if span.op is Op.GONE] == ["is", "is"]


def test_a_megabyte_takes_seconds_at_most():
    dice = random.Random(7)
    old = " ".join(f"w{dice.randrange(5000)}" + ("\n" if dice.random() < 0.1 else "") for _ in range(180_000))
    new = " ".join(word if dice.random() > 0.02 else f"v{dice.randrange(5000)}" for word in old.split(" "))

    start = time.process_time()
    diff = words(old, new)

    assert len(old) > 1_000_000
    assert time.process_time() - start < 10
    assert apply(diff, old) == new


def test_applying_refuses_another_text():
    diff = words("one two", "one three")

    with pytest.raises(ValueError, match="character"):
        apply(diff, "another text")
    with pytest.raises(ValueError, match="longer"):
        apply(diff, "one two and more")


@pytest.mark.parametrize(
    ("gone", "new", "told"),
    [
        ("–", "-", "– U+2013 en dash → - U+002D hyphen-minus"),
        ("12", "13", "12 → 13"),
        ("", ",", ", U+002C comma new"),
        ("\n", "", "U+000A line feed gone"),
        ("\u202f", " ", "U+202F narrow no-break space → U+0020 space"),
        ("four", "4", ""),
    ],
)
def test_short_changes_are_spelled_out(gone, new, told):
    assert spell(gone, new) == told


def test_more_short_changes_than_anybody_reads_are_counted():
    old = " apple ".join("–" * 30)

    diff = words(old, old.replace("–", "-"))

    assert (len(diff.spelled), diff.unspelled) == (20, 10)


def test_similarity_is_a_bound_in_whatever_order():
    assert similarity("a b c", "c b a") == 1.0
    assert similarity("abc", "xyz") == 0.0
    assert similarity("", "x") == 0.0


def test_words_are_counted_without_signs():
    assert count_words("Hello, world – 12 °C!") == 4
