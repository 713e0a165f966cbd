"""One invented request for each rule, hashed here by hand."""

import hashlib
import json
from datetime import date

import pytest

from recviewer.replay import RULES, CallKind, ReplayState, explain, name_state
from recviewer.replay.rules import rules_for

TEST = "tests/test_x.py::test_y[a]"
UUID = "0a1b2c3d-0000-4000-8000-0123456789ab"
CHAT = "/v1/chat/completions"
FOUND = "[1] document_id: {id}, score: 0.91234567, attributes: {{'a': 1}}\n<|{id}|> pi 3.14159265"


def sha(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def inference(body, *, path=CHAT, host="api.example", endpoint=CHAT, test_id=TEST, response=None):
    request = {"method": "POST", "url": f"https://{host}{path}", "headers": {}, "body": body, "endpoint": endpoint}
    return {"test_id": test_id, "request": request, "response": response or {}}


def hashed(body, *, path=CHAT, **more):
    return sha({"method": "POST", "endpoint": path, "body": body, **more})


def answer(document, stem):
    replay = name_state(document, f"{stem}.json")
    return replay.state, replay.rule


def messages(text):
    return {"messages": [{"role": "tool", "content": text}]}


def test_rules_are_newest_first_and_have_names_of_their_own():
    days = [rule.since for rule in RULES]

    assert days == sorted(days, reverse=True)
    assert len({rule.slug for rule in RULES}) == len(RULES)
    assert (RULES[0].slug, RULES[0].since, RULES[0].on_main) == ("G", date(2026, 4, 9), True)


def test_every_kind_has_a_rule():
    assert all(rules_for(kind) for kind in CallKind)


def test_g_forgets_scores_attributes_and_uuids():
    text = "[1] document_id: __NORMALIZED__, score: __NORMALIZED__\n<|__NORMALIZED__|> pi 3.14159"

    assert answer(inference(messages(FOUND.format(id=UUID))), hashed(messages(text), test_id=TEST)) == ("current", "G")


def test_g2_forgets_numbered_files():
    text = "[1] document_id: __NORMALIZED__, score: __NORMALIZED__\n<|__NORMALIZED__|> pi 3.14159"

    stem = hashed(messages(text), test_id=TEST)

    assert answer(inference(messages(FOUND.format(id="file-12"))), stem) == ("older", "G2")


def test_g1_keeps_ids():
    text = f"[1] document_id: {UUID}, score: __NORMALIZED__\n<|{UUID}|> pi 3.14159"

    stem = hashed(messages(text), test_id=TEST)

    assert [
        found.rule for found in explain(inference(messages(FOUND.format(id=UUID))), f"{stem}.json") if found.matches
    ] == [
        "G2",
        "G1",
    ]


def test_f_keeps_scores_and_rounds_them():
    text = f"[1] document_id: {UUID}, score: 0.91235, attributes: {{'a': 1}}\n<|{UUID}|> pi 3.14159"

    assert answer(inference(messages(FOUND.format(id=UUID))), hashed(messages(text), test_id=TEST)) == ("older", "F")


def test_f_drops_the_project_and_keeps_the_rest_of_extras():
    body = {
        "extra_body": {"project_id": "p", "k": 1},
        "extra_query": {"project_id": "p"},
        "list": [{"extra_body": {"project_id": 2}}],
    }
    left = {"extra_body": {"k": 1}, "extra_query": {}, "list": [{"extra_body": {}}]}

    assert answer(inference(body), hashed(left, test_id=TEST)) == ("current", "G")


def test_f_keeps_the_project_of_deeper_objects():
    body = {"deep": {"extra_body": {"project_id": "p"}}, "metadata": {"project_id": "p"}}

    assert answer(inference(body), hashed(body, test_id=TEST)) == ("current", "G")


def test_f1_drops_extras_whole():
    body = {"extra_body": {"k": 1}, "extra_query": {}, "extra_headers": None, "model": "m"}

    assert answer(inference(body), hashed({"model": "m"}, test_id=TEST)) == ("older", "F1")


def test_f0_forgets_the_test_of_every_model_list():
    document = inference({}, path="/v1/v1/models", endpoint="/v1/models", response={"body": []})
    digest = hashlib.sha256(b"").hexdigest()[:8]

    assert answer(document, f"models-{hashed({}, path='/v1/v1/models')}-{digest}") == ("older", "F0")


def test_ft_counts_the_test_of_a_tool():
    call = {"provider": "p", "tool_name": "t", "kwargs": {"q": "x"}}
    document = {"test_id": TEST, "request": {"test_id": TEST, **call}}

    assert answer(document, sha({**call, "test_id": TEST})) == ("older", "FT")


def test_e_hashes_the_whole_url_of_http_requests():
    request = {"test_id": TEST, "url": "http://h/v1/rerank?a=1", "method": "post", "payload": {"w": 0.1234567}}
    document = {"test_id": TEST, "request": request}
    stem = sha({"test_id": TEST, "url": "http://h/v1/rerank?a=1", "method": "POST", "payload": {"w": 0.12346}})

    assert [found.rule for found in explain(document, f"{stem}.json") if found.matches] == [
        "G", "G2", "G1", "F", "F1", "F0", "E",
    ]  # fmt: skip


def test_http_requests_keep_stream_options_on_any_host():
    request = {"url": "http://bedrock.h/x", "method": "POST", "payload": {"stream_options": 1}}

    assert answer({"test_id": None, "request": request}, sha({"test_id": None, **request})) == ("current", "G")


def test_d_drops_stream_options_for_bedrock_only():
    body = {"model": "m", "stream_options": {"include_usage": True}}
    stem = hashed({"model": "m"}, test_id=TEST)

    assert answer(inference(body, host="bedrock.eu.example"), stem) == ("current", "G")
    assert answer(inference(body), stem) == ("older", "D0")
    assert answer(inference(body), hashed(body, test_id=TEST)) == ("current", "G")


def test_c2_forgets_the_test_of_one_more_list():
    path = "/v1/openai/v1/models"
    document = inference({}, path=path, endpoint="/v1/x")

    assert answer(document, hashed({}, path=path)) == ("current", "G")
    assert answer(document, hashed({}, path=path, test_id=TEST)) == ("older", "C")


def test_c_rounds_numbers_and_hashes_tools_without_their_test():
    document = inference({"t": 0.1234567, "n": 1, "b": True, "deep": [{"s": "0.1234567"}]}, host="bedrock")
    call = {"provider": "p", "tool_name": "t", "kwargs": {"x": 0.1234567, "s": "score: 0.12345"}}

    assert (
        answer(document, hashed({"t": 0.12346, "n": 1, "b": True, "deep": [{"s": "0.12346"}]}, test_id=TEST))[1] == "G"
    )
    assert answer({"test_id": TEST, "request": call}, sha(call)) == ("current", "G")


def test_c6_rounds_to_six():
    document = inference({"t": 0.12345678, "s": "at 0.1234"})

    assert answer(document, hashed({"t": 0.123457, "s": "at 0.123400"}, test_id=TEST)) == ("older", "C6")


def test_b_rounds_nothing_and_counts_a_missing_test_as_null():
    document = inference({"t": 0.12345678, "none": None}, test_id=None)

    assert answer(document, hashed({"t": 0.12345678, "none": None}, test_id=None)) == ("older", "B")


def test_a_shows_twelve_digits_and_counts_no_test():
    assert answer(inference({"t": 0.12345678}), hashed({"t": 0.12345678})[:12]) == ("older", "A")
    assert answer(inference({"t": 1}), hashed({"t": 1})) == ("unknown", "")


def test_a_named_model_lists_both_ways():
    document = inference({}, path="/v1/models", endpoint="/v1/models", response={"body": [{"id": "m"}]})
    digits, digest = hashed({}, path="/v1/models"), hashlib.sha256(b"m").hexdigest()[:8]

    assert answer(document, digits[:12]) == ("older", "A")
    assert answer(document, f"models-{digits[:12]}-{digest}") == ("older", "A")
    assert answer(document, f"models-{digits}-{digest}") == ("current", "G")


def test_file_processors_cannot_be_verified():
    document = {"request": {"provider": "p", "api": "file_processors", "file_id": "f", "test_id": None}}
    found = explain(document, "0" * 64 + ".json")

    assert answer(document, "0" * 64) == (ReplayState.UNVERIFIABLE, "")
    assert [(one.rule, one.name, one.matches) for one in found] == [("FP", "", False)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_every_rule_says_what_is_new_in_a_sentence(rule):
    assert rule.says[0].isupper() or rule.says.startswith(("extra_", "project_", "stream_"))
    assert rule.says.endswith(".")
