"""Whatever a recording holds, a page of it and each part that is fetched have bounds, and lead to the rest."""

from __future__ import annotations

import html
import importlib.util
import json
import re
from pathlib import Path

import pytest
from django.urls import reverse

from recviewer.pages.templatetags.words import visible
from recviewer.pages.text.folds import OPENED, WINDOW, Folds
from recviewer.pages.text.jsontext import pretty

pytestmark = pytest.mark.slow

_AT = Path(__file__).parents[2] / "bench" / "faults" / "huge.py"
_SPEC = importlib.util.spec_from_file_location("huge", _AT)
huge = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(huge)

MANY = 900
BYTES = 1_000_000
_PART = re.compile(r'(?:hx-get|href)="(\?[^"#]*(?:open|lines|from|line|row|gap)=[^"#]*)')


def written(make_recording, name, many=MANY):
    """Write both variants of a kind."""
    return [
        make_recording(f"r/{name}{ending}.json", data=json.dumps(huge.MAKERS[name](many, word)).encode())
        for ending, word in (("", "first"), (".other", "other"))
    ]


def parts_of(markup):
    """Return the addresses of the parts that a page fetches when they are opened, one of each shape."""
    found = [html.unescape(one) for one in _PART.findall(markup)]
    return list({re.sub(r"\d+", "0", one): one for one in found}.values())


def look(client, url, depth=2):
    """Ask for a page and for its parts."""
    response = client.get(url)
    assert response.status_code == 200, url
    assert len(response.content) <= BYTES, (url, len(response.content))
    names = []
    for query in parts_of(response.content.decode()) if depth else ():
        names += re.findall(r"open=([^&]*)", query)[-1:]
        there = url.partition("?")[0] + query
        inner = client.get(there, headers={"HX-Request": "true"})
        assert inner.status_code == 200, there
        assert len(inner.content) <= BYTES, (there, len(inner.content))
    if names:
        look(client, url + ("&" if "?" in url else "?") + "&".join(f"open={name}" for name in names), depth=0)


PLACES = {"asked", "answered", "argument", "key", "data", "test"}
"""Where all long texts are tried; elsewhere those that grow most, in markup and in lines. `bench/faults` tries all."""


def is_tried(name):
    text, _, place = name.partition("_")
    return f"hidden_{place}" not in huge.MAKERS or text in ("hidden", "lines") or place in PLACES


def tried():
    """Yield the names of what is tried. What a long text is made of is no matter of the database: there one kind will do."""
    reason = "on PostgreSQL, one kind of long text is tried"
    for name in filter(is_tried, sorted(huge.MAKERS)):
        is_text = f"hidden_{name.partition('_')[2]}" in huge.MAKERS and not name.startswith("hidden_")
        yield pytest.param(name, marks=pytest.mark.only_on("sqlite", reason=reason)) if is_text else name


@pytest.mark.parametrize("name", list(tried()))
def test_every_page_of_too_much_is_bounded(client, make_recording, name):
    one, other = written(make_recording, name)
    page = reverse("recording:show", args=[one.path])
    pair = f"{reverse('difference:two')}?old={one.path}&new={other.path}"

    look(client, page)
    look(client, pair)
    for url in (f"{page}?view=raw", f"{page}?view=chunks", f"{pair}&mode=side", f"{pair}&view=raw"):
        look(client, url, depth=0 if "_" in name else 1)
    look(client, f"{page}?seams=on", depth=0)
    look(client, f"{pair}&all=1", depth=0)
    look(client, "/", depth=0)


def test_windows_lead_through_all_of_many_things(client, make_recording):
    one, _ = written(make_recording, "tool_calls")
    page = reverse("recording:show", args=[one.path])

    seen, markup = [], client.get(page).content.decode()
    while True:
        seen += re.findall(r'id="answer-call-(\d+)"', markup)
        following = [query for query in parts_of(markup) if "calls." in query]
        if not following:
            break
        markup = client.get(page + following[0], headers={"HX-Request": "true"}).content.decode()

    assert seen == [str(at) for at in range(MANY + 1)]


def test_windows_lead_through_all_of_a_long_text(client, make_recording):
    text = "".join(f"<{number}>\u200b" for number in range(60_000))
    one = make_recording(answered=text)
    page = reverse("recording:show", args=[one.path])

    seen, markup = "", client.get(page).content.decode()
    start = 'class="words'
    while True:
        body = markup.rpartition(start)[2] if start in markup else markup
        seen += html.unescape(
            re.sub(r"<span class=\"mark\">U\+200B</span>", "\u200b", body.split("<bdi>", 1)[1])
        ).split("</bdi>")[0]
        following = [query for query in parts_of(markup) if "answer-rest" in query]
        if not following:
            break
        markup = client.get(page + following[-1], headers={"HX-Request": "true"}).content.decode()

    assert seen == text


def test_a_window_can_be_asked_for_by_its_address(client, make_recording):
    one, _ = written(make_recording, "tool_calls")
    page = reverse("recording:show", args=[one.path])

    markup = client.get(f"{page}?open=answer-calls.700").content.decode()

    assert 'id="answer-call-700"' in markup
    assert 'id="answer-call-0"' in markup
    assert 'id="answer-call-699"' not in markup


def test_a_fold_says_how_many_there_are(client, make_recording):
    one, _ = written(make_recording, "tool_calls")

    markup = client.get(reverse("recording:show", args=[one.path])).content.decode()

    assert f"{MANY + 1 - WINDOW:,} more calls" in markup
    assert f"201 to 400 of {MANY + 1:,}" in markup


def test_opened_folds_share_a_room():
    folds = Folds.asked_by(["a", "b"])
    for name in ("a", "b"):
        folds.fold(name, name, template="folds/_words.html", make=lambda: folds.spend(OPENED), weight=1 << 30)

    assert folds.found["a"].is_open
    assert not folds.found["b"].is_open
    assert folds.found["b"].body is None


def test_data_is_written_no_further_than_it_is_shown():
    def values():
        yield from range(20)
        raise AssertionError("read too far")

    class Endless(list):
        __iter__ = lambda self: values()  # noqa: E731

    assert pretty(Endless([1]), 12).startswith("[\n  0,")


def test_a_long_name_says_how_much_of_it_is_left_out():
    shown = visible("\u200b\u200c" * 5_000)

    found = re.fullmatch(
        r'(?:<span class="mark">U\+200[BC]</span>)+<span class="mark">… ([\d,]+) more characters</span>', shown
    )
    assert len(shown) < 6_200
    assert shown.count("U+200") + int(found[1].replace(",", "")) == 10_000
