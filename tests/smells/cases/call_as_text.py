"""Cases of the rule call-as-text."""

from tests.smells.building import changed, chat, recorded

TOOLS = {"tools": [{"type": "function", "function": {"name": "get_weather"}}]}


def saying(answer, **more):
    return chat(answer=answer, params=TOOLS, **more)


FIRES = {
    "the mark of one": (recorded(saying('<|python_tag|>{"name": "get_weather", "parameters": {}}')), "amber"),
    "the mark of an invocation": (recorded(saying('<invoke name="get_weather"></invoke>')), "amber"),
    "the address of a channel": (
        recorded(saying("<|channel|>commentary to=functions.get_weather<|message|>{}")),
        "amber",
    ),
    "a list of calls": (recorded(saying('functools[{"name": "get_weather", "arguments": {}}]')), "amber"),
    "an object": (recorded(saying('{"name": "get_weather", "parameters": {"city": "Tokyo"}}')), "amber"),
    "in a fence": (recorded(saying('```json\n{"name": "get_weather", "arguments": {}}\n```')), "amber"),
    "a list of one": (recorded(saying("[get_weather(city='Tokyo')]")), "amber"),
    "in the place of a call": (
        changed(saying("", calls=[("get_weather", "{}")], finish="tool_calls"), saying("<tool_call>{}</tool_call>")),
        "amber",
    ),
}
QUIET = {
    "an answer": recorded(saying("It is sunny in Tokyo.")),
    "an answer that tells of an address": recorded(
        saying("The channel is written as `to=functions.get_weather` there.")
    ),
    "an answer that names the tool": recorded(saying("I would call get_weather(city) for that.")),
    "a call of what was not offered": recorded(saying("[get_time()]")),
    "nothing was offered": recorded(chat(answer='{"name": "get_weather", "parameters": {}}')),
    "an object that is no call": recorded(saying('{"name": "get_weather", "since": 2024}')),
    "a call beside it": recorded(saying("<tool_call>", calls=[("get_weather", "{}")], finish="tool_calls")),
    "so before": changed(saying("[get_weather()]"), saying("<tool_call>")),
}
