import hashlib

import pytest

from recviewer.replay.calls import call_of, models_digest
from recviewer.replay.rule import CallKind

SENT = {"method": "post", "url": "https://api.example/v1/chat;a/b;c?q=1#f", "body": {"k": None}, "endpoint": "/v1/chat"}


def listing(body, endpoint="/v1/models"):
    request = {"method": "POST", "url": f"http://h{endpoint}", "body": {}, "endpoint": endpoint}
    return call_of({"request": request, "response": {"body": body}})


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def test_an_inference_call_is_its_method_path_and_body():
    call = call_of({"test_id": "t", "request": SENT})

    assert (call.kind, call.part, call.body) == (CallKind.INFERENCE, "body", {"k": None})
    assert call.fields == {"endpoint": "/v1/chat;a/b", "method": "POST"}
    assert (call.test_id, call.host, call.endpoint) == ("t", "api.example", "/v1/chat")


def test_an_http_call_is_its_whole_url():
    call = call_of({"request": {"method": "POST", "url": "http://h/v1/rerank?a", "payload": [], "test_id": "t"}})

    assert (call.kind, call.part, call.body) == (CallKind.HTTP, "payload", [])
    assert call.fields == {"method": "POST", "url": "http://h/v1/rerank?a"}


def test_a_tool_call_is_its_provider_tool_and_arguments():
    call = call_of({"request": {"provider": "p", "tool_name": "t", "kwargs": {"q": 1}, "test_id": None}})

    assert (call.kind, call.part, call.body) == (CallKind.TOOL, "kwargs", {"q": 1})
    assert call.fields == {"provider": "p", "tool_name": "t"}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"request": "POST"},
        {"request": {}},
        {"request": {**SENT, "method": None}},
        {"request": {**SENT, "url": 7}},
        {"request": {**SENT, "url": "http://[::1"}},
        {"request": {"method": "POST", "url": "http://h/v1/chat"}},
        {"request": {"tool_name": "t", "provider": "p"}},
        {"request": {"tool_name": "t", "kwargs": {}}},
    ],
)
def test_what_lacks_a_hashed_part_is_no_call(document):
    assert call_of(document) is None


def test_a_list_is_named_by_its_distinct_sorted_ids():
    typed = {"__type__": "x.Model", "__data__": {"id": "b"}}

    assert models_digest(listing([typed, {"id": "a"}, {"id": "b"}])) == digest("a|b")


def test_an_empty_list_has_a_digest():
    assert models_digest(listing([])) == digest("")


def test_ollama_lists_are_named_by_model_name():
    body = {"__type__": "ollama.ListResponse", "__data__": {"models": [{"model": "m:1", "id": "x"}, {"model": "l"}]}}

    assert models_digest(listing(body, "/api/tags")) == digest("l|m:1")


@pytest.mark.parametrize("body", [None, "x", {}, {"models": 3}, [{"id": None}], ["a"], [{"__data__": 3}]])
def test_what_is_no_list_of_models_has_no_digest(body):
    assert models_digest(listing(body)) == ""


def test_a_missing_response_has_no_digest():
    request = {"method": "POST", "url": "http://h/v1/models", "body": {}, "endpoint": "/v1/models"}

    assert models_digest(call_of({"request": request})) == ""
