"""Cases of the rule lost-tool-call."""

from tests.smells.building import Sure, changed, chat


def call(given="{}"):
    return chat(answer="", calls=[("look", given)], finish="tool_calls")


FIRES = {
    "an answer instead": (changed(call(), chat(answer="I will not look.")), "red"),
    "compared with a guess": (changed(call(), chat(), sure=Sure.POSSIBLE), "amber"),
}
QUIET = {
    "another call": changed(call(), call('{"a": 1}')),
    "an error, which is another matter": changed(call(), chat(error="slow down")),
    "what cannot be read": changed(call(), b"{"),
}
