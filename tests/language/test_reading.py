import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recviewer.language.printing import printed
from recviewer.language.reading import DEEPEST, Language, Slip, parse
from recviewer.language.tree import All, Either, Not, Term, Word, leaves, wanted_words

LANGUAGE = Language(("kind", "model", "has", "test"), lambda key, value: key in ("has", "test"))
A, B, C = Word("a"), Word("b"), Word("c")
CHAT, GENAI, TOOL, ERROR = Term("kind", "chat"), Term("kind", "genai"), Term("has", "tool"), Term("has", "error")


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("", None),
        ("  ", None),
        ("()", None),
        ("a", A),
        ("a b", All((A, B))),
        ("a a", A),
        ("a OR b", Either((A, B))),
        ("a b OR c", Either((All((A, B)), C))),
        ("a (b OR c)", All((A, Either((B, C))))),
        ("(a OR (b OR c))", Either((A, B, C))),
        ("a or b", All((A, Word("or"), B))),
        ("(a b) c", All((A, B, C))),
        ("-a", Word("a", True)),
        ("- a", A),
        ("--a", Word("-a", True)),
        ('-"a b"', Word("a b", True, True)),
        ("-(a b)", Not(All((A, B)))),
        ("-(a)", Word("a", True)),
        ("-(-a)", A),
        ("-(-(a b))", All((A, B))),
        ("kind:chat", CHAT),
        ("-kind:chat", Term("kind", "chat", True)),
        ("kind:chat kind:genai", Either((CHAT, GENAI))),
        ("kind:chat a kind:genai", All((Either((CHAT, GENAI)), A))),
        ("(kind:chat) kind:genai", All((CHAT, GENAI))),
        ("kind:chat -kind:genai", All((CHAT, Term("kind", "genai", True)))),
        ("has:tool has:error", All((TOOL, ERROR))),
        ("has:tool OR has:error", Either((TOOL, ERROR))),
        ('model:"a b"', Term("model", "a b")),
        ('model:"a ""b"""', Term("model", 'a "b"')),
        ('model:""', Term("model", "")),
        ("(kind:chat)", CHAT),
        ("(test:f(x))", Term("test", "f(x)")),
        ("f(x)", Word("f(x)")),
        ("a)", Word("a)")),
        ("x:)", Word("x:)")),
        ("other:word", Word("other:word")),
        ("kind:", Word("kind:")),
        ('"kind:chat OR"', Word("kind:chat OR", False, True)),
        ("(t/test_a.py::test_b[x kind:chat (y)] OR a)", Either((Word("t/test_a.py::test_b[x kind:chat (y)]"), A))),
        ("a ***", A),
        ("***", Word("***")),
    ],
)
def test_line_is_read_as_a_tree(typed, tree):
    assert parse(typed, LANGUAGE).tree == tree


@pytest.mark.parametrize(
    ("typed", "tree", "slip", "piece"),
    [
        ("(a OR b", Either((A, B)), Slip.BRACKET, "(a OR b"),
        ('"a', Word("a", False, True), Slip.QUOTE, '"a'),
        ('model:"a b', Term("model", "a b"), Slip.QUOTE, '"a b'),
        ("a OR", A, Slip.OR, "OR"),
        ("OR a", A, Slip.OR, "OR"),
        ("a OR OR b", Either((A, B)), Slip.OR, "OR"),
        ("OR", None, Slip.OR, "OR"),
        ("(a OR) b", All((A, B)), Slip.OR, "OR"),
        ("a AND b", All((A, Word("AND"), B)), Slip.AND, "AND"),
        ("modell:x", Word("modell:x"), Slip.NAME, "modell:x"),
    ],
)
def test_what_can_be_read_anyway_is_read_and_told(typed, tree, slip, piece):
    parsed = parse(typed, LANGUAGE)

    assert parsed.tree == tree
    assert [(note.slip, note.piece) for note in parsed.remarks] == [(slip, piece)]


@pytest.mark.parametrize("typed", ["https://example.com", "a.py::test_b", "TestA::test_b", "a (b)", "a:", '"x:y"'])
def test_what_is_right_is_not_remarked_on(typed):
    assert parse(typed, LANGUAGE).remarks == ()


def test_brackets_too_deep_are_passed_over():
    typed = "(" * 5_000 + "a" + ")" * 5_000

    assert parse(typed, LANGUAGE).tree == A
    assert {note.slip for note in parse(typed, LANGUAGE).remarks} == {Slip.DEEP}
    assert parse("(" * DEEPEST + "a" + ")" * DEEPEST, LANGUAGE).remarks == ()


PIECES = st.sampled_from(
    ["a", "b", "f(", "(", ")", "-", "--", "OR", '"', '"a b"', " ", "  ", "kind:", "kind:chat", "kind:genai", "has:tool",
     'model:"', "model:x", "test_a[", "]", "x:y", "***", "日本", "\x00", "\ud800", "AND"]
)  # fmt: skip
LINES = st.lists(PIECES, max_size=25).map("".join) | st.lists(PIECES, max_size=25).map(" ".join)


@given(LINES | st.text())
@example("-(-OR) a")
@example("-(--a)")
@example("(a OR f( ) b")
def test_any_text_is_read_and_what_is_printed_is_read_as_the_same(typed):
    tree = parse(typed, LANGUAGE).tree
    line = printed(tree, LANGUAGE)

    assert parse(line, LANGUAGE).tree == tree
    assert {note.slip for note in parse(line, LANGUAGE).remarks} <= {Slip.AND, Slip.NAME}
    for leaf in leaves(tree):
        assert 0 <= leaf.at[0] < leaf.at[1] <= len(typed)


@pytest.mark.parametrize(
    "piece", ["(", ")", "-", "a ", "OR ", '"', "kind:chat ", "(a OR ", "-(a ", "test_a[", "has:tool OR ("]
)
def test_reading_takes_a_time_in_proportion(piece):
    text = piece * (10_000 // len(piece))
    started = time.process_time()
    printed(parse(text, LANGUAGE).tree, LANGUAGE)

    assert time.process_time() - started < 2


def test_pieces_stand_where_they_were_typed():
    typed = 'a -kind:chat ("b c" OR -d)'

    assert [typed[slice(*leaf.at)] for leaf in leaves(parse(typed, LANGUAGE).tree)] == [
        "a",
        "-kind:chat",
        '"b c"',
        "-d",
    ]


def test_words_that_a_recording_may_be_found_by_are_those_that_nothing_leaves_out():
    found = wanted_words(parse("a -b -(c -d) (e OR kind:chat) -(kind:chat OR -(f g))", LANGUAGE).tree)

    assert [word.text for word in found] == ["a", "d", "e", "f", "g"]
