import pytest

from recviewer.difference.model import Names, Section, SectionKind, Values, VectorChange, Words
from recviewer.difference.values import ABSENT, changes
from recviewer.difference.words import words
from recviewer.pages.difference.sections import (
    FIRST_CHANGES,
    FIRST_ITEMS,
    FIRST_NAMES,
    FIRST_WORDS,
    item_of,
    pair_of,
    part_of,
)
from recviewer.pages.difference.text import Room, TextGap
from recviewer.pages.text.folds import Folds


def shown(item):
    return item_of(item, Folds(), "one", Room(1 << 20))


def texts(laid, op):
    return [piece.text for piece in laid.pieces if piece.op == op]


def part(kind, *items):
    return part_of(Section(kind, items), Folds(), Room(1 << 20))


def test_a_long_set_of_names_is_folded_with_its_number():
    names = tuple(f"model-{number:03}" for number in range(128))

    gone, new = shown(Names("models", ("old-1",), names, 7)).names

    assert (gone.names, gone.rest) == (("old-1",), None)
    assert (new.names, new.count) == (names[:FIRST_NAMES], 128)
    assert new.rest.title == "108 more"


@pytest.mark.parametrize(
    ("change", "notes"),
    [
        (VectorChange("[0]", 4, 4, 0.96, 1.0), ("4 numbers", "cosine 0.960000", "largest difference 1")),
        (
            VectorChange("[0]", 4, 4, None, 1.0),
            ("4 numbers", "no cosine, for one of them is zero", "largest difference 1"),
        ),
        (VectorChange("[0]", 4, 3, None, None), ("4 → 3 numbers, which cannot be compared",)),
        (VectorChange("[0]", 0, 3, None, None), ("3 numbers, new",)),
    ],
)
def test_a_vector_says_how_far_it_moved(change, notes):
    assert shown(change).notes == notes


def test_inside_a_long_value_what_changed_is_marked():
    laid = pair_of("openai.gpt-oss-20b", "openai.gpt-oss-20b-1:0", Folds(), "model", Room(1 << 20))

    assert texts(laid, "same") == ["openai.gpt-oss-20b"]
    assert texts(laid, "new") == ["-1:0"]


def test_a_test_id_stands_whole_and_a_longer_value_is_folded():
    test, folds = "tests/integration/inference/test_embeddings.py::test_base64[{}_client-emb=some/model-v1.5]", Folds()

    whole = pair_of(test.format("llama_stack"), test.format("ogx"), folds, "one", Room(1 << 20))
    long = pair_of(f"{'word ' * 80}old", f"{'word ' * 80}new", folds, "two", Room(1 << 20))

    assert "".join(piece.text for piece in whole.pieces if piece.op != "gone") == test.format("ogx")
    assert any(isinstance(piece, TextGap) for piece in long.pieces)


@pytest.mark.parametrize(
    ("old", "new", "shown_old", "shown_new"),
    [(1, "1", ["1"], ['"1"']), (ABSENT, "", [], ['""']), (None, False, ["null"], ["false"]), ("", "a", ['""'], ["a"])],
)
def test_values_of_other_types_can_be_told_apart(old, new, shown_old, shown_new):
    laid = pair_of(old, new, Folds(), "value", Room(1 << 20))

    assert "".join(texts(laid, "gone") + texts(laid, "same")) == "".join(shown_old)
    assert "".join(piece.text for piece in laid.pieces if piece.op != "gone") == "".join(shown_new)


def test_values_of_one_place_that_changed_alike_are_one_line():
    told = {f"type #{at}": "function" for at in range(2, 13)}
    same = shown(Values("", changes({}, told | {"id": 1, "id #2": 1, "id #3": 1.0, "id #5": 1.0, "is #2": True})))

    assert [(change.path, texts(change.text, "new")) for change in same.changes] == [
        ("id #1 to #2", ["1"]),
        ("id #3, #5", ["1.0"]),
        ("is #2", ["true"]),
        ("type #2 to #12", ["function"]),
    ]


def test_a_call_is_gone_only_as_a_whole():
    call = {"name": "f", "arguments": {"a": 1, "b": 2}}
    whole = part(SectionKind.CALLS, Values("f", changes(call, ABSENT)))
    argument = part(SectionKind.CALLS, Values("f", changes(call, {"name": "f", "arguments": {"a": 1}})))

    assert whole.subs == ("gone",)
    assert [change.path for change in whole.items[0].changes] == ["arguments"]
    assert argument.subs == ()


def test_a_section_says_how_many_words_changed():
    item = Words("", words("One two three four five.", "One two three six five, seven."))

    assert part(SectionKind.ANSWER, item).subs == ("−1 +2 words",)
    assert part(SectionKind.ANSWER, Words("", words("a  b", "a b"))).subs == ("white space",)
    assert part(SectionKind.ANSWER, Words("", words("a. b", "a! b"))).subs == ("signs",)


