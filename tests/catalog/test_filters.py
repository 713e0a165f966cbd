from itertools import product

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.catalog import filters, indexer
from recviewer.catalog.filters import FILTERS, apply
from recviewer.catalog.models import Recording
from recviewer.language.tree import Term

KEYS = list(FILTERS)


@pytest.fixture
def five(put):
    """Five recordings of two models and two suites, one of them broken."""
    put("a/recordings/1.json", model="m-1", answered="x" * 3000)
    put("a/recordings/2.json", model="m-2", answered=["one", "two"])
    put("b/recordings/3.json", model="m-1", test=None)
    put("b/recordings/4.json", model="m-2")
    put("b/recordings/5.json", b"{")
    indexer.refresh(processes=1)


def numbers(*terms):
    return [int(path[-6]) for path in apply(Recording.objects.order_by("path"), terms).values_list("path", flat=True)]


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ([], [1, 2, 3, 4, 5]),
        ([Term("model", "m-1")], [1, 3]),
        ([Term("model", "m")], []),  # in full, not a part
        ([Term("model", "m-1"), Term("model", "m-2")], [1, 2, 3, 4]),
        ([Term("model", "m-1"), Term("suite", "a")], [1]),
        ([Term("model", "m-1", True)], [2, 4, 5]),
        ([Term("model", "m-1", True), Term("model", "m-2", True)], [5]),
        ([Term("outcome", "unreadable")], [5]),
        ([Term("size", ">3k")], [1]),
        ([Term("size", "much")], []),
        ([Term("size", "much", True)], []),
        ([Term("size", ">100"), Term("size", "<3k")], [2, 3, 4]),
        ([Term("size", "<3k"), Term("size", ">3k")], []),
        ([Term("size", ">3k"), Term("size", "1")], []),
        ([Term("size", "1"), Term("size", "2")], [5]),
        ([Term("size", "100..3k")], [2, 3, 4]),
        ([Term("size", "100..3k"), Term("chunks", "1..9")], [2]),
        ([Term("host", "api.example.com")], [1, 2, 3, 4]),
        ([Term("host", "example")], [1, 2, 3, 4]),
        ([Term("host", "EXAMPLE")], [1, 2, 3, 4]),
        ([Term("host", "exam")], []),
        ([Term("host", "example.com")], []),
        ([Term("is", "streamed")], [2]),
        ([Term("is", "streamed"), Term("is", "unreadable")], []),
        ([Term("is", "unreadable", True)], [1, 2, 3, 4]),
        ([Term("finish", "stop")], [1, 2, 3, 4]),
        ([Term("file", "tests/test_planets.py")], [1, 2, 4]),
        ([Term("recorder", "ogx")], [1, 2, 3, 4, 5]),
        ([Term("recorder", "other")], []),
        ([Term("before", "2026")], []),
        ([Term("after", "2026", True)], [1, 2, 3, 4, 5]),
        ([Term("chunks", "3"), Term("chunks", "0")], [1, 2, 3, 4, 5]),
        ([Term("chunks", "3")], [2]),
        ([Term("has", "stream")], [2]),
        ([Term("has", "stream"), Term("has", "test")], [2]),
        ([Term("has", "stream"), Term("has", "problem")], []),
        ([Term("has", "reasoning")], []),
        ([Term("kind", "nonsense")], []),
        ([Term("kind", "nonsense", True)], []),
        ([Term("path", "a/"), Term("path", "2")], [2]),
        ([Term("test", "planets"), Term("test", "earth")], [1, 2, 4]),
        ([Term("has", "problem")], [5]),
        ([Term("has", "test")], [1, 2, 4]),
        ([Term("has", "wings")], []),
        ([Term("test", "planets")], [1, 2, 4]),
        ([Term("path", "b/")], [3, 4, 5]),
        ([Term("path", "%")], []),
        ([Term("nonsense", "x")], [1, 2, 3, 4, 5]),
    ],
    ids=lambda terms: " ".join(term.said for term in terms) if terms and isinstance(terms[0], Term) else None,
)
@pytest.mark.django_db
def test_terms_narrow_the_list(five, terms, found):
    assert numbers(*terms) == found


@pytest.mark.django_db
def test_any_value_of_any_filter_is_a_query(db):
    for key, value, is_negative in product(KEYS, ["", "x", "'", "\0", "9" * 400, "%_\\"], [False, True]):
        apply(Recording.objects.all(), [Term(key, value, is_negative)]).count()


@pytest.mark.parametrize(
    ("term", "allowed"),
    [
        (Term("has", "tools"), "has takes tool, error, stream, reasoning, image, problem, test, note or tag."),
        (Term("before", "yesterday"), "before takes a day, a month or a year: before:2026-04-22"),
        (Term("after", "2026-13"), "after takes a day, a month or a year"),
        (Term("size", "big"), "size takes a number or a comparison: size:>100k"),
        (Term("size", ">100KiB"), "size takes a number or a comparison"),
        (Term("chunks", "1-2", True), "chunks takes a number or a comparison: chunks:>100k"),
        (Term("kind", "nonsense"), "kind takes chat, completion,"),
        (Term("hash", "xyz"), "hash takes 7 or more hexadecimal digits"),
        (Term("test", ""), "test takes a part of a test id."),
    ],
)
def test_value_without_sense_is_named_with_what_is_allowed(term, allowed):
    said = filters.fault(term)

    assert said.startswith(f"{term.said} cannot be used: ")
    assert allowed in said


@st.composite
def terms(draw):
    """A term that makes sense."""
    key = draw(st.sampled_from(KEYS))
    number = draw(st.sampled_from(["0", "1", "3", "600", "1k", "3k"]))
    values = {
        "size": draw(st.sampled_from(["", "<", ">", "<=", ">="])) + number,
        "chunks": draw(st.sampled_from(["", "<", ">", "<=", ">="])) + number,
        "model": draw(st.sampled_from(["m-1", "m-2", "m-3"])),
        "suite": draw(st.sampled_from(["a", "b"])),
        "host": "api.example.com",
        "test": draw(st.sampled_from(["planets", "earth", "x"])),
        "path": draw(st.sampled_from(["a/", "b/", "1", "2"])),
        "hash": "0123456",
        "is": draw(st.sampled_from(["answered", "streamed", "lost"])),
        "has": draw(st.sampled_from(["tool", "test", "stream"])),
        "finish": draw(st.sampled_from(["stop", "length"])),
        "provider": draw(st.sampled_from(["azure", "openai"])),
        "file": "tests/test_planets.py",
        "recorder": "ogx",
        "author": "Ana",
        "before": "2026-04",
        "after": "2026-04",
        "month": "2026-04",
    }
    value = values.get(key) or draw(st.sampled_from(sorted(FILTERS[key].words)))
    return Term(key, value, draw(st.booleans()))


def is_alternative(term, others):
    """Tell whether a term is one more of a key's alternatives, of which any is enough."""
    one = FILTERS[term.key]
    mine = [other for other in others if other.key == term.key and not other.is_negative]
    return not term.is_negative and not one.narrows(term.value) and any(not one.narrows(other.value) for other in mine)


@pytest.mark.slow
@pytest.mark.django_db
@hypothesis.settings(deadline=None)
@given(st.lists(terms(), max_size=4), terms())
def test_one_more_condition_never_gives_more(five, some, more):
    before, after = set(numbers(*some)), set(numbers(*some, more))

    assert after >= before if is_alternative(more, some) else after <= before
