"""Cases of the rule bad-arguments."""

from tests.smells.building import changed, chat, recorded


def calling(arguments, **more):
    return chat(answer="", calls=[("look", arguments)], finish="tool_calls", **more)


FIRES = {
    "they are cut off": (recorded(calling('{"city": "Ber')), "red"),
    "they are no object": (recorded(calling("[1]")), "red"),
    "they were right before": (changed(calling("{}"), calling("{")), "red"),
    "they are nested too deep": (recorded(calling("[" * 200_000)), "red"),
}
QUIET = {
    "an object": recorded(calling('{"city": "Berlin"}')),
    "none": recorded(calling("")),
    "null": recorded(calling("null")),
    "no call": recorded(chat()),
    "they were as bad before": changed(calling("{"), calling("[")),
}
