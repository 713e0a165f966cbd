import sqlite3
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.catalog import excerpts
from recviewer.catalog.excerpts import BUDGET, FIRST, LENGTH, OVERLAP, WINDOW, Looked, wanted
from recviewer.catalog.folding import GAP, MARK, folded
from recviewer.catalog.naming import clean

RAW = sqlite3.connect(":memory:", check_same_thread=False)
RAW.execute("CREATE VIRTUAL TABLE words USING fts5(said, tokenize = 'unicode61')")


def marked_by_fts(text, word, may_go_on):
    """The places that FTS5's own `highlight` marks, character by character."""
    RAW.execute("DELETE FROM words")
    RAW.execute("INSERT INTO words (rowid, said) VALUES (1, ?)", (text,))
    quoted = '"' + word.replace('"', '""') + '"' + (" *" if may_go_on else "")
    row = RAW.execute("SELECT highlight(words, 0, '\x02', '\x03') FROM words WHERE words MATCH ?", (quoted,)).fetchone()
    return places(row[0]) if row else set()


def places(shown):
    found, place, inside = set(), 0, False
    for sign in shown:
        if sign in "\x02\x03":
            inside = sign == "\x02"
            continue
        if inside:
            found.add(place)
        place += 1
    return found


def marked_by_us(text, word, may_go_on):
    find = wanted([(word, may_go_on)])
    hits = find._hits(text, 0, is_last=True) if find else []
    return {place for start, end, _ in hits for place in range(start, end)}


SIGNS = st.sampled_from("abAÉéeE\u0301\u0308\u0345İıßſK½²ªⅫ_-.'\u2019 \n日\u3099ｶ\U0001f600٣\ue000\u200dç©\u0130\u1e9e")
TEXTS = st.text(SIGNS, max_size=30) | st.text(max_size=30)


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(TEXTS, st.text(SIGNS, min_size=1, max_size=3) | st.text(min_size=1, max_size=3), st.booleans())
def test_words_are_marked_where_fts5_marks_them(text, word, may_go_on):
    text, word = clean(text), clean(word)
    phrase = len([one for one in folded(word).replace(MARK, "").split(GAP) if one])
    if not phrase:
        return

    ours, theirs = marked_by_us(text, word, may_go_on), marked_by_fts(text, word, may_go_on)

    assert (ours == theirs) if phrase == 1 else (ours <= theirs and bool(ours) == bool(theirs))


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(TEXTS, st.lists(st.tuples(st.text(SIGNS, min_size=1, max_size=3), st.booleans()), min_size=1, max_size=4))
def test_every_mark_of_several_words_is_one_of_fts5(text, phrases):
    text, phrases = clean(text), [(clean(word), more) for word, more in phrases]
    find = wanted(phrases)
    hits = find._hits(text, 0, is_last=True) if find else []

    allowed = set().union(
        *(marked_by_fts(text, word, more) for word, more in phrases if folded(word).strip(GAP + MARK))
    )

    assert {place for start, end, _ in hits for place in range(start, end)} <= allowed
    assert bool(hits) == bool(allowed)


@pytest.mark.slow
def test_signs_of_most_scripts_are_read_as_the_index_reads_it():
    every = [chr(code) for some in (range(1, 0x3100), range(0xA600, 0xAC00), range(0xFB00, 0x10500)) for code in some]
    text = " ".join(f"a{sign}b" for sign in every)

    shown = folded(text)

    assert len(shown) == len(text)
    RAW.execute("DELETE FROM words")
    RAW.executemany("INSERT INTO words (rowid, said) VALUES (?, ?)", [(ord(sign), f"a{sign}b") for sign in every])
    RAW.execute("CREATE VIRTUAL TABLE IF NOT EXISTS terms USING fts5vocab(words, 'instance')")
    found = {}
    for doc, term in RAW.execute('SELECT doc, term FROM terms ORDER BY doc, "offset"'):
        found.setdefault(doc, []).append(term)
    for place, sign in enumerate(every):
        mine = shown[place * 4 : place * 4 + 3].replace(MARK, "").split(GAP)
        assert [word for word in mine if word] == found[ord(sign)], hex(ord(sign))


def text_of(pieces):
    return "".join(text for text, _ in pieces)


