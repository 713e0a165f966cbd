"""Changes in answers of agents and tool servers that once went unseen: each pair differs in something on no list."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

QUIET = {Churn.IDENTICAL, Churn.CHUNKING}
MADE = [f"0000000{number}-1111-4222-8333-944455556666" for number in range(9)]
TASK, OTHER_TASK, CONTEXT, OTHER_CONTEXT, ARTIFACT, OTHER_ARTIFACT, MESSAGE, OTHER_MESSAGE, NEW = MADE
DATA = {"kind": "data", "data": {"x": 1}}


def answered(body, method):
    asked = {"jsonrpc": "2.0", "id": 7, "method": method, "params": {}}
    return {
        "request": {"method": "POST", "url": "https://h.test/x", "body": asked, "model": ""},
        "response": {"body": body, "is_streaming": isinstance(body, list)},
    }


def exchange_of(body, method):
    return read(json.dumps(answered(body, method)).encode()).exchange


def result(**held):
    return {"jsonrpc": "2.0", "id": 7, "result": held}


def parts_of(*said):
    return [{"kind": "text", "text": one} if isinstance(one, str) else one for one in said]


def state(name, *said, message=None, **held):
    status = {"state": name} | ({"message": {"messageId": message, "parts": parts_of(*said)}} if said else {})
    return result(**{"kind": "status-update", "taskId": TASK, "contextId": CONTEXT, "status": status, **held})


def artifact(*said, name=ARTIFACT, append=False, **held):
    made = {"artifactId": name, "parts": parts_of(*said)}
    return result(
        **{"kind": "artifact-update", "taskId": TASK, "contextId": CONTEXT, "artifact": made, "append": append, **held}
    )


WORKING = state("working")
ENDED = state("completed", final=True)


def stream(*events, last=ENDED):
    return [WORKING, *events, last]


def task(*artifacts, **status):
    """A complete task: pairs of (name of an artifact, its parts)."""
    made = [{"artifactId": name, "parts": parts_of(*said)} for name, said in artifacts]
    return result(kind="task", id=TASK, contextId=CONTEXT, status={"state": "completed", **status}, artifacts=made)


def said(text, **ids):
    return {"message": {"parts": parts_of(text), "messageId": MESSAGE, **ids}}


AGENTS = {
    "the end comes twice": (stream(artifact("a")), [*stream(artifact("a")), ENDED]),
    "a state comes twice": (stream(artifact("a")), [WORKING, *stream(artifact("a"))]),
    "a state comes again later": (
        stream(artifact("a")),
        [WORKING, state("working", status={"state": "working", "timestamp": "t"}), artifact("a"), ENDED],
    ),
    "a text in an artifact of its own": (
        stream(artifact("a"), artifact("b", append=True)),
        stream(artifact("a"), artifact("b", append=True, name=OTHER_ARTIFACT)),
    ),
    "a text that replaces an artifact": (
        stream(artifact("a"), artifact("b"), artifact("c", append=True)),
        stream(artifact("a"), artifact("b", append=True), artifact("c", append=True)),
    ),
    "a fragment of the other artifact": (
        stream(artifact("a"), artifact("b", name=OTHER_ARTIFACT), artifact("c", append=True)),
        stream(artifact("a"), artifact("b", name=OTHER_ARTIFACT), artifact("c", append=True, name=OTHER_ARTIFACT)),
    ),
    "a word in the artifact instead of the message": (
        stream(state("working", "ab"), artifact("c")),
        stream(state("working", "a"), artifact("bc")),
    ),
    "a message before an artifact": (
        stream(state("working", "a"), artifact("a"), state("working", "b")),
        stream(state("working", "a"), state("working", "a"), artifact("b")),
    ),
    "a word in another part": (stream(artifact("ab", "c")), stream(artifact("a", "bc"))),
    "an artifact of another task": (stream(artifact("a")), stream(artifact("a", taskId=OTHER_TASK))),
    "the end of another task": (stream(), stream(last=state("completed", final=True, taskId=OTHER_TASK))),
    "a later event of another context": (stream(artifact("a")), stream(artifact("a", contextId=OTHER_CONTEXT))),
    "a message that comes again": (
        stream(state("working", "a", message=MESSAGE), state("working", "b", message=OTHER_MESSAGE)),
        stream(state("working", "a", message=MESSAGE), state("working", "b", message=MESSAGE)),
    ),
    "a word in another artifact of a task": (
        task((ARTIFACT, ["ab"]), (OTHER_ARTIFACT, ["c"])),
        task((ARTIFACT, ["a"]), (OTHER_ARTIFACT, ["bc"])),
    ),
    "two artifacts of a task that are one": (
        task((ARTIFACT, ["a"]), (OTHER_ARTIFACT, ["b"])),
        task((ARTIFACT, ["a"]), (ARTIFACT, ["b"])),
    ),
    "a word in the message of a task": (
        task((ARTIFACT, ["ab"]), **said("c")),
        task((ARTIFACT, ["a"]), **said("bc")),
    ),
    "a message about another task": (
        task((ARTIFACT, ["a"]), **said("b", taskId=TASK)),
        task((ARTIFACT, ["a"]), **said("b", taskId=OTHER_TASK)),
    ),
}

NOTICE = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progress": 1}}
TOLD = result(content=[{"type": "text", "text": "a"}])
EMPTY = result(content=[])

SERVERS = {
    "a notification after the response": ([NOTICE, TOLD], [TOLD, NOTICE]),
    "an empty response twice": ([NOTICE, EMPTY], [NOTICE, EMPTY, EMPTY]),
}


PAIRS = [
    pytest.param(method, before, after, id=name)
    for method, found in (("message/stream", AGENTS), ("tools/call", SERVERS))
    for name, (before, after) in found.items()
]


@pytest.mark.parametrize(("method", "before", "after"), PAIRS)
def test_a_pair_is_never_the_same(method, before, after):
    old, new = exchange_of(before, method), exchange_of(after, method)

    assert old.read_as == new.read_as == ("a2a" if method == "message/stream" else "mcp")
    assert compare(old, new).churn not in QUIET
    assert fingerprint(old) != fingerprint(new)


def renamed(body):
    text = json.dumps(body)
    for number, name in enumerate(MADE):
        text = text.replace(name, f"0000000{number}-9999-4999-8999-955566667777")
    return json.loads(text)


LONG = stream(
    state("working", "a", message=MESSAGE),
    artifact("Four "),
    artifact("metres.", append=True),
    artifact(DATA, name=NEW),
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(LONG, renamed(LONG), id="all ids made anew"),
        pytest.param(
            stream(artifact("a"), artifact("bc", append=True)),
            stream(artifact("ab"), artifact("c", append=True)),
            id="cut elsewhere",
        ),
        pytest.param(task((ARTIFACT, ["a"])), renamed(task((ARTIFACT, ["a"]))), id="ids of a task"),
    ],
)
def test_a_new_recording_of_the_same_answer_is_the_same(before, after):
    old, new = exchange_of(before, "message/stream"), exchange_of(after, "message/stream")

    assert compare(old, new).churn in QUIET
    assert fingerprint(old) == fingerprint(new)
