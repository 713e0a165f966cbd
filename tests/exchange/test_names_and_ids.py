"""Generated ids are harmless; names and dates that people choose and that only look a little like ids count."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.error_ids import without_ids
from recviewer.exchange.fingerprint import fingerprint
from recviewer.recorders.reading import read_file
from tests.recorders import written

CONVERSE = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m-1/converse"
FILE = "https://api.openai.com/v1/vector_stores/vs_1/files/x"


def exchange(url, asked, reply):
    write, path = written.RECORDERS["vcrpy"]
    (part,) = read_file(write("POST", url, json.dumps(asked), json.dumps(reply)).encode(), path)
    return part.reading.exchange


@pytest.mark.parametrize(
    "names",
    [
        ("Unknown function run_migration_v2", "Unknown function run_rollback_v2"),
        ("call_delete_v2 failed", "call_search_v2 failed"),
        ("run-2024-05-01 is late", "run-2024-05-02 is late"),
        ("operation id delete-user-1 denied", "operation id create-user-1 denied"),
        ("msg_template_2024_a is gone", "msg_template_2024_b is gone"),
    ],
)
def test_a_name_within_an_error_counts(names):
    assert len(set(map(without_ids, names))) == 2


@pytest.mark.parametrize(
    "ids",
    [
        ("see req_011CSHoEeqs5C35K2UUqR7Fy", "see req_011CSHoEeqs5C35K2UUqR7Fz"),
        ("Request ID: 123456789", "Request ID: 123456780"),
        ("trace_id=4f1e2d3c4b5a6978", "trace_id=4f1e2d3c4b5a6979"),
        ("msg_bdrk_01XaBc2dEf3 failed", "msg_bdrk_01XaBc2dEf4 failed"),
    ],
)
def test_a_generated_id_within_an_error_does_not(ids):
    assert len(set(map(without_ids, ids))) == 1


@pytest.mark.parametrize("key", ["item_id", "call_id", "tool_use_id", "approval_request_id"])
@pytest.mark.parametrize("is_list", [False, True])
def test_what_a_tool_returned_counts_under_keys_of_ids_too(key, is_list):
    def returned(value):
        result = {"toolUseId": "t1", "content": [{"json": [{key: value}] if is_list else {key: value}}]}
        asked = {"messages": [{"role": "user", "content": [{"toolResult": result}]}]}
        answer = {"output": {"message": {"role": "assistant", "content": [{"text": "Yes"}]}}, "stopReason": "end_turn"}
        return exchange(CONVERSE, asked, answer)

    before, after = returned("SKU-1"), returned("SKU-2")

    assert compare(before, after).churn is Churn.REQUEST
    assert fingerprint(before) != fingerprint(after)


def a_turn(turn):
    chat = {"id": "c", "object": "chat.completion", "choices": [{"index": 0, "message": {"content": "Yes"}}]}
    return exchange("https://api.openai.com/v1/chat/completions", {"messages": [turn]}, chat)


def a_part(part):
    gemini = "https://generativelanguage.googleapis.com/v1beta/models/m-1:generateContent"
    return exchange(gemini, {"contents": []}, {"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]})


RETURNED = {
    "an object as a content": lambda value: a_turn(
        {"role": "tool", "tool_call_id": "c1", "content": {"item_id": value}}
    ),
    "a list as a content": lambda value: a_turn(
        {"role": "tool", "tool_call_id": "c1", "content": [{"item_id": value}]}
    ),
    "a function of Gemini's": lambda value: a_part({"functionResponse": {"name": "f", "response": {"item_id": value}}}),
    "a tool of Gemini's server": lambda value: a_part(
        {"toolResponse": {"id": "1", "toolType": "FIND", "response": {"rows": [{"call_id": value}]}}}
    ),
}


@pytest.mark.parametrize("name", RETURNED)
def test_what_a_tool_returned_counts_wherever_it_is(name):
    before, after = map(RETURNED[name], ("SKU-1", "SKU-2"))

    assert compare(before, after).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(before) != fingerprint(after)


def test_ids_of_turns_are_still_ids():
    one, other = (a_turn({"role": "tool", "tool_call_id": id, "content": "x"}) for id in ("c1", "c2"))

    assert compare(one, other).churn is Churn.IDENTICAL
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("changed", "is_said"),
    [
        (({"file_id": "wages.csv"}, {"file_id": "names.csv"}), True),
        (({"file_id": "file-0a1b2c3d4e5f"}, {"file_id": "file-0a1b2c3d4e50"}), False),
        (({"scheduled_at": 1}, {"scheduled_at": 2}), True),
        (({"cancelled_at": 1}, {"cancelled_at": 2}), False),
    ],
)
def test_of_a_stored_object_names_and_times_count_that_a_person_set(changed, is_said):
    stored = {"id": "x", "object": "vector_store.file", "status": "completed"}
    before, after = (exchange(FILE, {}, stored | value) for value in changed)

    assert (compare(before, after).churn is Churn.DETAILS) is is_said
    assert (fingerprint(before) != fingerprint(after)) is is_said
