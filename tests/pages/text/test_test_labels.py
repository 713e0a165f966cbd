"""What lists call tests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recviewer.pages.text.test_labels import labels_of

ASK = "tests/test_ask.py::test_ask"


def said(ids, models=()):
    labels = labels_of(ids, models)
    return {one: f"{label.file}{label.name} {label.parameters}".strip() for one, label in labels.items()}


def test_who_asks_and_who_answers_is_enough_where_it_tells_tests_apart():
    ids = [f"{ASK}[openai_client-txt=bedrock/gpt-oss-20b]", f"{ASK}[client_with_models-txt=openai/gpt-4o]"]

    assert list(said(ids).values()) == ["ask openai_client · bedrock", "ask client_with_models · openai"]


def test_the_model_is_named_where_only_it_differs():
    ids = [f"{ASK}[txt=openai/gpt-4o]", f"{ASK}[txt=openai/o3]", f"{ASK}[txt=azure/gpt-4o]"]

    assert list(said(ids).values()) == ["ask openai · gpt-4o", "ask openai · o3", "ask azure"]


def test_what_stands_behind_a_model_is_told():
    ids = [f"{ASK}[txt=openai/gpt-4o-True]", f"{ASK}[txt=openai/gpt-4o-False]"]

    assert list(said(ids, ["gpt-4o"]).values()) == ["ask openai · True", "ask openai · False"]


def test_files_and_classes_are_named_where_functions_are_called_alike():
    ids = ["a.py::test_ask[m]", "b.py::test_ask[m]", "b.py::TestIt::test_ask[m]", "b.py::test_other"]

    told = ["a.py::test_ask m", "b.py::test_ask m", "b.py::TestIt::test_ask m", "other"]
    assert list(said(ids).values()) == told


def test_what_reads_alike_is_shown_as_recorded():
    ids = [f"{ASK}[client-a]", f"{ASK}[client--a]"]

    assert list(said(ids).values()) == [f"{ASK} [client-a]", f"{ASK} [client--a]"]


@given(st.sets(st.text("ab:[]-=/ ·client_txt", max_size=14)), st.sets(st.text("ab/-", max_size=3)))
def test_no_two_tests_are_called_alike(ids, models):
    labels = labels_of(ids, models)

    assert labels.keys() == ids
    assert len(set(labels.values())) == len(ids)
