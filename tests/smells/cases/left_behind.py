"""Cases of the rule left-behind."""

import json

from tests.smells.building import UNKNOWN_NAME, among, chat
from tests.trees import id_of

OLD, NEW = (json.dumps({"query": words}) for words in ("Q1 events", "Q1 2023 events"))
LONG = "Saturn is the planet with rings that everybody knows, and it has had them for a long time. "


def searching(arguments, **more):
    return chat(answer="", calls=[("file_search", arguments)], finish="tool_calls", **more)


def going_on(arguments, name="file_search", **more):
    made = chat(**more)
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    made["request"]["body"]["messages"] += [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "[]"},
    ]
    return made


def after(answer, **more):
    return chat("And which else?", turns=[("user", "Which planet has rings?"), ("assistant", answer)], **more)


OTHER = {"test": id_of("test_other")}

FIRES = {
    "a call": (among(going_on(OLD), searching(NEW)), "amber"),
    "replay does not find it either": (among(going_on(OLD), searching(NEW), paths=[UNKNOWN_NAME]), "amber"),
    "an answer": (among(after(LONG), chat(answer="Saturn.")), "amber"),
    "a call of another test": (among(going_on(OLD), searching(NEW), searching(OLD, **OTHER)), "amber"),
}
QUIET = {
    "the call is there": among(going_on(OLD), searching(OLD)),
    "in another order of its keys": among(going_on('{"a": 1, "b": 2}'), searching('{"b": 2, "a": 1}')),
    "the answer is there": among(after(LONG), chat(answer=LONG.strip())),
    "nobody calls that tool in the test": among(going_on(OLD), chat()),
    "a short answer": among(after("Hello Ada!"), chat(answer="Hello.")),
    "an answer that several tests quote": among(after(LONG), chat(), after(LONG, **OTHER)),
    "a summary of the server": among(after(f"Another language model started to solve this problem. {LONG}"), chat()),
    "nothing is quoted": among(chat(), searching(NEW)),
    "no test": among(going_on(OLD, test=None), searching(NEW, test=None)),
}
