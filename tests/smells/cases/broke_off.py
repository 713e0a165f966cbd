"""Cases of the rule broke-off."""

from tests.smells.building import Sure, changed, chat, recorded

CUT = chat(finish="length")

FIRES = {
    "cut off": (recorded(CUT), "red"),
    "cut off, and was whole before": (changed(chat(), CUT), "red"),
    "cut off, and so was what is possibly another call": (
        changed(CUT, chat(answer="S", finish="length"), sure=Sure.POSSIBLE),
        "red",
    ),
    "an end that nobody has described": (recorded(chat(finish="novel")), "amber"),
    "stopped by a filter": (recorded(chat(finish="content_filter")), "red"),
}
QUIET = {
    "a good end": recorded(chat()),
    "a call": recorded(chat(answer="", calls=[("look", "{}")], finish="tool_calls")),
    "cut off before too": changed(CUT, chat(answer="Saturn", finish="max_tokens")),
}
