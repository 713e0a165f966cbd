"""Cases of the rule broke-off."""

from tests.smells.building import Sure, changed, chat, recorded
from tests.trees import id_of

CUT = chat(finish="length")
ASKED_FOR = chat(finish="length", params={"max_tokens": 16})
USED = chat(finish=None)
USED["response"]["body"][-1]["__data__"]["usage"] = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}


def whole(finish):
    """Return a chat that was not streamed."""
    made = chat()
    choice = {"index": 0, "message": {"role": "assistant", "content": "Saturn."}, "finish_reason": finish}
    data = {"id": "rec-1", "object": "chat.completion", "created": 0, "choices": [choice]}
    body = {"__type__": "openai.types.chat.chat_completion.ChatCompletion", "__data__": data}
    made["request"]["body"]["stream"] = False
    made["response"] = {"body": body, "is_streaming": False}
    return made


FIRES = {
    "cut off": (recorded(CUT), "red"),
    "cut off, and was whole before": (changed(chat(), CUT), "red"),
    "cut off, and so was what is possibly another call": (
        changed(CUT, chat(answer="S", finish="length"), sure=Sure.POSSIBLE),
        "red",
    ),
    "an end that nobody has described": (recorded(chat(finish="novel")), "amber"),
    "cut off where the request wants no more": (recorded(ASKED_FOR), "grey"),
    "cut off there before it said anything": (
        recorded(chat(answer="", reasoning="Rings?", finish="length", params={"max_tokens": 16})),
        "amber",
    ),
    "no reason is given for the end": (recorded(whole(None)), "grey"),
    "none any more": (changed(whole("stop"), whole(None)), "amber"),
    "a stream without an end": (recorded(chat(finish=None)), "red"),
    "a stream that comes to its end and gives no reason": (recorded(USED), "amber"),
    "cut off where the request wants much": (recorded(chat(finish="length", params={"max_tokens": 4_096})), "red"),
    "cut off where the request wants no more, and whole before": (changed(chat(), ASKED_FOR), "red"),
    "cut off as the test wants by its name": (recorded(chat(finish="length", test=id_of("test_max_tokens"))), "grey"),
    "asked for too early": (recorded(whole("queued")), "grey"),
    "a stream that was still going on": (recorded(chat(finish="in_progress")), "amber"),
    "stopped by a filter": (recorded(chat(finish="content_filter")), "red"),
}
QUIET = {
    "a good end": recorded(chat()),
    "a call": recorded(chat(answer="", calls=[("look", "{}")], finish="tool_calls")),
    "cut off before too": changed(CUT, chat(answer="Saturn", finish="max_tokens")),
}
