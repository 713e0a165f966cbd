"""Markup that is put together without a template: whatever a value holds, it is text."""

import dataclasses
import re

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recviewer.catalog.models import Recording
from recviewer.pages.recording.facts import Fact
from recviewer.pages.recordings.drawings import Mini, MiniCell
from recviewer.pages.recordings.facet_markup import facets_html
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.recordings.row_markup import RecordingRow, row_html
from recviewer.pages.recordings.telling_apart import RowPlace
from recviewer.pages.text.markup import filled, joined
from recviewer.pages.text.test_ids import Parameter
from recviewer.pages.text.words_for import StateWord
from recviewer.review.filters import Label

HOSTILE = """<script>alert(1)</script>"onload='alert(1)'&amp;{0}"""
TAG = re.compile(r"<(/?)([a-zA-Z]\w*)((?:\s+[\w-]+(?:=\"[^\"<>]*\")?)*)\s*/?>")


def assert_harmless(html):
    """Everything between tags of ours is text, and no attribute ends before its value does."""
    assert "alert(1)" in html
    rest = TAG.sub("", html)
    assert "<" not in rest
    assert ">" not in rest
    assert "script" not in {name for _, name, _ in TAG.findall(html)}
    assert not re.search(r"""["']\s*onload""", html)


def test_values_are_escaped_as_django_does():
    values = (HOSTILE, SafeString("<b>"), 7, None, "é'")

    assert filled("{}|{}|{}|{}|{x}", *values[:4], x=values[4]) == format_html(
        "{}|{}|{}|{}|{x}", *values[:4], x=values[4]
    )
    assert isinstance(filled("{}", "a"), SafeString)


def test_only_markup_is_joined():
    assert joined([SafeString("<b>"), filled("{}", "<")]) == "<b>&lt;"
    with pytest.raises(TypeError):
        joined([SafeString("<b>"), "<i>"])


def test_every_field_of_a_row_is_escaped(root):
    names = [one.name for one in dataclasses.fields(RecordingRow)]
    texts = dict.fromkeys(names, HOSTILE) | {
        "recording": Recording(pk=1, test_name=HOSTILE, path=HOSTILE),
        "mini": Mini(HOSTILE, (MiniCell(HOSTILE, HOSTILE, HOSTILE),)),
        "place": RowPlace(heading=HOSTILE, folder=HOSTILE, told=HOSTILE, lines=2, differs=(HOSTILE,)),
        "state": StateWord("ok", HOSTILE, HOSTILE, HOSTILE),
        "tags": (Label(HOSTILE, HOSTILE),),
        "more_tags": 3,
        "total": 2,
    }

    for side in ("asked", "answered"):
        assert_harmless(row_html(RecordingRow(**texts | {"found_side": side})))
    linked = dataclasses.replace(texts["place"], url=HOSTILE)
    assert_harmless(row_html(RecordingRow(**texts | {"place": linked})))


def test_every_value_of_a_facet_is_escaped():
    counts = [(HOSTILE, 3), ("plain", 2), *((f"{HOSTILE}{at}", 0) for at in range(50))]

    html = facets_html(ListState(), dict.fromkeys(("suite", "model", "file", "tag", "by"), counts))

    assert_harmless(html)
    assert "Filters" in html


def rendered(text, **values):
    request = RequestFactory().get("/", {"in": HOSTILE})
    return Template(text).render(Context({"request": request, "csrf_token": "token", **values}))


def test_every_fact_is_escaped():
    facts = (Fact(HOSTILE, HOSTILE, 12), Fact(HOSTILE, HOSTILE * 9, -1))

    html = rendered("{% fact_table title facts title %}", facts=facts, title=HOSTILE)

    assert_harmless(html)
    assert ("12 more characters" in html, "much more" in html) == (True, True)
    assert rendered("{% fact_table title facts %}", facts=(), title=HOSTILE) == ""


def test_every_parameter_of_a_test_is_escaped():
    assert_harmless(rendered("{% test_parameters some %}", some=(Parameter(HOSTILE, HOSTILE), Parameter("", HOSTILE))))


def test_every_hidden_field_is_escaped():
    of = type("Bar", (), {"fields": ((HOSTILE, HOSTILE),), "url": HOSTILE})()

    html = rendered("{% act_fields of %}", of=of)

    assert_harmless(html)
    assert re.findall(r'name="(\w+)"', html) == ["csrfmiddlewaretoken", "next", "in"]
    assert 'name="next" value="/after"' in rendered("{% act_fields of '/after' %}", of=of)


def test_address_of_a_page_is_looked_up_below_the_prefix():
    assert rendered("{% url 'recordings:listing' %}") == "/"
    assert rendered("{% url 'recording:show' key=key %}", key="a/b.json") == "/r/a/b.json"
