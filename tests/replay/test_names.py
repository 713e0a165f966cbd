import hashlib
import json
import os
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.replay import Replay, ReplayState, explain, name_state

UUID = "0a1b2c3d-0000-4000-8000-0123456789ab"
HEX = "[a-f0-9]"
UUIDS = f"{HEX}{{8}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{12}}"
SCORES = [
    (r"score:\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?", "score: __NORMALIZED__"),
    (r",?\s*attributes:\s*\{[^}]*\}", ""),
]
PATTERNS = {
    "G": [
        *SCORES,
        (rf"document_id:\s*{UUIDS}", "document_id: __NORMALIZED__"),
        (rf"<\|{UUIDS}\|>", "<|__NORMALIZED__|>"),
    ],
    "G2": [
        *SCORES,
        (r"document_id:\s*file-\d+", "document_id: __NORMALIZED__"),
        (r"<\|file-\d+\|>", "<|__NORMALIZED__|>"),
    ],
    "G1": SCORES,
}
WORDS = [
    "score:", "score: 0.123456", "attributes:", ", attributes: {'a': 1.2345}", "{", "}", ",", " ", "\n",
    "document_id: ",
    f"document_id: {UUID}", f"<|{UUID}|>", "<|", "|>", UUID, "file-12", "<|file-1|>", "1.2", "3456", "-0.99999999",
    "e-07", "٣.١٤١٥٩٢", "~", '"', "\\", "é", "😀", "\ud800", "1.23, attributes: {}456789",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=6).map("".join)
KEYS = st.sampled_from(["extra_body", "extra_query", "extra_headers", "project_id", "stream_options", "k"]) | TEXTS
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)
URLS = st.sampled_from(
    ["https://a.bedrock.example/v1/chat", "https://h/v1/chat", "http://h/v1/models", "http://h/v1/v1/models", "http://h/api/tags",
     "http://h/v1/openai/v1/models", "vertexai:///generate_content", "__x__/serving/v1/chat"],
)  # fmt: skip
INFERENCES = st.fixed_dictionaries(
    {"method": st.just("post"), "url": URLS, "body": JSON, "endpoint": st.just("/v1/chat")},
)
HTTPS = st.fixed_dictionaries({"method": st.just("POST"), "url": URLS, "payload": JSON})
TOOLS = st.fixed_dictionaries({"provider": TEXTS, "tool_name": TEXTS, "kwargs": JSON})


def plainly(value, *, patterns, digits, project, root=True):
    """The recorder's normalising as it is usually told: one walk, every expression on every string."""
    if isinstance(value, dict):
        inner = {
            key: plainly(item, patterns=patterns, digits=digits, project=project, root=False)
            for key, item in value.items()
        }
        for key in ("extra_body", "extra_query") if root and project else ():
            if isinstance(inner.get(key), dict):
                inner[key].pop("project_id", None)
        return inner
    if isinstance(value, list):
        return [plainly(item, patterns=patterns, digits=digits, project=project) for item in value]
    if isinstance(value, float):
        return round(value, digits)
    if isinstance(value, str):
        for pattern, text in patterns:
            value = re.sub(pattern, text, value)
        return re.sub(r"(-?\d+\.\d{4,})", lambda found: f"{float(found[0]):.{digits}f}", value)
    return value


def without(body, *keys):
    return {key: value for key, value in body.items() if key not in keys} if isinstance(body, dict) else body


def body_by(rule, body, host):
    if rule == "D0" or (rule in ["D", "E", "F0", "F1", "F", "G1", "G2", "G"] and "bedrock" in host):
        body = without(body, "stream_options")
    if rule in ("F0", "F1"):
        body = without(body, "extra_body", "extra_query", "extra_headers")
    if rule in ("A", "B"):
        return body
    digits = 6 if rule == "C6" else 5
    return plainly(body, patterns=PATTERNS.get(rule, []), digits=digits, project=rule in ("F", "G1", "G2", "G"))


def forgets_test(rule, path):
    if rule == "F0":
        return path == "/api/tags" or path.endswith("/models")
    lists = ["/api/tags", "/v1/models"] + ["/v1/openai/v1/models"] * (rule not in ("B", "C", "C6"))
    return rule == "A" or path in lists


