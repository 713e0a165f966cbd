import json
import os
from pathlib import Path

import hypothesis
import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from recviewer.catalog import facets, indexer
from recviewer.catalog.columns import FACETS, SPANS
from recviewer.catalog.facets import beyond, columns, counts, mask_of
from recviewer.catalog.filters import apply
from recviewer.catalog.models import Commit, Recording
from recviewer.language.tree import Term

HOSTED = "t.py::test_b[client-txt=azure/m-2]"


@pytest.fixture
def five(put):
    """Five recordings of two models and two suites, one of them broken, some with commits."""
    put("a/recordings/1.json", model="m-1", answered="x" * 3000)
    put("a/recordings/2.json", model="m-2", answered=["one", "two"], test=HOSTED)
    put("b/recordings/3.json", model="m-1", test=None)
    put("b/recordings/4.json", model="m-2")
    put("b/recordings/5.json", b"{")
    indexer.refresh(processes=1)
    early = Commit.objects.create(sha="a" * 40, author="Ana", at="2026-03-31T23:59:59Z", subject="", body="")
    late = Commit.objects.create(sha="b" * 40, author="Ben", at="2026-04-01T00:00:00Z", subject="", body="")
    Recording.objects.filter(path__endswith="1.json").update(commit=early)
    Recording.objects.filter(path__endswith="2.json").update(commit=late)


def numbers(terms):
    return set(apply(Recording.objects.order_by(), terms).values_list("pk", flat=True))


def counted(*terms):
    found = columns("")
    base = mask_of(found, lambda: apply(Recording.objects.all(), beyond(terms)), key=None)
    return counts(found, base, terms)


@pytest.mark.django_db
def test_counts_without_terms_are_of_everything(five):
    found = counted()

    assert found.total == 5
    assert found.size_bytes == sum(Recording.objects.values_list("size", flat=True))
    assert found.by_facet["model"] == [("m-1", 2), ("m-2", 2), ("", 1)]
    assert dict(found.by_facet["month"]) == {"": 3, "2026-03": 1, "2026-04": 1}
    assert dict(found.by_facet["author"]) == {"": 3, "Ana": 1, "Ben": 1}
    assert dict(found.by_facet["provider"]) == {"": 4, "azure": 1}
    assert dict(found.by_facet["file"]) == {"": 2, "tests/test_planets.py": 2, "t.py": 1}
    assert found.by_facet["chunks"] == [("0..0", 4), ("1..10", 1), ("11..50", 0), ("51..200", 0), ("201..", 0)]
    assert dict(found.by_facet["streamed"]) == {"yes": 1, "no": 4}


@pytest.mark.django_db
def test_facet_is_counted_under_the_terms_of_the_others(five):
    found = counted(Term("suite", "a"), Term("model", "m-1"))

    assert found.total == 1
    assert dict(found.by_facet["model"]) == {"m-1": 1, "m-2": 1, "": 0}
    assert dict(found.by_facet["suite"]) == {"a": 1, "b": 1}


def term_of(facet, value, *, out):
    if facet == "streamed":
        return Term("is", "streamed", value == "no")
    return Term(facet, value, out)


def some_terms():
    spans = st.sampled_from([Term(key, value) for key in SPANS for value in SPANS[key]])
    values = {"model": ["m-1", "m-2", "", "no"], "suite": ["a", "b"], "host": ["example", "api.example.com"],
              "kind": ["chat", "unreadable"], "month": ["2026-03", "2026"], "author": ["Ana", "Ben"], "size": [">600", "3"],
              "is": ["streamed", "unreadable"], "has": ["test"], "provider": ["azure"]}  # fmt: skip
    named = st.sampled_from([Term(key, value) for key, some in values.items() for value in some])
    one = st.tuples(spans | named, st.booleans()).map(lambda pair: Term(pair[0].key, pair[0].value, pair[1]))
    return st.lists(one, max_size=5).map(lambda terms: list(dict.fromkeys(terms)))


@pytest.mark.slow
@pytest.mark.django_db
@hypothesis.settings(deadline=None)
@given(some_terms())
def test_every_count_is_that_of_the_list(five, terms):
    found = counted(*terms)

    assert found.total == len(numbers(terms))
    assert found.size_bytes == sum(one.size for one in Recording.objects.filter(pk__in=numbers(terms)))
    for facet in FACETS:
        rest = [term for term in terms if term in beyond(terms) or facets.facet_of(term) != facet]
        for value, count in found.by_facet[facet]:
            alone = term_of(facet, value, out=False)
            assert count == len(numbers(rest) & numbers([alone])), (facet, value)


@pytest.mark.django_db
def test_columns_are_kept_by_the_state_of_the_catalog(five, django_assert_num_queries):
    columns("state 1")
    mask_of(columns("state 1"), Recording.objects.all, key="state 1")

    with django_assert_num_queries(0):
        mask_of(columns("state 1"), Recording.objects.all, key="state 1")


@pytest.mark.django_db
def test_rows_that_came_since_are_not_counted(five, put):
    before = columns("")
    put("b/recordings/6.json")
    indexer.refresh(processes=1)

    assert mask_of(before, Recording.objects.all, key=None) == before.all


@pytest.mark.django_db
def test_an_empty_catalog_has_counts_too():
    assert (counted().total, counted().size_bytes, counted().by_facet["model"]) == (0, 0, [])


def test_terms_that_columns_do_not_answer_are_left_for_the_query():
    terms = [
        Term("kind", "chat"),
        Term("size", ">1"),
        Term("is", "error"),
        Term("size", "1000..9999"),
        Term("is", "streamed"),
    ]

    assert beyond(terms) == [Term("size", ">1"), Term("is", "error")]
    assert beyond([Term("size", "5"), Term("size", "1000..9999")]) == [Term("size", "5"), Term("size", "1000..9999")]


@pytest.fixture
def exported(settings, capfd, db):
    """Real recordings, indexed; returns their lines of an export."""
    named = os.environ.get("RECVIEWER_CORPUS", "")
    if not named or not Path(named).is_dir():
        pytest.skip("RECVIEWER_CORPUS does not name a tree of recordings")
    settings.RECORDINGS_ROOT = Path(named)
    indexer.refresh(processes=1)
    call_command("export", named)
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


@pytest.mark.slow
@pytest.mark.corpus
def test_the_export_of_a_query_holds_as_many_as_the_facet_says(exported, settings, capfd):
    by_model = counted().by_facet["model"]

    for model, count in (by_model[0], by_model[-1], next(one for one in by_model if "/" in one[0])):
        call_command("export", str(settings.RECORDINGS_ROOT), query=f'model:"{model}"')
        assert len(capfd.readouterr().out.splitlines()) == count
