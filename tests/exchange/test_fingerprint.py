"""What a fingerprint counts and what it does not: one test for each rule of the module's docstring."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.exchange.fingerprint import ARGUMENTS_DEPTH, VERSION, arguments_as_json, fingerprint
from recviewer.exchange.model import Exchange, JsonPart, Kind, Output, ToolResult, Vector
from recviewer.formats.reading import read

TYPE = "openai.types.chat.chat_completion.ChatCompletion"
CHUNK = "openai.types.chat.chat_completion_chunk.ChatCompletionChunk"
WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS, lambda inner: st.lists(inner, max_size=3), max_leaves=4
)


def of(document):
    return fingerprint(read(json.dumps(document).encode()).exchange)


def recording(body, reply, *, url="https://api.example.com/v1/chat/completions", streaming=False, **more):
    return {
        "test_id": "tests/test_a.py::test_a",
        "request": {"method": "POST", "url": url, "headers": {}, "body": body, "endpoint": "/v1/chat/completions"},
        "response": {"body": reply, "is_streaming": streaming, **more},
    }


def call(arguments="{}", *, id="call_1", name="add"):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def chat(*messages, content="Earth.", calls=None, finish="stop", index=0, model="m-1", body=None, **facts):
    asked = {"model": "m-1", "messages": list(messages) or [{"role": "user", "content": "Which planet?"}]}
    message = {"role": "assistant", "content": content, "tool_calls": calls}
    choice = {"index": index, "finish_reason": finish, "message": message}
    data = {"id": "rec-1", "object": "chat.completion", "created": 0, "model": model, "choices": [choice], **facts}
    return recording(asked | (body or {}), {"__type__": TYPE, "__data__": data})


def stream(pieces, **last):
    def element(delta, finish=None, **more):
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"__type__": CHUNK, "__data__": {"id": "rec-1", "choices": [choice], "model": "m-1"} | more}

    body = [element({"content": piece}) for piece in pieces] + [element({}, "stop", **last)]
    return recording({"messages": [{"role": "user", "content": "Hi"}]}, body, streaming=True)


def listing(*models):
    body = [{"__type__": "openai.types.model.Model", "__data__": {"object": "model"} | model} for model in models]
    return recording({}, body, url="https://api.example.com/v1/models")


def tool_turns(id, *, result_id=None, arguments="{}"):
    return (
        {"role": "user", "content": "Add"},
        {"role": "assistant", "content": "", "tool_calls": [call(arguments, id=id)]},
        {"role": "tool", "tool_call_id": result_id or id, "content": "3"},
    )


def test_fingerprint_has_its_version_in_front():
    assert of(chat()).startswith(f"{VERSION}:")
    assert len(of(chat())) == len(VERSION) + 1 + 64


def test_unreadable_file_has_none():
    assert fingerprint(read(b"{").exchange) == ""


@given(WORDS, WORDS)
def test_words_of_the_answer_count(one, other):
    assert (of(chat(content=one)) == of(chat(content=other))) is (one == other)


@given(WORDS, WORDS)
def test_words_of_the_question_count(one, other):
    said = [of(chat({"role": "user", "content": words})) for words in (one, other)]

    assert (said[0] == said[1]) is (one == other)


@pytest.mark.parametrize("key", ["reasoning", "refusal"])
def test_thoughts_and_refusals_count_apart_from_content(key):
    plain, other = chat(content="No."), chat(content="")
    other["response"]["body"]["__data__"]["choices"][0]["message"][key] = "No."

    assert of(plain) != of(other) != of(chat(content=""))


@pytest.mark.parametrize("white", ["Earth. ", " Earth.", "Earth.\n", "Earth\u200b."])
def test_white_space_and_invisible_characters_of_an_answer_count(white):
    assert of(chat(content=white)) != of(chat())


@given(st.sampled_from(["system", "developer", "user", "assistant"]), st.sampled_from(["system", "user", "tool", ""]))
def test_roles_count(one, other):
    said = [of(chat({"role": role, "content": "x"})) for role in (one, other)]

    assert (said[0] == said[1]) is (one == other)


def test_order_of_messages_counts():
    one, other = {"role": "user", "content": "a"}, {"role": "user", "content": "b"}

    assert of(chat(one, other)) != of(chat(other, one))


@given(VALUES, VALUES)
def test_parameters_count(one, other):
    said = [json.dumps(value) for value in (one, other)]

    assert (of(chat(body={"seed": one})) == of(chat(body={"seed": other}))) is (said[0] == said[1])


def test_parameter_that_is_null_is_another_than_none():
    assert of(chat(body={"seed": None})) != of(chat())


@pytest.mark.parametrize(
    "numbers", [(2**64, 2**64 + 1), (-(2**63) - 1, -(2**63) - 2), (0.1, 0.2), (1, 2), (10**4290, 10**4291)]
)
def test_numbers_count_whatever_their_size(numbers):
    one, other = (f'{{"request": {{"body": {{"n": {number}}}}}, "response": {{}}}}' for number in numbers)

    assert fingerprint(read(one.encode()).exchange) != fingerprint(read(other.encode()).exchange)


@pytest.mark.parametrize(
    "numbers", [("NaN", "null"), ("NaN", "Infinity"), ("1E400", "1E401"), ("7" * 5000, "7" * 5001)]
)
def test_numbers_that_no_float_holds_count(numbers):
    one, other = (f'{{"request": {{"body": {{"n": {number}}}}}, "response": {{}}}}' for number in numbers)

    assert fingerprint(read(one.encode()).exchange) != fingerprint(read(other.encode()).exchange)


@given(NUMBERS, WORDS)
def test_same_fingerprint_whether_numbers_keep_their_text_or_not(number, words):
    data = json.dumps(chat({"role": "user", "content": words}, body={"n": number, "far": 1e-05})).encode()

    assert fingerprint(read(data).exchange) == fingerprint(read(data, exact=True).exchange)


@pytest.mark.slow
def test_same_fingerprint_of_every_case_in_both_modes(case_files):
    for path in case_files:
        data = path.read_bytes()
        assert fingerprint(read(data).exchange) == fingerprint(read(data, exact=True).exchange), path


def test_image_counts():
    def asked(url):
        return chat({"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]})

    assert of(asked("data:image/png;base64,AAAA")) != of(asked("data:image/png;base64,AAAB"))


def test_tools_count_with_properties_that_are_named_id():
    def offered(kind):
        schema = {"type": "object", "properties": {"id": {"type": kind}}, "id": kind}
        return chat(body={"tools": [{"type": "function", "function": {"name": "get", "parameters": schema}}]})

    assert of(offered("string")) != of(offered("integer"))


@given(st.dictionaries(st.text("abc", min_size=1), NUMBERS | WORDS, min_size=2))
def test_arguments_count_as_json(value):
    keys = list(value)
    again = json.dumps({key: value[key] for key in reversed(keys)}, indent=1)

    assert of(chat(calls=[call(json.dumps(value))])) == of(chat(calls=[call(again)]))
    assert of(chat(*tool_turns("x", arguments=json.dumps(value)))) == of(chat(*tool_turns("x", arguments=again)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a": 1}', '{"a": 2}'),
        ('{"a": 1}', '{"a": "1"}'),
        ('{"id": "17"}', '{"id": "18"}'),
        ('{"a": 12345678901234567890123}', '{"a": 12345678901234567890124}'),
        ('{"a": 1', '{"a": 1 '),
        ("[" * 300, "[" * 301),
        ("[" * 60 + "1" + "]" * 60, "[" * 60 + "2" + "]" * 60),
    ],
)
def test_values_of_arguments_count(one, other):
    assert of(chat(calls=[call(one)])) != of(chat(calls=[call(other)]))
    assert of(chat(*tool_turns("x", arguments=one))) != of(chat(*tool_turns("x", arguments=other)))


def test_name_of_a_called_tool_counts():
    assert of(chat(calls=[call(name="add")])) != of(chat(calls=[call(name="sub")]))


def test_order_of_calls_counts():
    one, other = call('{"a": 1}', id="x"), call('{"a": 2}', id="y")

    assert of(chat(calls=[one, other])) != of(chat(calls=[other, one]))


@given(st.sampled_from(["stop", "length", None]), st.sampled_from(["stop", "length", "tool_calls", None]))
def test_finish_reason_counts(one, other):
    assert (of(chat(finish=one)) == of(chat(finish=other))) is (one == other)


def test_index_of_a_choice_counts():
    assert of(chat(index=0)) != of(chat(index=1))


def failed(*, kind="BadRequestError", status=400, message="No."):
    data = {"category": "provider_sdk", "type": kind, "message": message, "status_code": status}
    more = {"is_exception": True, "exception_data": data, "exception_message": message}
    return recording({"messages": [{"role": "user", "content": "Hi"}]}, None, **more)


@pytest.mark.parametrize("other", [{"kind": "NotFoundError"}, {"status": 404}, {"message": "Never."}])
def test_error_counts_with_type_status_and_message(other):
    assert of(failed(**other)) != of(failed())


def test_status_of_an_error_reply_counts():
    def reply(status):
        body = {"error": {"type": "invalid_request_error", "message": "No."}}
        return recording({}, body, status=status)

    assert of(reply(400)) != of(reply(429))


@given(st.text(min_size=1), st.text(min_size=1))
def test_ids_do_not_count(one, other):
    assert of(chat(*tool_turns(one), calls=[call(id=one)])) == of(chat(*tool_turns(other), calls=[call(id=other)]))


def test_what_an_id_refers_to_counts():
    assert of(chat(*tool_turns("a"))) != of(chat(*tool_turns("a", result_id="b")))


@pytest.mark.parametrize("key", ["previous_response_id", "previous_interaction_id"])
def test_id_of_an_earlier_answer_counts_only_by_being_there(key):
    assert of(chat(body={key: "one"})) == of(chat(body={key: "other"})) != of(chat())


@pytest.mark.parametrize(
    "body",
    [
        lambda id: {"prompt": {"id": id}},
        lambda id: {"user": {"id": id}},
        lambda id: {"metadata": {"item_id": id}},
        lambda id: {"project_id": id},
        lambda id: {"extra_body": {"project_id": id}},
        lambda id: {"messages": [{"role": "user", "content": "Hi", "user": {"id": id}}]},
        lambda id: {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": f"{id}.pdf"}}]}]},
        lambda id: {"tools": [{"type": "mcp", "id": id}]},
    ],
)
def test_id_that_selects_something_is_words(body):
    assert of(chat(body=body("summary"))) != of(chat(body=body("headlines")))


@pytest.mark.parametrize("other", ["file-0a1b2c3d4e5f6a7b", "file-Zz91kdl20dkA"])
def test_id_of_a_file_that_a_machine_named_counts_by_order(other):
    def asked(id):
        return of(chat({"role": "user", "content": [{"type": "file", "file": {"file_id": id}}]}))

    assert asked("file-9f8e7d6c5b4a3c2d") == asked(other) != asked("invoice-2026.pdf")


@pytest.mark.parametrize(
    "input",
    [
        lambda id: [{"type": "function_call", "id": id, "call_id": "c", "name": "f", "arguments": "{}"}],
        lambda id: [{"type": "function_call_output", "call_id": id, "output": "3"}],
        lambda id: [{"type": "message", "id": id, "role": "assistant", "content": "Hi"}],
        lambda id: [{"type": "reasoning", "id": id, "summary": []}],
        lambda id: [{"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": "f", "input": {}}]}],
        lambda id: [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": "3"}]}],
    ],
)
def test_ids_of_items_of_a_conversation_do_not_count(input):
    assert of(chat(body={"input": input("one_1")})) == of(chat(body={"input": input("other_2")}))


def test_id_of_a_processed_file_does_not_count():
    def processed(id, text="one"):
        reply = {"__type__": "api.ProcessFileResponse", "__data__": {"chunks": [{"content": text, "chunk_id": id}]}}
        request = {"test_id": "x", "provider": "pypdf", "api": "/files", "file_id": id}
        return {"request": request, "response": {"body": reply, "is_streaming": False}}

    one, other = "file-0a1b2c3d4e5f6a7b", "file-9f8e7d6c5b4a3c2d"

    assert of(processed(one)) == of(processed(other)) != of(processed(one, "two"))
    assert of(processed("invoice.pdf")) != of(processed("offer.pdf"))


def test_ids_that_a_tool_was_given_or_gave_back_count():
    def invoked(id):
        request = {"provider": "x", "tool_name": "get", "kwargs": {"id": id}}
        reply = {"__type__": "api.ToolInvocationResult", "__data__": {"content": "ok"}}
        return {"request": request, "response": {"body": reply, "is_streaming": False}}

    def answered(id):
        part = {"function_response": {"name": "get", "response": {"id": id}}}
        contents = [{"role": "user", "parts": [part]}]
        return recording({"contents": contents}, {"candidates": [{"content": {"parts": [{"text": "ok"}]}}]})

    assert of(invoked("17")) != of(invoked("18"))
    assert of(answered("17")) != of(answered("18"))


def test_place_of_a_call_in_a_request_counts_once():
    turns = tool_turns("x")
    indexed = copy.deepcopy(turns)
    indexed[1]["tool_calls"][0]["index"] = 0

    assert of(chat(*turns)) == of(chat(*indexed))

    indexed[1]["tool_calls"][0]["index"] = 3
    assert of(chat(*turns)) != of(chat(*indexed))


def test_a_key_of_a_call_that_is_given_twice_counts_as_it_was_written():
    once, twice = ('{"to": "b", "cc": {"a": 1}}', '{"to": "a", "to": "b", "cc": {"a": 1}}')

    assert of(chat(calls=[call(once)])) != of(chat(calls=[call(twice)]))
    assert arguments_as_json(twice) == {"text": twice}


def test_what_a_tool_was_given_is_words_whatever_its_keys_are_called():
    def given(id):
        block = {"type": "tool_use", "id": "x", "name": "get", "input": {"call_id": id, "type": "function_call"}}
        return chat({"role": "user", "content": "Get it."}, {"role": "assistant", "content": [block]})

    assert of(given("17")) != of(given("18"))


def test_a_name_of_a_file_that_only_begins_like_an_id_is_words():
    def asked(name):
        return chat({"role": "user", "content": [{"type": "file", "file": {"file_id": name}}]})

    assert of(asked("file-0a1b2c3d4e5f6a7b")) == of(asked("file-9f8e7d6c5b4a3c2d"))
    assert of(asked("file-0a1b2c3d4e5f6a7b, page 1")) != of(asked("file-0a1b2c3d4e5f6a7b, page 2"))


def test_the_signature_of_a_function_that_a_tool_gave_back_is_words():
    def gave(signature, key="signature"):
        part = ToolResult("x", "lookup", (JsonPart({key: signature}),))
        return fingerprint(Exchange(Kind.CHAT, outputs=(Output(parts=(part,)),)))

    assert gave("f(a)") != gave("f(b)")
    assert gave("f(a)", "encrypted_content") == gave("f(b)", "encrypted_content")


def test_numbers_that_json_cannot_write_are_told_apart_in_a_vector():
    def embedded(value):
        return fingerprint(Exchange(Kind.EMBEDDINGS, exhibits=(Vector(0, (0.5, value)),)))

    assert len({embedded(value) for value in (float("nan"), float("inf"), float("-inf"), 0.5)}) == 4


@pytest.mark.parametrize(
    "facts",
    [
        {"created": 1_700_000_000},
        {"id": "chatcmpl-9"},
        {"system_fingerprint": "fp_1"},
        {"service_tier": "default"},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_what_the_service_says_of_itself_does_not_count(facts):
    assert of(chat(**facts)) == of(chat())


@pytest.mark.parametrize(
    ("one", "other", "third"),
    [
        ({"usage": {"total_tokens": 9}}, {"usage": {"total_tokens": 8}}, {"usage": {"total_tokens": 0}}),
        ({"usage": {"d": {"cached": 0}}}, {"usage": {"d": {"cached": 8}}}, {"usage": {"d": {"cached": None}}}),
        ({"time_info": {"total_time": 0.3}}, {"time_info": {"total_time": 0.2}}, {"time_info": {}}),
        (
            {"prompt_filter_results": [{"hate": {"filtered": False}}]},
            {"prompt_filter_results": [{"hate": {"filtered": False}}, {"jailbreak": {"detected": False}}]},
            {"prompt_filter_results": [{"hate": {"filtered": True}}]},
        ),
    ],
)
def test_figures_and_filters_that_let_pass_count_only_by_being_there(one, other, third):
    assert of(chat(**one)) == of(chat(**other))
    assert len({of(chat(**facts)) for facts in (one, third, {})}) == 3


def with_logprobs(value):
    document = chat()
    document["response"]["body"]["__data__"]["choices"][0]["logprobs"] = value
    return document


def test_values_of_logprobs_do_not_count_but_that_they_are_there_does():
    one, other = ({"content": [{"token": "E", "logprob": number}]} for number in (-0.1, -0.2))

    assert of(with_logprobs(one)) == of(with_logprobs(other)) != of(with_logprobs(None))


@given(st.text(max_size=20), st.data())
def test_chunk_boundaries_do_not_count(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    assert of(stream(pieces)) == of(stream([text]))
    assert of(stream(pieces, usage={"total_tokens": 1})) == of(stream([text], usage={"total_tokens": 2}))


def test_durations_of_a_local_model_do_not_count():
    def generated(**facts):
        reply = {"__type__": "ollama.GenerateResponse", "__data__": {"response": "Hi", "done": True} | facts}
        return recording({"prompt": "Hello"}, reply, url="http://0.0.0.0:11434/api/generate")

    assert of(generated()) == of(generated(total_duration=5, created_at="2026-01-01"))
    assert of(generated(eval_count=6, context=[1])) == of(generated(eval_count=7, context=[1, 2])) != of(generated())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("test_id", "tests/test_b.py::test_b"),
        ("id_normalization_mapping", {"file-1": "file-abc"}),
        ("request.url", "https://b.example.org/v1/chat/completions"),
        ("request.provider_metadata", {"provider": "x", "openai_sdk_version": "2"}),
    ],
)
def test_where_a_recording_stands_does_not_count(key, value):
    assert of(changed(key, value)) == of(chat())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("request.url", "https://api.example.com/v2/chat/completions"),
        ("request.url", "https://api.example.com/v1/chat/completions?beta=1"),
        ("request.method", "PUT"),
        ("request.headers", {"x-mode": "fast"}),
        ("request.endpoint", "/v2"),
        ("request.model", "m-2"),
        ("request.new_key", 1),
        ("response.status", 201),
        ("response.is_streaming", None),
        ("response.new_key", {}),
        ("response.body.__type__", f"evil.module.{TYPE.rpartition('.')[2]}"),
        ("response.body.extra", None),
        ("response.body.__data__.model", "m-1-2026-01-01"),
        ("response.body.__data__.object", "chat"),
        ("response.body.__data__.new_key", 0),
        ("response.body.__data__.choices.0.message.role", "user"),
        ("response.body.__data__.choices.0.message.annotations", [{"url": "https://example.org"}]),
        ("response.body.__data__.choices.0.message.new_key", "x"),
        ("response.body.__data__.choices.0.message.content", None),
        ("new_key", False),
    ],
)
def test_what_is_not_known_to_be_harmless_counts(key, value):
    assert of(changed(key, value)) != of(chat())


def changed(key, value):
    """Return the plain chat with another value at a place."""
    document = holder = chat()
    *way, last = key.split(".")
    for step in way:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    holder[last] = value
    return document


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    ("key", "value"), [("object", "chunk"), ("model", "m-2"), ("new_key", 1), ("__type__", "evil.ChatCompletionChunk")]
)
def test_one_odd_chunk_of_a_stream_counts(place, key, value):
    document = stream(["Ear", "th."])
    element = document["response"]["body"][place]
    (element if key == "__type__" else element["__data__"])[key] = value

    assert of(document) != of(stream(["Ear", "th."]))


@pytest.mark.parametrize("place", [1, 2])
def test_place_of_an_odd_type_counts(place):
    def typed(at):
        document = stream(["a", "b", "c"])
        document["response"]["body"][at]["__type__"] = "other.ChatCompletionChunk"
        return of(document)

    assert typed(place) != typed(0)


def test_part_that_a_file_lacks_is_told_from_a_key_of_that_name():
    document = chat()
    lacking = {key: value for key, value in document.items() if key != "response"}

    assert len({of(lacking), of(lacking | {"no response": True, "response": {}}), of(lacking | {"response": {}})}) == 3


def test_key_that_one_chunk_lacks_counts():
    document = stream(["Ear", "th."])
    del document["response"]["body"][1]["__data__"]["model"]

    assert of(document) != of(stream(["Ear", "th."]))


def test_ids_inside_the_text_of_an_error_do_not_count():
    def failed(text):
        data = {"type": "RateLimitError", "message": text, "status_code": 429, "body": {"message": text}}
        return recording({}, None, is_exception=True, exception_data=data, exception_message=text)

    one, other = (f"Slow down. Request id: req_{id} (trace {id})" for id in ("0a1b2c3d4e5f", "9f8e7d6c5b4a"))
    uuids = ("0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f", "9f8e7d6c-0000-4000-8000-9f8e7d6c5b4a")

    assert of(failed(f"Failed: {uuids[0]}")) == of(failed(f"Failed: {uuids[1]}"))
    assert of(failed(one.partition(" (")[0])) == of(failed(other.partition(" (")[0])) != of(failed("Slow down."))
    assert of(failed("429 tokens")) != of(failed("430 tokens"))


def test_order_of_keys_in_the_file_does_not_count():
    document = chat(body={"b": 1, "a": {"d": 1, "c": 2}})

    assert of(document) == of(json.loads(json.dumps(document, sort_keys=True)))


@given(st.permutations(["a", "b", "c", "d"]))
def test_order_of_listed_models_does_not_count(names):
    assert of(listing(*({"id": name} for name in names))) == of(listing(*({"id": name} for name in "abcd")))


def test_models_of_a_list_count():
    assert of(listing({"id": "a"})) != of(listing({"id": "a"}, {"id": "b"})) != of(listing({"id": "a"}, {"id": "c"}))


def test_time_a_listed_model_was_made_does_not_count():
    assert of(listing({"id": "a", "created": 1})) == of(listing({"id": "a", "created": 2}))


def test_numbers_of_a_vector_count():
    def embedded(*values):
        data = {"data": [{"index": 0, "embedding": list(values)}], "model": "m-1"}
        return recording({"input": "x"}, {"__type__": "x.CreateEmbeddingResponse", "__data__": data})

    assert of(embedded(0.1, 0.2)) != of(embedded(0.1, 0.25)) != of(embedded(0.2, 0.1))


def test_scores_of_ranked_documents_count():
    def ranked(score, id="a"):
        reply = {"id": id, "results": [{"index": 0, "relevance_score": score, "document": {"text": "x"}}]}
        return recording({"query": "q", "documents": ["x"]}, reply)

    assert of(ranked(0.5)) != of(ranked(0.6))
    assert of(ranked(0.5)) == of(ranked(0.5, id="b"))


@given(VALUES, VALUES)
def test_reply_that_no_format_reads_counts_as_a_whole(one, other):
    documents = [recording({"x": 1}, {"novel": value}, url="https://api.example.com/v9/new") for value in (one, other)]

    assert (of(documents[0]) == of(documents[1])) is (json.dumps(one) == json.dumps(other))


def test_kind_counts():
    body = {"messages": [{"role": "user", "content": "Hi"}]}
    spoken = {"message": {"role": "assistant", "content": "Earth."}, "done": True, "done_reason": "stop"}
    whole = {"choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "Earth."}}]}

    assert of(recording(body, spoken)) != of(recording(body, whole))


@pytest.mark.parametrize(("depth", "kind"), [(ARGUMENTS_DEPTH, "json"), (ARGUMENTS_DEPTH + 1, "text")])
def test_arguments_are_json_down_to_a_depth(depth, kind):
    deepest = "[" * (depth - 1) + "]" * (depth - 1)

    assert list(arguments_as_json(f"[[], {deepest}]")) == [kind]


@pytest.mark.parametrize(
    ("url", "reply", "usage"),
    [
        ("https://bedrock-runtime.us-east-1.amazonaws.com/model/m-1/converse",
         lambda usage: {"output": {"message": {"role": "assistant", "content": [{"text": "Earth."}]}}, "usage": usage},
         "outputTokens"),
        ("https://bedrock-runtime.us-east-1.amazonaws.com/model/m-1/converse-stream",
         lambda usage: [{"messageStart": {"role": "assistant"}}, {"metadata": {"usage": usage}}],
         "inputTokens"),
        ("https://api.openai.com/v1/responses",
         lambda usage: [{"type": "response.completed", "response": {"object": "response", "output": [], "usage": usage}}],
         "output_tokens"),
    ],
)  # fmt: skip
def test_a_count_of_tokens_that_became_zero_or_went_counts(url, reply, usage):
    def counted(**tokens):
        return of(recording({"messages": []}, reply({"x": 1, **tokens}), url=url))

    assert counted(**{usage: 3}) == counted(**{usage: 4})
    assert counted(**{usage: 3}) not in (counted(**{usage: 0}), counted(**{usage: None}), counted())


def test_an_object_without_keys_in_place_of_written_arguments_counts():
    def streamed(arguments):
        return of(
            stream([], choices=[{"index": 0, "delta": {"tool_calls": [call(arguments)]}, "finish_reason": "stop"}])
        )

    assert streamed("{}") != streamed({})


def test_a_flag_that_became_a_text_which_spells_it_counts():
    def flagged(value):
        result = {"flagged": True, "categories": {"law": value}, "category_scores": {"law": 0.5}}
        return of(recording({"input": "x"}, {"results": [result]}, url="https://api.example.com/v1/moderations"))

    assert len({flagged(value) for value in (True, "true", '"true"', False, "false")}) == 5
