"""Cases of the rule volatile-reply."""

from tests.smells.building import chat, models, recorded, with_each


def of(**values):
    return recorded(with_each(chat(), lambda chunk: chunk["__data__"].update(values)))


def in_one(**values):
    made = chat()
    made["response"] = {"body": {"outputs": [{"type": "text", "text": "Saturn."}]} | values, "is_streaming": False}
    return recorded(made)


def dated(date):
    def put(chunk):
        chunk["__data__"]["sdk_http_response"] = {"headers": {"Date": date}}

    return recorded(with_each(chat(), put))


FIRES = {
    "an id": (of(id="chatcmpl-9aBcDeFgHiJk"), "grey"),
    "an id of Anthropic's": (of(id="msg_f4c0ffee00f4c0ffee00"), "grey"),
    "a uuid": (of(id="0b6c1f2e-1111-4222-8333-123456789abc"), "grey"),
    "a time": (of(created=1759449600), "grey"),
    "a time in words": (in_one(created="2026-04-09T14:34:05Z"), "grey"),
    "a duration": (of(total_duration=123456789), "grey"),
    "the date of a header": (dated("Wed, 08 Apr 2026 13:29:12 GMT"), "grey"),
}
QUIET = {
    "fixed values": recorded(chat()),
    "a fixed date": of(created_at="1970-01-01T00:00:00.000000Z", total_duration=0),
    "times in what was said": recorded(chat(answer='{"id": "chatcmpl-9aBcDeFgHiJk", "created": 1759449600}', chunks=1)),
    "ids in the question": recorded(chat('{"created": 1759449600}')),
    "a list of models": recorded(models("a", "b")),
    "no date": dated(""),
}