def test_an_excerpt_is_short_begins_before_the_hit_and_says_where_it_is_cut():
    text = "x" * 30 + " and much more of it " * 20 + "the needle lies here " + "and goes on " * 50
    pieces = wanted([("needle", True)]).excerpt(text, Looked()).pieces

    assert [one for one, is_hit in pieces if is_hit] == ["needle"]
    assert len(text_of(pieces)) <= LENGTH + 2
    assert text_of(pieces).startswith("…")
    assert text_of(pieces).endswith("…")
    assert text_of(pieces).strip("…") in text


def test_the_place_with_most_of_the_words_is_shown():
    text = "blue " + "grey " * 60 + "a blue planet turns " + "grey " * 60
    pieces = wanted([("blue", True), ("planet", True)]).excerpt(text, Looked()).pieces

    assert [one for one, is_hit in pieces if is_hit][:2] == ["blue", "planet"]


def test_an_excerpt_tells_where_its_first_hit_stands():
    text = "blue " + "grey " * 60 + "a blue planet turns " + "grey " * 5_000

    assert wanted([("blue", True), ("planet", True)]).excerpt(text, Looked()).at == text.index("blue planet")
    assert excerpts.scanning("turns").excerpt(text, Looked()).at == text.index("turns")


@pytest.mark.parametrize(
    "before", [border + n for border in (FIRST - OVERLAP, FIRST, WINDOW - OVERLAP, WINDOW) for n in range(-14, 3)]
)
def test_a_phrase_across_a_border_is_found_once_and_whole(before):
    text = ("ab " * WINDOW)[: before - 1] + " the needle ends " + "ab " * 5_000
    pieces = wanted([("the needle", False)]).excerpt(text, Looked()).pieces

    assert [one for one, is_hit in pieces if is_hit] == ["the needle"]


@pytest.mark.parametrize("border", [FIRST, WINDOW, FIRST - OVERLAP + WINDOW])
@pytest.mark.parametrize("cut", range(-7, 2))
def test_a_word_that_a_border_cuts_is_no_other_word(cut, border):
    text = ("ab " * WINDOW)[: border + cut - 1] + " needles " + "ab " * 5_000

    assert wanted([("needle", False)]).excerpt(text, Looked()) is None
    assert [one for one, is_hit in wanted([("needle", True)]).excerpt(text, Looked()).pieces if is_hit] == ["needles"]


def test_an_endless_word_is_cut():
    pieces = wanted([("x", True)]).excerpt("x" * 100_000, Looked()).pieces

    assert len(text_of(pieces)) <= LENGTH + 2
    assert pieces[0] == ("x" * LENGTH, True)


def test_no_more_is_looked_through_than_there_is_budget_for():
    looked = Looked(50_000)
    text = "ab " * 100_000 + "needle"

    assert wanted([("needle", True)]).excerpt(text, looked) is None
    assert wanted([("ab", True)]).excerpt(text, looked) is None
    assert wanted([("ab", True)]).excerpt(text, Looked()) is not None


@pytest.mark.parametrize(
    "text", ["word " * 40_000, "a" * 200_000, "é" * 200_000, "a\u0301" * 100_000, " \u0301" * 100_000, "日" * 200_000]
)
def test_a_page_of_the_worst_texts_costs_no_second(text):
    find = wanted([("word", True), ("a", True), ("b c", False), *[(f"w{n}", True) for n in range(17)]])
    looked, started = Looked(), time.process_time()
    for _ in range(50):
        find.excerpt(text, looked)

    assert time.process_time() - started < 5
    assert looked.left > -BUDGET


@settings(deadline=None, max_examples=200)
@given(st.text(SIGNS, max_size=400), st.text(SIGNS, min_size=1, max_size=2))
def test_an_excerpt_is_a_piece_of_the_text(text, word):
    find = wanted([(word, True)])
    found = find.excerpt(text, Looked()) if find else None
    pieces = found.pieces if found else ()

    shown = text_of(pieces)
    assert shown in text or shown.removeprefix("…") in text or shown.removesuffix("…") in text or shown[1:-1] in text
    assert not pieces or any(is_hit for _, is_hit in pieces)


def test_a_scan_takes_upper_and_lower_case_as_like_does():
    pieces = excerpts.scanning("天K").excerpt("İ天k\u212a天", Looked()).pieces

    assert [one for one, is_hit in pieces if is_hit] == ["天k"]
