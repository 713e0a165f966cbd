"""Cases of the rule broke-off."""

from tests.smells.building import Sure, changed, chat, recorded
from tests.trees import id_of

CUT = chat(finish="length")
ASKED_FOR = chat(finish="length", params={"max_tokens": 16})

FIRES = {
    "cut off": (recorded(CUT), "red"),
    "cut off, and was whole before": (changed(chat(), CUT), "red"),
    "cut off, and so was what is possibly another call": (
        changed(CUT, chat(answer="S", finish="length"), sure=Sure.POSSIBLE),
        "red",
    ),
    "an end that nobody has described": (recorded(chat(finish="novel")), "amber"),
    "cut off where the request wants no more": (recorded(ASKED_FOR), "amber"),
    "cut off where the request wants much": (recorded(chat(finish="length", params={"max_tokens": 4_096})), "red"),
    "cut off where the request wants no more, and whole before": (changed(chat(), ASKED_FOR), "red"),
    "cut off as the test wants by its name": (recorded(chat(finish="length", test=id_of("test_max_tokens"))), "grey"),
    "asked for too early": (recorded(chat(finish="queued")), "amber"),
    "stopped by a filter": (recorded(chat(finish="content_filter")), "red"),
}
QUIET = {
    "a good end": recorded(chat()),
    "a call": recorded(chat(answer="", calls=[("look", "{}")], finish="tool_calls")),
    "cut off before too": changed(CUT, chat(answer="Saturn", finish="max_tokens")),
}
