"""What is code in sentences and data."""

from recviewer.pages.templatetags.words import with_code
from recviewer.pages.text import highlight


def test_what_stands_between_backticks_is_code_and_all_is_escaped():
    assert with_code("Say `a <b>` and <i>.") == "Say <code>a &lt;b&gt;</code> and &lt;i&gt;."
    assert with_code("One ` alone") == "One ` alone"


def test_a_string_that_is_cut_in_a_beginning_is_no_mistake():
    cut = '{\n  "template": "{%- if tools'

    assert "if tools" in highlight.block(cut)
    assert 'class="e"' not in highlight.block(cut)
    assert 'class="e"' in "".join(highlight.lines(cut.split("\n"))), "a file that ends so is"
