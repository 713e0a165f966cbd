"""Cases of the rule stop-with-calls."""

from tests.smells.building import chat, recorded

CALLS = [("look", "{}")]

FIRES = {"it ends with stop": (recorded(chat(answer="", calls=CALLS, finish="stop")), "grey")}
QUIET = {
    "it ends with its calls": recorded(chat(answer="", calls=CALLS, finish="tool_calls")),
    "no calls": recorded(chat()),
}
