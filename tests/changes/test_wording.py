"""What one line says about a change."""

from recviewer.changes.wording import summarize
from recviewer.difference.compare import compare


def line(make, *documents):
    old, new = (make.side(document) for document in documents)
    return summarize(compare(old.exchange, new.exchange), old, new)


def asking(make, *messages):
    document = make.chat()
    document["request"]["body"]["messages"] = list(messages)
    return document


def test_what_a_turn_has_besides_its_words_is_named_with_its_values(make):
    old, new = (
        asking(make, {"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": {"ttl": ttl}}]})
        for ttl in ("5m", "1h")
    )

    assert line(make, old, new) == "request.messages[0].content[0].cache_control.ttl 5m → 1h"


def test_ids_that_refer_otherwise_are_told_as_that(make):
    calls = [
        {"id": id, "type": "function", "function": {"name": name, "arguments": "{}"}}
        for id, name in (("one", "look"), ("two", "see"))
    ]
    old, new = (
        asking(
            make,
            {"role": "assistant", "tool_calls": calls},
            *({"role": "tool", "tool_call_id": id, "content": text} for id, text in zip(ids, "ab", strict=True)),
        )
        for ids in (("one", "two"), ("two", "one"))
    )

    assert line(make, old, new) == "ids refer to each other differently"
