import functools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.difference import words as module
from recviewer.difference.spelling import spell
from recviewer.difference.words import Count, Grain, Op, Span, count_words, similarity, tokens, words
from tests.difference.mirror import applied, mirrored

TEXTS = st.text(alphabet="ab cd\n.–-1é字 \t", max_size=40) | st.text(max_size=30)


@given(TEXTS, TEXTS)
def test_nothing_of_either_text_is_lost(old, new):
    diff = words(old, new)

    assert diff.old == old
    assert diff.new == new
    assert applied(diff, old) == new


@given(TEXTS, TEXTS)
def test_the_other_way_round_is_the_mirror(old, new):
    assert words(new, old) == mirrored(words(old, new))


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
    monkeypatch.setattr(module, "LONG", 0)
    monkeypatch.setattr(module, "_WORD_CELLS", 40)
    old = "\n".join(f"line {number} says this and that and more of it" for number in range(40))
    new = old.replace("line 3 says", "line 3 tells").replace("this and that", "those and these")

    diff = words(old, new)

    assert diff.grain is Grain.LINES
    assert applied(diff, old) == new


def test_a_long_text_with_few_changed_lines_is_still_compared_in_words(monkeypatch):
    monkeypatch.setattr(module, "LONG", 0)
    monkeypatch.setattr(module, "_WORD_CELLS", 2_000)
    old = "\n".join(f"line {number} is this" for number in range(60))
    new = old.replace("line 3 is", "line 3 was").replace("line 50 is", "line 50 was")

    diff = words(old, new)

    assert diff.grain is Grain.WORDS
    assert [span.text for span in diff.spans if span.op is Op.GONE] == ["is", "is"]


@given(TEXTS, TEXTS)
def test_long_texts_lose_nothing_and_mirror_too(old, new):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LONG", 0)
        patch.setattr(module, "_WORD_CELLS", 12)
        patch.setattr(module, "_LINE_CELLS", 3)

        diff = words(old, new)

        assert (diff.old, diff.new) == (old, new)
        assert words(new, old) == mirrored(diff)


def test_what_both_sides_of_a_change_end_with_is_no_change():
    diff = words("The sea is wide and blue.", "<think>The sea? It is wide.</think>The sea is wide and blue.")

    assert diff.spans[0] == Span(Op.NEW, "<think>The sea? It is wide.</think>")
    assert diff.removed == Count()


@functools.cache
def prose():
    """180,000 words, some with a line's end behind them."""
    dice = random.Random(7)
    return " ".join(f"w{dice.randrange(5000)}" + ("\n" if dice.random() < 0.1 else "") for _ in range(180_000))


def noise(seed):
    return "".join(random.Random(seed).choices("".join(map(chr, range(32, 127))), k=1_000_000))


def with_other_words_here_and_there(text):
    dice = random.Random(8)
    return " ".join(word if dice.random() > 0.02 else "v" for word in text.split(" "))


# Made when they are asked for: this file is read by every run of pytest, whatever it is to run.
HOSTILE = {
    "one word": lambda: ("ha " * 333_000, "ho " * 333_001),
    "two words": lambda: ("ha ho " * 166_000, "ho ha ha " * 111_000),
    "line ends": lambda: ("\n" * 1_000_000, "\n \n" * 333_000),
    "white space": lambda: (" \t" * 500_000, "\t " * 500_001),
    "signs": lambda: (".," * 500_000, ",,." * 333_000),
    "no borders": lambda: ("a" * 1_000_000, "b" * 1_000_000),
    "noise": lambda: (noise(1), noise(2)),
    "order": lambda: (prose(), " ".join(sorted(prose().split(" ")))),
    "words here and there": lambda: (prose(), with_other_words_here_and_there(prose())),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_takes_no_time_to_speak_of(name):
    old, new = HOSTILE[name]()

    start = time.process_time()
    diff = words(old, new)

    assert time.process_time() - start < 5  # 1 s on an idle machine; what grows with the square takes minutes
    assert applied(diff, old) == new


@pytest.mark.parametrize(
    ("gone", "new", "told"),
    [
        ("–", "-", "– U+2013 en dash → - U+002D hyphen-minus"),
        ("12", "13", "12 → 13"),
        ("[1]", "(1)", "[1] → (1)"),
        ("'", '"', "' → \""),
        ("`", "'", "` U+0060 grave accent → ' U+0027 apostrophe"),
        ("-", "\u2212", "- U+002D hyphen-minus → \u2212 U+2212 minus sign"),
        ("- ", "--", "- U+002D hyphen-minus, U+0020 space → - U+002D hyphen-minus ×2"),
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
