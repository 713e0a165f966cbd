import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from recviewer.report.quoting import code, cut, link, plain

HOSTILE = {
    "backticks": "`x` ``` ~~~ ```js",
    "mentions": "@octocat @org/team a@b.example",
    "references": "#123 GH-1 octo/repo#4 !12 $3 ~label %2 &5 :tada:",
    "commits": "0123456789abcdef0123456789abcdef01234567 deadbeef1",
    "tags": "<script>alert(1)</script><img src=x onerror=y></code></details></td>",
    "tables": "a | b\n|---|\n| c |",
    "links": "](http://e.vil) [a](http://b) ![i](http://c) [x]: http://d <http://f> https://g.example www.h.example",
    "headings": "\n\n# head\n===\n---\n> quote\n1. one\n- two\n    code",
    "entities": "&lt;b&gt; &amp; &#64;octocat &#x40;octocat &commat;octocat",
    "comments": "<!-- recviewer-report --> --> <!-- x",
    "emphasis": "**bold** __bold__ *x* _x_ ~~gone~~ ***",
    "escapes": "\\` \\< \\\n\\",
    "endless": "x" * 5000,
}
HIDDEN = "a\u202eb\u200bc\u2066d\x00e\ud800f\ufeffg"
SHOWN = {"p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "body"}


class Elements(HTMLParser):
    """What is in rendered Markdown: names of elements, and the text a reader sees."""

    def __init__(self, text):
        super().__init__()
        self.names, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        assert not attributes or set(dict(attributes)) <= {"style"}, attributes
        self.names.append(tag)

    def handle_comment(self, data):
        raise AssertionError(data)

    def handle_data(self, data):
        self.text += data


def rendered(markdown):
    return Elements(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


@pytest.mark.parametrize("quote", [code, plain])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_becomes_markup_and_every_word_is_seen(quote, text):
    found = rendered(f"**Said** {quote(text)} and\n\n| a | b |\n|---|---|\n| {quote(text)} | 1 |\n")

    assert set(found.names) <= SHOWN
    assert found.names.count("td") == 2
    assert found.text.replace("\u200b", "").count(cut(text)) == 2


@pytest.mark.parametrize(
    "text", ["@octocat", "a@b.example", "#123", "GH-1", "gh-2", "!12", "~label", ":tada:", "https://e.vil", "www.e.vil"]
)
def test_hosts_find_nothing_to_link_in_the_finished_text(text):
    seen = rendered(plain(f"see {text} there")).text

    assert text not in seen
    assert text in seen.replace("\u200b", "")


@pytest.mark.parametrize("length", [7, 9, 40])
def test_no_name_of_a_commit_is_whole(length):
    seen = rendered(plain(("abcdef0123456789" * 3)[:length])).text

    assert re.findall("[0-9a-f]{7,}", seen) == []


@pytest.mark.parametrize("quote", [code, plain])
def test_what_cannot_be_seen_is_named(quote):
    seen = rendered(quote(HIDDEN)).text

    assert seen.strip().replace("\u200b", "") == "a‹U+202E›b‹U+200B›c‹U+2066›d‹U+0000›e‹U+D800›f‹U+FEFF›g"


def test_what_is_written_from_right_to_left_keeps_to_its_place():
    assert code("שלום 1") == "<code>&#x2068;שלום 1&#x2069;</code>"
    assert "2068" not in code("naïve 日本")


@pytest.mark.parametrize("quote", [code, plain])
def test_long_text_is_cut_with_a_sign_of_it(quote):
    assert rendered(quote("word " * 100, 20)).text.strip() == "word word word word…"


@given(st.text(st.characters(codec=None)))
def test_any_text_stays_in_its_line_and_its_element(text):
    found = rendered(f"| {code(text)} | {plain(text)} |\n|---|---|\n")

    assert found.names.count("th") == 2
    assert set(found.names) <= SHOWN


def test_a_link_is_words_where_there_is_no_address():
    assert link("words", "") == "words"
    assert link("words", "https://x.example/a") == "[words](https://x.example/a)"
