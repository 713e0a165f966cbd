"""Cases of the rule over-scrubbed."""

import copy

from tests.smells.building import changed, chat, recorded

BODY = copy.deepcopy(chat())
BODY["response"] = {"body": "REDACTED", "is_streaming": False}

FIRES = {
    "a mark in brackets": (recorded(chat(answer="[redacted]")), "amber"),
    "a mark in capital letters": (recorded(chat(answer="SANITIZED")), "amber"),
    "the mark of the test proxy": (recorded(chat(answer="Sanitized")), "amber"),
    "stars": (recorded(chat(answer="***** ***")), "amber"),
    "all that was asked": (recorded(chat("<REDACTED>")), "amber"),
    "the whole body": (recorded(BODY), "amber"),
    "since now": (changed(chat(), chat(answer="[REDACTED]")), "amber"),
}
QUIET = {
    "an answer": recorded(chat()),
    "a mark among words": recorded(chat(answer="Write to [REDACTED] about Saturn.")),
    "a word of the test proxy among others": recorded(chat(answer="Sanitized input.")),
    "a word that is no mark": recorded(chat(answer="Filtered.")),
    "numbers": recorded(chat(answer="3 *** 4")),
    "nothing": recorded(chat(answer="")),
    "a call": recorded(chat(answer="[REDACTED]", calls=[("look", "{}")], finish="tool_calls")),
    "so before": changed(chat(answer="[REDACTED]"), chat(answer="***")),
}
