from datetime import UTC, datetime, timedelta, timezone

import pytest

from recviewer.exchange.text import LINE
from recviewer.pages.templatetags import words
from recviewer.review.models import Verdict


@pytest.mark.parametrize(("url", "whole"), [("/r/a", "/r/a?view=raw"), ("/b/0?path=a", "/b/0?path=a&view=raw")])
def test_a_query_is_added_to_a_url_that_may_have_one(url, whole):
    assert words.with_query(url, "view=raw") == whole


@pytest.mark.parametrize("verdict", Verdict.values)
def test_every_verdict_has_words(verdict):
    assert " " in words.did(verdict)


@pytest.mark.parametrize(("length", "end"), [(LINE - 1, ""), (LINE, "…")])
def test_a_line_that_the_index_cut_ends_in_dots(length, end):
    assert words.kept_line("a" * length) == "a" * length + end


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain <b>&", "plain &lt;b&gt;&amp;"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\u202eb", 'a<span class="mark">U+202E</span>b'),
        ("\u200b\u200b\u200b", '<span class="mark">U+200B ×3</span>'),
        ("\x1b[31m", '<span class="mark">U+001B</span>[31m'),
        ("\U000e0041", '<span class="mark">U+E0041</span>'),
        ("\udce9", '<span class="mark">byte E9</span>'),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("a\u200db", 'a<span class="mark">U+200D</span>b'),
        ("\u3164", '<span class="mark">U+3164</span>'),
    ],
)
def test_visible_escapes_and_names_what_cannot_be_seen(text, shown):
    assert words.visible(text) == shown


def test_seamed_keeps_every_character_and_numbers_the_chunks():
    assert words.seamed([(2, "<a"), (3, ">")]) == (
        '<span class="seam" data-chunk="2">&lt;a</span><span class="seam" data-chunk="3">&gt;</span>'
    )


@pytest.mark.parametrize(
    ("bytes_", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (54_542, "54.5 kB"), (999_949, "999.9 kB"), (1_120_325, "1.12 MB")],
)
def test_sizes_are_short(bytes_, shown):
    assert words.size(bytes_) == shown


def test_counted_knows_one_from_many():
    assert [words.counted(number, "line") for number in (0, 1, 1811)] == ["0 lines", "1 line", "1,811 lines"]
    assert words.counted(2, "reply,replies") == "2 replies"


def test_one_line_has_no_line_ends():
    assert words.one_line("  a\n\n  b\t c ") == "a ⏎ b c"


def test_long_names_keep_head_and_tail():
    assert (
        words.short_name("7470b4176f921df8580f8fb124eacee9be4446f1f3dec36019f1b6935f5f04ec.json")
        == "7470b417…04ec.json"
    )
    assert words.short_name("short.json") == "short.json"


def test_bare_leaves_out_what_a_title_cannot_mark():
    assert words.bare("a\u202eb\u200bc") == "abc"


def test_a_day_has_its_moment_in_utc():
    far = datetime(2026, 4, 17, 7, 30, tzinfo=timezone(timedelta(hours=9)))

    said = '<time datetime="2026-04-16T22:30:00+00:00" title="16 Apr 2026 22:30 UTC">16 Apr 2026</time>'
    assert words.when_day(far) == said
    assert words.when_day(None) == ""
    assert words.when_ago(datetime.now(UTC) - timedelta(hours=3, minutes=1)).endswith(' UTC">3 h ago</time>')


def test_a_way_to_a_value_may_break_behind_each_step():
    assert words.stepped("a.b[0].<c>") == "a.<wbr>b[0].<wbr>&lt;c&gt;"
    assert words.stepped("a\u202e.b") == 'a<span class="mark">U+202E</span>.<wbr>b'


def test_a_path_may_break_behind_its_slashes_and_underscores():
    assert words.in_steps("a/<b>_c/") == "a/<wbr>&lt;b&gt;_<wbr>c/"
    assert words.in_steps("a\u202e/b") == 'a<span class="mark">U+202E</span>/<wbr>b'
    assert words.in_steps("_" * 1_000) == words.visible("_" * 1_000)


def test_what_stands_between_backticks_is_code():
    assert words.in_code("one `a<b>` and `c`") == "one <code>a&lt;b&gt;</code> and <code>c</code>"
    assert words.in_code("<b>, and one ` alone") == "&lt;b&gt;, and one ` alone"


def test_a_name_keeps_its_letters_at_the_beginning_of_a_sentence():
    for text, made in (("it fits: no", "It fits: no"), ("invalid_request 400", "invalid_request 400"), ("", "")):
        assert words.sentence(text) == made
    assert [words.sentence(one) for one in ("gpt-4o answered", "api.acme.io", "the")] == [
        "gpt-4o answered",
        "api.acme.io",
        "The",
    ]
