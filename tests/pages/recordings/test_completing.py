import re
from html import unescape

import pytest

from recviewer.review.decide import decide
from recviewer.review.narrowing import KEYS, narrowed, read
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag


@pytest.fixture
def four(make_recording):
    made = [
        make_recording("a/recordings/1.json", asked="How far?", answered="Far."),
        make_recording("a/recordings/2.json", asked="Who?", answered="Me.", test="t.py::test_x[c-txt=azure/m]"),
        make_recording("b/recordings/3.json", data=b"{"),
        make_recording("b/recordings/4.json", asked="When?", answered="Now.", test=None),
    ]
    seen = [Seen(one.path, one.blob) for one in made]
    decide(seen[:1], actor="Ana", verdict="approve")
    tag(seen[:2], actor="Ana", name="golden egg")
    return made


def offered(client, q, at=None, **terms):
    """Return what may follow: what is taken, and its count."""
    response = client.get("/complete", {"q": q, "at": str(len(q) if at is None else at), **terms})
    assert response.status_code in (200, 204)
    html = response.content.decode()
    found = re.findall(r'data-take="([^"]*)"(.*?)</li>', html)
    counts = [re.search(r'class="figure">([\d,]+)<', rest) for _, rest in found]
    return [
        (unescape(take).strip(), int(count[1]) if count else None)
        for (take, _), count in zip(found, counts, strict=True)
    ]


@pytest.mark.parametrize(
    ("typed", "takes"),
    [
        ("mo", [("model:", None), ("month:", None)]),
        ("far -mo", [("-model:", None), ("-month:", None)]),
        ("(far OR ki", [("kind:", None)]),
        ("model:", [("model:gpt-4o", 3)]),
        ("model:4o", [("model:gpt-4o", 3)]),
        ("model:GPT", [("model:gpt-4o", 3)]),
        ("model:zz", []),
        ("kind:un", [("kind:unreadable", 1)]),
        ("-kind:", [("-kind:chat", 3), ("-kind:unreadable", 1)]),
        ("suite:b kind:", [("kind:chat", 1), ("kind:unreadable", 1)]),
        ("kind:chat suite:", [("suite:a", 2), ("suite:b", 1)]),
        ("far has:te", [("has:test", 1)]),
        ("is:pen", [("is:pending", None)]),
        ("state:appr", [("state:approved", 1)]),
        ("tag:g", [('tag:"golden egg"', 2)]),
        ("by:", [("by:Ana", 1)]),
        ("provider:az", [("provider:azure", 1)]),
        ("kind:mod", []),
        ("far", []),
        ('"far ki', []),
        ("nothing:x", []),
        ("test:", [("test:test_earth", 1), ("test:test_x", 1)]),
        ("test:EARTH", [("test:test_earth", 1)]),
        ("test:art", []),
        ("kind:chat -test:x", [("-test:test_x", 1)]),
        ("path:", [("path:a/recordings", 2), ("path:b/recordings", 2)]),
        ("kind:chat path:b", [("path:b/recordings", 1)]),
        ("path:rec", [("path:a/recordings", 2), ("path:b/recordings", 2)]),
        ("hash:", []),
        ("hash:zz", []),
        ("hash:ab", []),
    ],
)
def test_what_may_follow_is_offered_with_what_it_would_leave(client, four, typed, takes):
    assert offered(client, typed) == takes


def test_all_filters_are_offered_in_an_empty_box(client, four):
    assert {take for take, _ in offered(client, "")} == {f"{key}:" for key in KEYS}


def test_word_in_the_middle_is_completed_under_the_rest_of_the_line(client, four):
    assert offered(client, "kind: suite:b", at=5) == [("kind:chat", 1), ("kind:unreadable", 1)]
    assert offered(client, "kind:", suite="b", model="gpt-4o") == [("kind:chat", 1), ("kind:unreadable", 0)]


def test_every_count_is_what_the_line_finds(client, four):
    for key in (
        "has",
        "is",
        "kind",
        "suite",
        "outcome",
        "host",
        "file",
        "finish",
        "size",
        "replay",
        "state",
        "smell",
        "test",
        "path",
    ):
        for take, count in offered(client, f"path:recordings {key}:"):
            if count is not None:
                asked = read(f"path:recordings {take}")
                assert narrowed(asked.terms, asked.words).count() == count, take


@pytest.mark.parametrize("typed", ["(" * 200, '"', "a\x00b", "model:" * 2_000, "-", ":", "::", "is:" + "x" * 5_000])
def test_nothing_that_is_typed_fails(client, four, typed):
    offered(client, typed)
    offered(client, typed, at=1)
    assert client.get("/complete", {"q": typed, "at": "x"}).status_code in (200, 204)


def test_hashes_are_offered_by_their_first_digits(client, make_recording):
    for name in (
        f"{'ab12' * 16}.json",
        "ab99ab99ab99.json",
        f"models-{'ab77' * 16}-01234567.json",
        "cd00cd00cd00.json",
    ):
        make_recording(f"a/recordings/{name}")

    assert [take for take, _ in offered(client, "hash:ab")] == [
        f"hash:{one}" for one in ("ab12" * 16, "ab99" * 3, "ab77" * 16)
    ]
    assert offered(client, "kind:chat hash:AB9") == [("hash:ab99ab99ab99", None)]
    assert offered(client, "hash:rec-cd") == [("hash:cd00cd00cd00", None)]


def test_function_whose_name_begins_others_counts_them_too(client, make_recording):
    for number, function in enumerate(("test_sky", "test_sky", "test_sky_blue", "TestSky::test_sea")):
        make_recording(f"a/recordings/{number}.json", test=f"a/test_a.py::{function}[{number}]")

    assert offered(client, "test:sky") == [("test:test_sky", 3), ("test:test_sky_blue", 1)]
    assert offered(client, "test:test_se") == [("test:test_sea", 1)]
