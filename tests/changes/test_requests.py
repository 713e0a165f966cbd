import copy

import pytest

from recviewer.changes.requests import compare_requests
from recviewer.formats.reading import Matching
from recviewer.replay.names import name_state

UUIDS = ("0a1b2c3d-0000-4000-8000-000000000001", "0a1b2c3d-0000-4000-8000-000000000002")


def told(old, new):
    return {field.change.path: (field.moves, field.why) for field in compare_requests(old, new).fields}


def expected(document):
    return name_state(document, "").expected


def test_each_field_says_whether_it_moves_the_hash(make):
    old = make.chat("Which planet?", params={"temperature": 0.123456}, host="a.example")
    new = copy.deepcopy(old)
    new["test_id"] = make.id_of("test_other")
    new["request"]["url"] = "https://b.example/v2/chat/completions"
    new["request"]["body"]["temperature"] = 0.2
    new["request"]["body"]["model"] = new["request"]["model"] = "m-2"
    new["request"]["provider_metadata"] = {"openai_sdk_version": "2"}

    assert told(old, new) == {
        "body.model": (True, ""),
        "body.temperature": (True, ""),
        "model": (False, "not hashed"),
        "provider_metadata": (False, "not hashed"),
        "test_id": (True, ""),
        "url host": (False, "not hashed"),
        "url path": (True, ""),
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"[1] document_id: {UUIDS[0]}, score: 0.25, attributes: {{'a': 1}}",
            f"[1] document_id: {UUIDS[1]}, score: 0.5",
        ),
        ("it is 0.1234561 far", "it is 0.1234562 far"),
    ],
)
def test_what_the_newest_rule_normalises_away_does_not_move_the_hash(make, before, after):
    old, new = make.chat(before), make.chat(after)

    assert told(old, new) == {"body.messages[0].content": (False, "normalised away")}
    assert expected(old) == expected(new)


def test_dropped_keys_are_left_out_before_hashing(make):
    old = make.chat(params={"extra_body": {"project_id": "p-1", "x.y": 1}})
    new = make.chat(params={"extra_body": {"project_id": "p-2", "x.y": 1}})
    other = make.chat(params={"extra_body": {"project_id": "p-1", "x.y": 2}})

    assert told(old, new) == {"body.extra_body.project_id": (False, "left out before hashing")}
    assert told(old, other) == {"body.extra_body.x.y": (True, "")}


def test_the_test_does_not_count_for_plain_model_lists(make):
    old, new = make.models("a", test="t::a"), make.models("a", test="t::b")
    for document in (old, new):
        document["request"]["url"] = "https://a.example/v1/models"

    assert told(old, new) == {"test_id": (False, "not hashed")}


def test_fields_move_the_hash_just_when_the_name_changes(make):
    base = make.chat("Which planet?", params={"temperature": 0.5, "extra_body": {"project_id": "p"}})
    edits = [
        ("temperature", 0.7),
        ("temperature", 0.5000001),
        ("extra_body", {"project_id": "q"}),
        ("seed", None),
        ("n", 1),
    ]
    for key, value in edits:
        new = copy.deepcopy(base)
        new["request"]["body"][key] = value

        assert bool(compare_requests(base, new).moving) == (expected(base) != expected(new)), key


@pytest.mark.parametrize(
    "odd", [None, [], {}, {"request": 1}, {"request": {"url": "http://[", "method": "POST", "body": {}}}]
)
def test_odd_documents_are_compared_all_the_same(make, odd):
    assert compare_requests(odd, odd).fields == ()
    compare_requests(odd, make.chat())


@pytest.mark.parametrize(
    ("on", "moving"),
    [({"method", "url"}, {"url path", "url query"}), ({"method", "url", "body"}, {"url path", "url query", "body"})],
)
def test_where_a_recorder_matches_fields_move_what_it_matches_on(on, moving):
    old = {
        "request": {"method": "POST", "url": "https://a.example/v1/x?k=1", "body": {"n": 1}, "headers": {"accept": "a"}}
    }
    new = {
        "request": {"method": "POST", "url": "https://a.example/v2/x?k=2", "body": {"n": 2}, "headers": {"accept": "b"}}
    }

    found = compare_requests(old, new, Matching("VCR.py", frozenset(on)))

    assert {field.change.keys[0] for field in found.fields if field.moves} == moving
    assert {field.why for field in found.fields if not field.moves} == {"not matched on"}
