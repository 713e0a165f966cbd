"""Cases of the rule unoffered-tool."""

from tests.smells.building import changed, chat, recorded


def calling(name, *tools):
    return chat(answer="", calls=[(name, "{}")], finish="tool_calls", params={"tools": list(tools)})


def offered(name):
    return {"type": "function", "function": {"name": name}}


FIRES = {
    "another was offered": (recorded(calling("list_files", offered("get_file"))), "amber"),
    "one more is called": (changed(calling("look", offered("look")), calling("see", offered("look"))), "amber"),
}
QUIET = {
    "it was offered": recorded(calling("look", offered("see"), offered("look"))),
    "nothing was offered": recorded(calling("look")),
    "a tool of the server": recorded(calling("look", offered("see"), {"type": "mcp", "server_label": "x"})),
    "tools that a search finds": recorded(calling("look", {"type": "tool_search"})),
    "it was called before": changed(calling("see", offered("look")), calling("see", offered("look"))),
}
