"""Cases of the rule refusal-words."""

from tests.smells.building import changed, chat, recorded
from tests.trees import id_of

SORRY = "I'm sorry, but I can't help with that."

FIRES = {
    "sorry": (recorded(chat(answer=SORRY)), "amber"),
    "without a sorry": (recorded(chat(answer="I cannot provide guidance on illegal activities.")), "amber"),
    "this request": (recorded(chat(answer="Sorry, I am unable to process this request.")), "amber"),
    "an AI": (recorded(chat(answer="As an AI language model, I have no opinions.")), "amber"),
    "a curved apostrophe": (recorded(chat(answer="I’m unable to assist you.")), "amber"),
    "as the test wants by its name": (recorded(chat(answer=SORRY, test=id_of("test_refusal"))), "grey"),
    "since now": (changed(chat(), chat(answer=SORRY)), "amber"),
}
QUIET = {
    "an answer": recorded(chat()),
    "sorry for something else": recorded(chat(answer="I'm sorry to hear that. Saturn has rings.")),
    "said of somebody": recorded(chat(answer="She said: I can't help with that.")),
    "a call beside it": recorded(chat(answer=SORRY, calls=[("look", "{}")], finish="tool_calls")),
    "so before": changed(chat(answer=SORRY), chat(answer="I can't assist.")),
}