def test_what_is_too_much_for_a_page_is_folded():
    values = changes({}, {f"k{number}": number for number in range(100)})
    many = part(SectionKind.MESSAGES, *[Words(f"messages[{at}]", words("a", "b")) for at in range(50)])

    assert len(shown(Values("", values)).changes) == FIRST_CHANGES
    assert shown(Values("", values)).rest.title == "60 more changes"
    assert len(many.items) == FIRST_ITEMS
    assert many.folds[0].title == "10 more changes"


@pytest.mark.parametrize(
    ("label", "value", "path"),
    [
        ("messages[1] assistant look", {"name": "look", "arguments": {"at": "cat"}}, "arguments"),
        ("messages[1] assistant look", {"name": "look", "arguments": {"at": "cat"}, "more": 1}, "(all)"),
        ("messages[1] assistant see", {"name": "look", "arguments": {"at": "cat"}}, "(all)"),
    ],
)
def test_of_a_call_that_a_request_holds_the_arguments_are_told_where_its_name_stands_above(label, value, path):
    (made,) = part(SectionKind.MESSAGES, Values(label, changes(ABSENT, value))).items

    assert [change.path for change in made.changes] == [path]


OLD, NEW = (
    "Saturn is the one with many rings of ice and dust. " * 3,
    "Nobody may answer such questions here, whoever asks! " * 3,
)


def of_range(kind, item, **more):
    """A thing that changed as a page of a range shows it."""
    folds = Folds()
    (made,) = part_of(Section(kind, (item,)), folds, Room(1 << 20, folds_old=True, **more)).items
    return made


def test_an_old_text_of_which_hardly_a_word_was_kept_is_folded_with_its_size():
    made = of_range(SectionKind.MESSAGES, Words("messages[1] tool", words(OLD, NEW)))

    assert (made.before.title, texts(made.before.body, "gone")) == ("before: 33 other words", [OLD])
    assert [(piece.op, piece.text) for piece in made.text.pieces] == [("new", NEW)]
    assert made.is_whole


def test_an_old_answer_stands_beside_the_new_one_and_of_a_very_long_one_its_first_words_do():
    short = of_range(SectionKind.ANSWER, Words("", words(OLD, NEW)))
    long = of_range(SectionKind.ANSWER, Words("", words(OLD * 7, NEW)))

    assert (short.before, [piece.text for piece in short.text.pieces if piece.op == "gone"]) == (None, [OLD])
    assert (long.before.title, long.before.detail) == ("before: 231 other words", (OLD * 7)[:FIRST_WORDS])


def test_of_thinking_that_is_gone_the_size_is_said():
    made = of_range(SectionKind.REASONING, Words("", words(OLD, "")))

    assert (made.before.title, made.text, made.is_whole) == ("33 words", None, True)
    sent = of_range(SectionKind.MESSAGES, Words("messages[1] assistant reasoning", words(OLD, "")))
    assert sent.before.title == "33 words"


def test_of_a_long_text_that_is_gone_the_first_words_stay():
    made = of_range(SectionKind.ANSWER, Words("", words(OLD * 2, "")))

    assert (made.before.title, made.text, made.is_whole) == ("66 words", None, True)
    assert made.before.detail == (OLD * 2)[:160]


@pytest.mark.parametrize(
    ("kind", "old", "new", "more"),
    [
        (SectionKind.ANSWER, OLD, "", {}),
        (SectionKind.REASONING, "", OLD, {}),
        (SectionKind.ANSWER, "Saturn.", NEW, {}),
        (SectionKind.ANSWER, OLD, OLD.replace("ice", "iron"), {}),
        (SectionKind.ANSWER, OLD, NEW, {}),
        (SectionKind.MESSAGES, OLD, NEW, {"twice": True}),
        (SectionKind.MESSAGES, OLD, NEW, {"everything": True}),
    ],
    ids=["answer gone", "new thinking", "short", "most words kept", "other words", "side by side", "whole texts"],
)
def test_what_came_and_what_is_told_word_by_word_is_never_folded(kind, old, new, more):
    made = of_range(kind, Words("", words(old, new)), **more)

    assert made.before is None
    assert "".join(piece.text for piece in made.text.pieces if piece.op == "gone") == "".join(
        span.text for span in words(old, new).spans if span.op == "gone"
    )
    assert made.is_whole


def test_elsewhere_both_texts_stand():
    assert shown(Words("", words(OLD, NEW))).before is None


def test_a_test_that_stands_above_is_told_by_what_changed_in_it():
    test = "tests/integration/inference/test_embeddings.py::test_base64[openai_client-emb=some/model-v1.5-{}]"
    change = changes({"test_id": test.format("a")}, {"test_id": test.format("b")})

    made = of_range(SectionKind.DETAILS, Values("", change))
    assert any(isinstance(piece, TextGap) for piece in made.changes[0].text.pieces)
    (alone,) = shown(Values("", change)).changes
    assert not any(isinstance(piece, TextGap) for piece in alone.text.pieces)
