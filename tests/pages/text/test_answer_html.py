"""Recorded answers as Markdown: nothing leads away, nothing is drawn or run, no letter is lost."""

import re
import time

import pytest

from recviewer.pages.text.prose import LONGEST, answer_html, looks_like_markdown

HOSTILE = """# <script>alert(1)</script>

[a link](http://evil.example) ![a picture](http://evil.example/x.png) <http://evil.example>
<img src=x onerror=alert(1)> <b>bold</b> javascript:alert(1) &lt;b&gt;

[there]: http://evil.example

| one | two |
|---|---|
| <iframe> | `<script>` |

```html
</code></pre><script>alert(2)</script>
```
"""
TAGS = {
    "p",
    "strong",
    "em",
    "code",
    "pre",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "ul",
    "ol",
    "li",
    "br",
    "s",
    "hr",
}


def test_nothing_recorded_becomes_a_link_a_picture_or_html():
    html = answer_html(HOSTILE)

    assert set(re.findall(r"<(\w+)", html)) <= TAGS
    assert not re.search(r"\b(?:href|src|on\w+|style)=(?![^<]*(?:&gt;|&lt;))", html)
    assert "[a link](http://evil.example)" in html
    assert "![a picture](http://evil.example/x.png)" in html


def test_markdown_is_laid_out():
    html = answer_html("**Earth**\n\n- one\n- two\n\n|a|b|\n|-|-|\n|c|d|\n\n```py\nx = 1\n```")

    assert "<strong>Earth</strong>" in html
    assert html.count("<li>") == 2
    assert "<td>d</td>" in html
    assert '<p class="prose-code">py</p><pre><code>x = 1' in html


@pytest.mark.parametrize("text", ["> " * 30 + "deep", "- " * 30 + "deep", "a|b\n-|-\nc|d|lost", "x" * (LONGEST + 1)])
def test_what_would_lose_words_stays_as_it_was_recorded(text):
    assert answer_html(text) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["*" * 30_000, "**a " * 7_500, "[" * 30_000, "_a_" * 10_000, "> " * 15_000, "|a" * 15_000]
)
def test_odd_texts_take_no_long_time(text):
    begun = time.process_time()
    answer_html(text)

    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("**bold**", True),
        ("# head", True),
        ("- item", True),
        ("1. item", True),
        ("`code`", True),
        ("plain - words.", False),
        ("2 * 3 * 4", False),
    ],
)
def test_signs_of_markdown_are_known(text, looks):
    assert looks_like_markdown(text) is looks


def test_a_table_that_would_be_filled_up_with_cells_is_not_rendered():
    head = f"|{'a|' * 100}\n|{'-|' * 100}\n"

    assert answer_html(head + "|b|\n" * 100) is not None
    assert answer_html(head + "|b|\n" * 200) is None
    assert answer_html("|a|b|\n|-|-|\n" + "|c|d|\n" * 2_000) is not None
