"""What an answer in chat's shape holds is read, or left over: nothing of it is lost."""

import copy

import pytest

from recviewer.formats.answers import texts_in, without_read
from recviewer.formats.lookup import Lookup

MESSAGES = {
    "parts": {
        "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": "Add."}], "closed": True},
            {"type": "text", "text": "It is 4.", "annotations": [1]},
            "Yes.",
            {"type": "refusal", "refusal": "No.", "code": 1},
            {"type": "reference", "reference_ids": [1]},
            {"type": "image_url", "index": 0, "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
            {"type": "text", "text": 5},
            {"text": "bare"},
            7,
        ]
    },
    "details": {
        "content": "4",
        "reasoning_details": [
            {"type": "reasoning.text", "text": "Think", "signature": "c2ln", "format": "x"},
            {"type": "reasoning.summary", "summary": " hard.", "index": 1},
            {"type": "reasoning.encrypted", "data": "Z3o=", "id": "r"},
        ],
    },
    "repeated": {
        "content": "4",
        "reasoning": "Think",
        "reasoning_details": [{"type": "reasoning.text", "text": "Think"}],
    },
    "contrary": {
        "content": "4",
        "reasoning": "Think",
        "reasoning_details": [{"type": "reasoning.text", "text": "Other"}],
    },
    "blocks": {"content": "4", "thinking_blocks": [{"type": "thinking", "thinking": "Think.", "signature": "c2ln"}]},
    "object": {"content": "4", "reasoning": {"content": "Think", "effort": "low"}},
    "several": {"content": "4", "reasoning_content": "a", "reasoning_text": "a", "thinking": "b"},
    "both": {"content": [{"type": "thinking", "thinking": "a"}, {"type": "text", "text": "x"}], "reasoning": "b"},
    "audio": {"content": None, "audio": {"id": "a", "data": "UklGRg==", "transcript": "Hi."}},
    "echo": {"content": "Hi.", "audio": {"id": "a", "transcript": "Hi."}},
    "images": {
        "content": "x",
        "images": [{"type": "image_url", "image_url": {"url": "data:,a"}, "index": 0}, {"b64": "x"}],
    },
    "plain": {"content": "x", "refusal": "y", "reasoning": "z"},
}


def places(value):
    found = []
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found += [(value, key), *places(value[key])]
    return found


def changed(value):
    if isinstance(value, dict):
        return {**value, "new": 1}
    if isinstance(value, list):
        return [*value, "new"]
    return {str: f"{value}~", int: 9, bool: not value}.get(type(value), "new")


def counted(message):
    message = copy.deepcopy(message)
    return texts_in(Lookup(message, "")), without_read(message)


@pytest.mark.parametrize("name", MESSAGES)
def test_any_change_of_a_message_is_read_or_left_over(name):
    message = copy.deepcopy(MESSAGES[name])
    before = counted(message)

    for holder, key in places(message):
        kept = holder[key]
        holder[key] = changed(kept)
        assert counted(message) != before, key
        holder[key] = kept


def test_what_was_read_is_not_left_over():
    assert without_read(MESSAGES["parts"])["content"] == [
        {"type": "thinking", "closed": True, "thinking": [{"type": "text"}]},
        {"type": "text", "annotations": [1]},
        "(a text)",
        {"type": "refusal", "code": 1},
        {"type": "image_url", "index": 0, "image_url": {"detail": "low"}},
        {"type": "text", "text": 5},
    ]
    assert without_read(MESSAGES["repeated"])["reasoning_details"] == [{"type": "reasoning.text"}]
    assert without_read(MESSAGES["contrary"])["reasoning_details"] == [{"type": "reasoning.text", "text": "Other"}]
    assert without_read(MESSAGES["audio"])["audio"] == {"id": "a", "data": "UklGRg==", "transcript": "(a text)"}
    assert without_read(MESSAGES["echo"])["audio"] == {"id": "a"}
    assert without_read(MESSAGES["plain"]) is MESSAGES["plain"]
