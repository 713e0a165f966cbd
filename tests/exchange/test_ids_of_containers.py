"""Names that a server's container made, for itself and for files in it: ids in a request, counted in an answer."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.formats.reading import read

ONE, OTHER = "68a1b2c3d4e5f60718293a4b", "78a1b2c3d4e5f60718293a4b"


def cited(**more):
    return {
        "type": "container_file_citation",
        "container_id": f"cntr_{ONE}",
        "file_id": f"cfile_{ONE}",
        "filename": f"cfile_{ONE}.png",
        "start_index": 0,
        "end_index": 3,
    } | more


def made_by(seed):
    return cited(container_id=f"cntr_{seed}", file_id=f"cfile_{seed}", filename=f"cfile_{seed}.png")


def whole(citation):
    part = {"type": "output_text", "text": "See it.", "annotations": [citation]}
    item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}
    return {"id": "resp_1", "object": "response", "status": "completed", "model": "m", "output": [item]}


def events(citation):
    told = {"output_index": 0, "content_index": 0, "item_id": "msg_1", "sequence_number": 1}
    return [
        {"type": "response.output_text.delta", "delta": "See it.", **told},
        {"type": "response.output_text.annotation.added", "annotation_index": 0, "annotation": citation, **told},
        {"type": "response.completed", "response": whole(citation)},
    ]


def exchange(body, sent="Draw."):
    request = {"method": "POST", "url": "https://a.example.com/v1/responses", "body": {"model": "m", "input": sent}}
    document = {"request": request, "response": {"body": body, "is_streaming": isinstance(body, list)}}
    return read(json.dumps(document).encode()).exchange


@pytest.mark.parametrize("reply", [whole, events])
def test_citations_of_another_container_are_asked(reply):
    """Which of the answer's own files is cited is told by these names alone: two that became one say something else."""
    assert compare(exchange(reply(made_by(ONE))), exchange(reply(made_by(OTHER)))).churn is Churn.DETAILS


@pytest.mark.parametrize("reply", [whole, events])
@pytest.mark.parametrize(
    "more",
    [
        {"filename": "plot.png"},
        {"file_id": "file-of-a-person"},
        {"container_id": None},
        {"end_index": 4},
        {"type": "file_citation"},
    ],
)
def test_all_else_of_a_citation_counts(reply, more):
    assert compare(exchange(reply(cited())), exchange(reply(cited(**more)))).churn is Churn.DETAILS


def test_in_a_request_they_are_ids_of_which_counts_which_is_meant():
    def asked(*containers):
        calls = [
            {"type": "code_interpreter_call", "id": f"ci_{at}", "code": "1", "container_id": f"cntr_{at}"}
            for at in containers
        ]
        return exchange(whole(cited()), [*calls, {"role": "user", "content": "Again."}])

    assert compare(asked(ONE, ONE), asked(OTHER, OTHER)).churn is Churn.IDENTICAL
    assert compare(asked(ONE, ONE), asked(ONE, OTHER)).churn is Churn.REQUEST
