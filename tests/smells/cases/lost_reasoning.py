"""Cases of the rule lost-reasoning."""

from tests.smells.building import changed, chat

THOUGHT = "The user asks for planets with rings, so Saturn it is."

FIRES = {"an empty channel": (changed(chat(reasoning=THOUGHT), chat()), "amber")}
QUIET = {
    "other thoughts": changed(chat(reasoning=THOUGHT), chat(reasoning="Other thoughts.")),
    "it leaked, which is another matter": changed(
        chat(reasoning=THOUGHT), chat(answer=f"<think>{THOUGHT}</think>Saturn.")
    ),
    "never": changed(chat(), chat(answer="Mars.")),
}
