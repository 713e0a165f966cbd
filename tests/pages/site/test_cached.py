"""Parts of pages that are rendered once for each combination of the values they show."""

import pytest
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.urls import set_script_prefix
from django.utils.safestring import SafeString

INVALID = Engine.get_default().string_if_invalid


class Counting:
    """A value that tells how often it was shown. It is another key for each number."""

    def __init__(self, number):
        self.number, self.shown = number, 0

    def __hash__(self):
        return hash(self.number)

    def __eq__(self, other):
        return self.number == other.number

    def __str__(self):
        self.shown += 1
        return f"<{self.number}>"


def test_content_is_rendered_once_for_each_value():
    made = Template("{% cached n=page.n %}{{ n }}{% endcached %}{{ more }}")
    one, again, other = Counting(1), Counting(1), Counting(2)

    shown = [made.render(Context({"page": {"n": n}, "more": at})) for at, n in enumerate([one, again, other])]

    assert shown == ["&lt;1&gt;0", "&lt;1&gt;1", "&lt;2&gt;2"]
    assert (one.shown, again.shown, other.shown) == (1, 0, 1)


def test_content_sees_nothing_that_is_not_named():
    """So nothing can be shown that a key lacks."""
    made = Template("{% cached n=page.n %}{{ n }}{{ page.n }}{{ request }}{{ frame }}{% endcached %}")

    assert made.render(Context({"page": {"n": "x"}, "request": "r", "frame": "f"})) == "x" + 3 * INVALID


def test_a_text_that_equals_markup_is_escaped_all_the_same():
    made = Template("{% cached text=text %}{{ text }}{% endcached %}")

    shown = [made.render(Context({"text": text})) for text in (SafeString("<b>"), "<b>", True, 1)]

    assert shown == ["<b>", "&lt;b&gt;", "True", "1"]


def test_addresses_in_it_are_of_the_prefix_that_is_asked():
    made = Template("{% cached %}{% url 'recordings:listing' %}{% endcached %}")
    try:
        set_script_prefix("/below/")
        below = made.render(Context())
    finally:
        set_script_prefix("/")

    assert (below, made.render(Context())) == ("/below/", "/")


@pytest.mark.parametrize(
    "wrong", ["{% cached page.n %}{% endcached %}", "{% cached %}{% if a %}{% csrf_token %}{% endif %}{% endcached %}"]
)
def test_what_has_no_name_and_what_is_of_one_visitor_is_refused(wrong):
    with pytest.raises(TemplateSyntaxError):
        Template(wrong)


def test_a_value_that_cannot_be_a_key_is_an_error():
    with pytest.raises(TypeError):
        Template("{% cached n=n %}{{ n }}{% endcached %}").render(Context({"n": ["a"]}))
