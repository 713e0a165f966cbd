"""What a request refers to by ids of earlier answers in its file."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.pairing.references import REFERENCES
from recviewer.pairing.sides import file_meaning_of

PATH = "tests/cassettes/test_a/test_b.yaml"
API = "https://api.openai.com/v1"


def interaction(address, sent, given):
    asked, body = (json.dumps(json.dumps(one)) for one in (sent, given))
    return (
        f"- request: {{method: POST, uri: {API}{address}, headers: {{}}, body: {asked}}}\n"
        f"  response: {{status: {{code: 200, message: OK}}, headers: {{}}, body: {{string: {body}}}}}\n"
    )


def cassette(*interactions):
    return ("interactions:\n" + "".join(interactions) + "version: 1\n").encode()


def response(id, asked, *, text="", calls=(), **more):
    message = {
        "type": "message",
        "id": f"msg_{id}",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text}],
    }
    called = [
        {"type": "function_call", "id": f"fc_{call}", "call_id": call, "name": name, "arguments": "{}"}
        for name, call in calls
    ]
    reply = {"id": id, "object": "response", "status": "completed", "output": [message] if text else called}
    return interaction("/responses", {"model": "m", "input": asked, **more}, reply)


def chain(name, continued):
    """Three answers, of which the last continues one of the others. name: a part of each id."""
    return cassette(
        response(f"resp_{name}1", "Name a planet.", text="Saturn."),
        response(f"resp_{name}2", "Another.", text="Uranus.", previous_response_id=f"resp_{name}1"),
        response(f"resp_{name}3", "Its moons?", text="Many.", previous_response_id=f"resp_{name}{continued}"),
    )


def results(name, order):
    """Two calls in one answer, and a request with their results. order: which result is for which call."""
    given = [
        {"type": "function_call_output", "call_id": f"call_{name}{which}", "output": output}
        for which, output in zip(order, ("rings", "moons"), strict=True)
    ]
    return cassette(
        response(f"resp_{name}1", "Look.", calls=(("first", f"call_{name}1"), ("second", f"call_{name}2"))),
        response(f"resp_{name}2", given, text="Done.", previous_response_id=f"resp_{name}1"),
    )


def uploads(name, which):
    """Two files, and a question about one of them."""
    asked = [{"type": "input_file", "file_id": f"file-{name}1{which}2abc3def45"}]
    return cassette(
        *(
            interaction(
                "/files", {"purpose": title}, {"id": f"file-{name}1{n}2abc3def45", "object": "file", "filename": title}
            )
            for n, title in enumerate(("planets.txt", "moons.txt"), 1)
        ),
        response(f"resp_{name}", [{"role": "user", "content": asked}], text="It is short."),
    )


def items(name, which):
    """Two messages in one answer, and a request that names one of them."""
    message = {"type": "message", "role": "assistant"}
    output = [
        {**message, "id": f"msg_{name}{n}", "content": [{"type": "output_text", "text": text}]}
        for n, text in enumerate(("Saturn.", "Uranus."), 1)
    ]
    reply = {"id": f"resp_{name}1", "object": "response", "status": "completed", "output": output}
    asked = [{"type": "item_reference", "id": f"msg_{name}{which}"}]
    return cassette(
        interaction("/responses", {"model": "m", "input": "Name two."}, reply),
        response(f"resp_{name}2", asked, text="It has rings."),
    )


KINDS = {
    "an answer": (chain, 2, 1),
    "results of calls": (results, (1, 2), (2, 1)),
    "a file": (uploads, 1, 2),
    "an item": (items, 1, 2),
}


def last(data):
    return file_meaning_of(data, PATH, "").parts[-1].meaning.exchange


@pytest.mark.parametrize("kind", KINDS)
def test_another_reference_is_a_detail(kind):
    made, one, other = KINDS[kind]

    found = compare(last(made("a", one)), last(made("b", other)))

    assert found.churn.value == "details"
    assert {value.keys[0] for section in found.sections for item in section.items for value in item.values} == {
        REFERENCES
    }


@pytest.mark.parametrize("kind", KINDS)
def test_new_ids_with_the_same_references_are_the_same(kind):
    made, one, _ = KINDS[kind]

    assert compare(last(made("a", one)), last(made("b", one))).churn.value == "identical"


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_range_another_reference_is_asked(tree, kind):
    made, one, other = KINDS[kind]
    base, head, again = tree.imported({PATH: made("a", one)}, {PATH: made("b", other)}, {PATH: made("c", other)})

    def classes(spec):
        return [change.churn.value for change in tree.overview(spec).changes if change.asks]

    assert classes(f"{base}..{head}") == ["details"]
    assert classes(f"{head}..{again}") == []


def test_other_exchanges_may_come_and_go():
    before = chain("a", 1)
    other = response("resp_x", "What is a comet?", text="Ice.")
    after = chain("b", 1).replace(b"interactions:\n", b"interactions:\n" + other.encode())

    assert compare(last(before), last(after)).churn.value == "identical"


def test_how_often_something_was_asked_for_does_not_matter():
    def polled(many):
        data = uploads("a", 1)
        at = data.rindex(b"- request")
        poll = interaction("/files/file-a122abc3def45", {}, {"id": "file-a122abc3def45", "object": "file"}).encode()
        return data[:at] + poll * many + data[at:]

    assert compare(last(polled(1)), last(polled(4))).churn.value == "identical"


def test_a_request_that_says_what_an_id_names_refers_to_nothing():
    call = {"type": "function_call", "call_id": "call_1", "name": "first", "arguments": "{}"}
    result = {"type": "function_call_output", "call_id": "call_1", "output": "rings"}
    message = {
        "type": "message",
        "id": "msg_resp_1",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "Yes."}],
    }
    calling = response("resp_1", "Look.", calls=(("first", "call_1"),))

    for data in (
        cassette(calling, response("resp_2", [call, result], text="Done.")),
        cassette(response("resp_1", "Look.", text="Yes."), response("resp_2", [message], text="Done.")),
    ):
        assert REFERENCES not in last(data).place
