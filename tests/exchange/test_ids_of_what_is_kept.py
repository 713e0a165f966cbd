"""Ids in what a provider keeps: those that it makes say nothing, those that select something are words."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.formats.reading import read


def kept(**more):
    batch = {"id": "batch_1", "object": "batch", "status": "completed", "created_at": 1} | more
    request = {"method": "GET", "url": "https://a.example.com/v1/batches/batch_1"}
    return read(json.dumps({"request": request, "response": {"body": batch, "is_streaming": False}}).encode()).exchange


@pytest.mark.parametrize("key", ["model_id", "user_id", "prompt_id", "custom_id", "voice_id"])
def test_an_id_that_selects_counts(key):
    assert kept().kind.value == "resource"
    assert compare(kept(**{key: "alpha"}), kept(**{key: "beta"})).churn is Churn.DETAILS


@pytest.mark.parametrize("key", ["input_file_id", "thread_id", "vector_store_id"])
def test_an_id_that_was_made_counts_as_being_there(key):
    old, new = "file-0a1b2c3d4e5f", "file-0a1b2c3d4e50"

    assert compare(kept(**{key: old}), kept(**{key: new})).churn is Churn.IDENTICAL
    assert compare(kept(**{key: old}), kept(**{key: None})).churn is Churn.DETAILS
