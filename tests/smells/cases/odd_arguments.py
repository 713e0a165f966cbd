"""Cases of the rule odd-arguments."""

from tests.smells.building import changed, chat, recorded

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "celsius": {"type": ["boolean", "null"]}, "unit": {"enum": ["C", "F"]}},
    "required": ["city"],
    "additionalProperties": False,
}


def calling(arguments, schema=SCHEMA):
    tools = [{"type": "function", "function": {"name": "look", "parameters": schema}}]
    return chat(answer="", calls=[("look", arguments)], finish="tool_calls", params={"tools": tools})


FIRES = {
    "one is missing": (recorded(calling("{}")), "amber"),
    "there are none": (recorded(calling("")), "amber"),
    "of another type": (recorded(calling('{"city": "Ulm", "celsius": "true"}')), "amber"),
    "none of the allowed": (recorded(calling('{"city": "Ulm", "unit": "K"}')), "amber"),
    "one that is not in the schema": (recorded(calling('{"city": "Ulm", "day": 1}')), "amber"),
    "another fault than before": (changed(calling("{}"), calling('{"city": 1}')), "amber"),
}
QUIET = {
    "they fit": recorded(calling('{"city": "Ulm", "celsius": null, "unit": "C"}')),
    "no JSON": recorded(calling("{")),
    "the same fault before": changed(calling("{}"), calling('{"unit": "C"}')),
    "a tool without a schema": recorded(calling('{"city": 1}', {})),
    "a schema that refers to elsewhere": recorded(calling("{}", {"$ref": "https://example.com/schema.json"})),
    "a schema that refers to itself": recorded(calling("{}", {"$ref": "#"})),
    "a pattern that takes for ever": recorded(
        calling('{"city": "' + "a" * 40 + '!"}', {"properties": {"city": {"pattern": "^(a+)+$"}}})
    ),
    "a tool that was not offered": recorded(chat(answer="", calls=[("look", "{}")], finish="tool_calls")),
}
