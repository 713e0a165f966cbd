"""Changes in messages of threads that once went unseen: each pair differs in something that is on no list."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

QUIET = {Churn.IDENTICAL, Churn.CHUNKING}


def exchange_of(body):
    request = {"method": "POST", "url": "https://h.test/v1/threads/t/runs", "body": {}, "model": ""}
    document = {"request": request, "response": {"body": body, "is_streaming": isinstance(body, list)}}
    return read(json.dumps(document).encode()).exchange


def run(status="in_progress", name="run_1", **held):
    ids = {"id": name, "thread_id": "thread_1", "assistant_id": "asst_1"}
    return {"object": "thread.run", "status": status, "model": "m", **ids, **held}


def content(*words):
    return [{"type": "text", "text": {"value": one, "annotations": []}} for one in words]


def piece(words, part=0, message="msg_1"):
    return {
        "id": message,
        "object": "thread.message.delta",
        "delta": {"content": [{"index": part, **content(words)[0]}]},
    }


def step(name, index=0, **call):
    details = {"type": "tool_calls", "tool_calls": [{"index": index, "type": "function", **call}]}
    return {"id": name, "object": "thread.run.step.delta", "delta": {"step_details": details}}


def begun(call, name):
    return {"id": call, "function": {"name": name, "arguments": ""}}


def message(name, *words, **held):
    ids = {"id": name, "thread_id": "thread_1", "assistant_id": "asst_1", "run_id": "run_1"}
    return {"object": "thread.message", "role": "assistant", "content": content(*words), **ids, **held}


def finished(*words):
    return message("msg_1", *words, status="completed")


def listed(*messages):
    return {"object": "list", "data": list(messages), "first_id": "a", "last_id": "b", "has_more": False}


def stream(*events):
    return [run(), *events, run("completed")]


MORE = {"function": {"arguments": '{"a": 1}'}}
STEPS = (step("step_1", **begun("c1", "add")), step("step_2", **begun("c2", "look_up")))

PAIRS = {
    "a word in another part of a streamed message": (
        stream(piece("ab"), piece("c", 1)),
        stream(piece("a"), piece("bc", 1)),
    ),
    "a word in another part of a message": (message("msg_1", "ab", "c"), message("msg_1", "a", "bc")),
    "a word in another part of a listed message": (
        listed(message("msg_1", "ab", "c")),
        listed(message("msg_1", "a", "bc")),
    ),
    "arguments of a call of another step": (
        stream(*STEPS, step("step_1", **MORE)),
        stream(*STEPS, step("step_2", **MORE)),
    ),
    "calls of one step or of two": (
        stream(step("step_1", **begun("c1", "add")), step("step_1", 1, **begun("c2", "add"))),
        stream(step("step_1", **begun("c1", "add")), step("step_2", 1, **begun("c2", "add"))),
    ),
    "the end of another run": ([run(), piece("a"), run("completed")], [run(), piece("a"), run("completed", "run_2")]),
    "a message of another assistant": (
        listed(message("msg_1", "a"), message("msg_2", "b")),
        listed(message("msg_1", "a"), message("msg_2", "b", assistant_id="asst_2")),
    ),
    "a message of another run": (
        listed(message("msg_1", "a"), message("msg_2", "b"), message("msg_3", "c", run_id="run_2")),
        listed(message("msg_1", "a"), message("msg_2", "b", run_id="run_2"), message("msg_3", "c", run_id="run_2")),
    ),
}


@pytest.mark.parametrize(("before", "after"), list(PAIRS.values()), ids=list(PAIRS))
def test_a_pair_is_never_the_same(before, after):
    old, new = exchange_of(before), exchange_of(after)

    assert old.read_as == new.read_as == "assistants"
    assert compare(old, new).churn not in QUIET
    assert fingerprint(old) != fingerprint(new)


ALL = [*STEPS, step("step_1", **MORE), piece("a"), piece("b", 1), finished("a", "b")]


def renamed(events):
    text = json.dumps(events)
    for name in ("run_1", "step_1", "step_2", "msg_1", "thread_1", "asst_1"):
        text = text.replace(f'"{name}"', f'"{name}made"')
    return json.loads(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(stream(*ALL), renamed(stream(*ALL)), id="ids made anew"),
        pytest.param(
            stream(piece("a"), piece("bc"), piece("d", 1)),
            stream(piece("ab"), piece("c"), piece("d", 1)),
            id="cut elsewhere",
        ),
        pytest.param(
            stream(STEPS[0], step("step_1", **MORE)),
            stream(
                STEPS[0],
                step("step_1", function={"arguments": '{"a"'}),
                step("step_1", function={"arguments": ": 1}"}),
            ),
            id="arguments cut elsewhere",
        ),
    ],
)
def test_a_new_recording_of_the_same_messages_is_the_same(before, after):
    old, new = exchange_of(before), exchange_of(after)

    assert compare(old, new).churn in QUIET
    assert fingerprint(old) == fingerprint(new)
