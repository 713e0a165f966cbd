"""What was not understood of an answer is shown as it is, with its path, and "Nothing came back" is said of nothing else."""

import json

import pytest


@pytest.fixture
def stored_recording(client, make_recording):
    """Return a function that writes a document and returns its page."""

    def shown(document):
        recording = make_recording("tests/recordings/odd.json", data=json.dumps(document).encode())
        return client.get(f"/r/{recording.path}").content.decode()

    return shown


def message_of(document):
    return document["response"]["body"]["__data__"]["choices"][0]["message"]


def test_unknown_key_of_an_answer_is_shown_with_its_path(stored_recording, chat):
    document = chat()
    message_of(document)["telepathy"] = {"thought": "walrusword"}

    html = stored_recording(document)

    assert "not understood" in html
    assert "choices[0].message.telepathy" in html
    assert "walrusword" in html


def test_many_unknown_keys_are_folded_after_the_first(stored_recording, chat):
    document = chat()
    message_of(document).update({f"odd{place}": "x" * 400 for place in range(20)})

    html = stored_recording(document)

    assert "odd5" in html
    assert "14 more values" in html


@pytest.mark.parametrize(("body", "is_nothing"), [({"verdict": "walrusword"}, False), ({}, True), ("", True)])
def test_nothing_came_back_is_said_only_of_an_empty_body(stored_recording, chat, body, is_nothing):
    document = chat()
    document["response"]["body"] = body

    html = stored_recording(document)

    assert ("Nothing came back" in html) is is_nothing
    assert ("walrusword" in html) is not is_nothing
