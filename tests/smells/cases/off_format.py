"""Cases of the rule off-format."""

from tests.smells.building import changed, chat, recorded

SCHEMA = {
    "type": "object",
    "properties": {"name": {"$ref": "#/$defs/Name"}, "age": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
    "required": ["name", "age"],
    "$defs": {"Name": {"type": "string"}},
}


def saying(answer, **more):
    asked = {"type": "json_schema", "json_schema": {"name": "Person", "schema": SCHEMA}}
    return chat(answer=answer, params={"response_format": asked}, **more)


FIRES = {
    "words": (recorded(saying("Sure! Here it is:")), "red"),
    "another form": (recorded(saying('{"name": "Ada"}')), "amber"),
    "another type": (recorded(saying('{"name": 1, "age": 1}')), "amber"),
    "none of the forms": (recorded(saying('{"name": "Ada", "age": "old"}')), "amber"),
    "any object was asked for": (
        recorded(chat(answer="Sure!", params={"response_format": {"type": "json_object"}})),
        "red",
    ),
    "asked for as Anthropic has it": (
        recorded(chat(answer="Ada.", params={"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}})),
        "red",
    ),
    "asked for as Anthropic had it": (
        recorded(chat(answer='{"name": 1}', params={"output_format": {"type": "json_schema", "schema": SCHEMA}})),
        "amber",
    ),
    "it had the format before": (changed(saying('{"name": "Ada", "age": 1}'), saying("Ada.")), "red"),
}
QUIET = {
    "it fits": recorded(saying('{"name": "Ada", "age": null}')),
    "text was asked for": recorded(chat(params={"response_format": {"type": "text"}})),
    "nothing was asked for": recorded(chat()),
    "it was cut off": recorded(saying('{"name": "A', finish="length")),
    "a call": recorded(saying("", calls=[("look", "{}")], finish="tool_calls")),
    "words before": changed(saying("Sure!"), saying("Yes.")),
}