def sha(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def inference_name(rule, request, test_id):
    url = urlparse(request["url"])
    hashed = {"method": "POST", "endpoint": url.path, "body": body_by(rule, request["body"], url.netloc)}
    if not forgets_test(rule, url.path):
        hashed["test_id"] = test_id
    return sha(hashed)[: 12 if rule == "A" else 64] + ".json"


def http_name(rule, request, test_id):
    return sha({**request, "payload": body_by(rule, request["payload"], ""), "test_id": test_id}) + ".json"


@given(INFERENCES, st.none() | TEXTS)
def test_every_rule_names_an_inference_as_its_plain_definition_does(request_, test_id):
    document = {"test_id": test_id, "request": request_}
    names = {found.rule: found.name for found in explain(document, "x.json")}

    assert names == {rule: inference_name(rule, request_, test_id) for rule in names}
    assert list(names) == ["G", "G2", "G1", "F", "F1", "F0", "E", "D", "D0", "C2", "C", "C6", "B", "A"]


@given(HTTPS, st.none() | TEXTS)
def test_every_rule_names_an_http_request_as_its_plain_definition_does(request_, test_id):
    document = {"test_id": test_id, "request": request_}
    names = {found.rule: found.name for found in explain(document, "x.json")}

    assert names == {rule: http_name(rule, request_, test_id) for rule in names}
    assert list(names) == ["G", "G2", "G1", "F", "F1", "F0", "E"]


@given(TOOLS)
def test_tools_are_named_by_their_arguments_as_they_are(call):
    assert name_state({"request": call}, sha(call) + ".json").state == "current"


@given(INFERENCES | HTTPS, st.integers(0, 20))
def test_the_newest_rule_that_gives_a_name_is_told(request_, number):
    document = {"test_id": "t", "request": request_}
    listed = explain(document, "x.json")
    name = listed[number % len(listed)].name

    replay = name_state(document, name)

    first = next(found for found in listed if found.name == name)
    assert replay.rule == first.rule
    assert replay.state == ("current" if first is listed[0] else "older")
    assert replay.expected == listed[0].name


@given(JSON | st.dictionaries(st.sampled_from(["request", "response", "test_id"]), JSON), st.text(max_size=8))
def test_any_json_value_has_an_answer(document, name):
    assert name_state(document, name).state in ReplayState
    assert isinstance(explain(document, name), list)


@given(
    st.dictionaries(
        st.sampled_from(["method", "url", "body", "payload", "endpoint", "tool_name", "kwargs", "provider", "file_id"]),
        JSON | URLS | st.sampled_from(["POST", "/v1/models", "/api/tags", "http://[", "http://h/v1/models"]),
    ),
    JSON | st.fixed_dictionaries({"body": JSON | st.lists(JSON | st.fixed_dictionaries({"__data__": JSON}))}),
    JSON,
)
def test_any_request_has_an_answer(request_, response, test_id):
    document = {"request": request_, "response": response, "test_id": test_id}

    assert name_state(document, "0" * 64 + ".json").state in ("unknown", "unverifiable")
    assert not any(found.matches for found in explain(document, "0" * 64 + ".json"))


def chat(body):
    return {
        "test_id": None,
        "request": {"method": "POST", "url": "http://h/v1/chat", "body": body, "endpoint": "/v1/chat"},
    }


def nested(levels, wrap):
    value = []
    for _ in range(levels - 1):
        value = wrap(value)
    return value


@pytest.mark.slow
@pytest.mark.parametrize("levels", [254, 5_000, 200_000])
@pytest.mark.parametrize("wrap", [lambda value: [value], lambda value: {"a": 1, "b": value}], ids=["lists", "objects"])
def test_nesting_beyond_reach_cannot_be_verified(levels, wrap):
    document = chat(nested(levels, wrap))

    assert name_state(document, "0" * 64 + ".json") == Replay(ReplayState.UNVERIFIABLE)
    assert explain(document, "0" * 64 + ".json") == []


def test_nesting_within_reach_has_a_name():
    document = chat(nested(200, lambda value: [0.5, "call_1", value]))

    assert name_state(document, explain(document, "")[0].name).state is ReplayState.CURRENT


def test_a_number_too_long_to_print_cannot_be_verified():
    assert name_state(chat(10**5000), "0" * 64 + ".json") == Replay(ReplayState.UNVERIFIABLE)


@pytest.mark.parametrize(
    "name", ["chat.json", "0" * 64, "0" * 63 + ".json", "models-" + "0" * 64 + ".json", ("A" * 64) + ".json"]
)
def test_a_name_that_is_no_hash_cannot_be_verified_but_has_an_expected_one(name):
    replay = name_state(chat({}), name)

    assert replay.state is ReplayState.UNVERIFIABLE
    assert replay.expected == explain(chat({}), name)[0].name


def test_a_list_without_its_models_cannot_be_verified():
    request = {"method": "POST", "url": "http://h/v1/models", "body": {}, "endpoint": "/v1/models"}

    assert name_state({"request": request}, f"models-{'0' * 64}-{'0' * 8}.json") == Replay(ReplayState.UNVERIFIABLE)


def test_integers_beyond_64_bits_are_hashed_as_they_are():
    stem = sha({"method": "POST", "endpoint": "/v1/chat", "body": {"seed": 2**70}, "test_id": None})

    assert name_state(chat({"seed": 2**70}), f"{stem}.json").state is ReplayState.CURRENT


@pytest.mark.corpus
def test_most_recordings_of_a_real_tree_are_named_by_a_known_rule():
    root = os.environ.get("RECVIEWER_CORPUS")
    if not root:
        pytest.skip("RECVIEWER_CORPUS does not name a tree of recordings")
    paths = [path for path in Path(root).rglob("*.json") if "recordings" in path.parts]

    states = Counter(name_state(json.loads(path.read_bytes()), path.name).state for path in paths)

    assert states[ReplayState.CURRENT] + states[ReplayState.OLDER] > 0.9 * len(paths)
