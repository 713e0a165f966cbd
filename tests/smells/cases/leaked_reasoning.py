"""Cases of the rule leaked-reasoning."""

from tests.smells.building import changed, chat, recorded
from tests.trees import id_of

THOUGHT = "The user asks for planets with rings, so Saturn it is."

FIRES = {
    "a tag": (recorded(chat(answer="<think>Rings?</think>Saturn.")), "red"),
    "a tag that models write by themselves": (recorded(chat(answer="<thinking>Rings?</thinking>Saturn.")), "amber"),
    "where the test is about thinking": (
        recorded(chat(answer="<think>Rings?</think>Saturn.", test=id_of("test_thinking_part_iter"))),
        "amber",
    ),
    "where the test is about no thinking by its name": (
        recorded(chat(answer="<think>Rings?</think>Saturn.", test=id_of("test_rethinking"))),
        "red",
    ),
    "the end of it alone": (recorded(chat(answer="Rings?\n</think>\n\nSaturn.")), "red"),
    **{
        f"a mark of another model, {mark}": (recorded(chat(answer=f"{mark}Rings?{end}Saturn.")), "red")
        for mark, end in (("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷"), ("<seed:think>", "</seed:think>"))
    },
    "a mark with bars": (recorded(chat(answer="<|START_THINKING|>Rings?<|END_THINKING|>Saturn.")), "red"),
    "channels without their marks": (recorded(chat(answer="analysisRings.assistantfinalSaturn.")), "red"),
    "the end of it between two sentences": (recorded(chat(answer="Rings?</think>Saturn.")), "red"),
    "the channel's own thinking in the answer": (
        changed(chat(reasoning=THOUGHT), chat(answer=f"{THOUGHT} Mars.")),
        "red",
    ),
}
QUIET = {
    "an answer that speaks of tags": recorded(chat(answer="I think <think> is a tag.")),
    "an answer that speaks of closing tags": recorded(chat(answer="Write </think> where it ends.")),
    "an answer about an analysis": recorded(chat(answer="Analysis of planets: the final one is Neptune.")),
    "an example with both tags": recorded(chat(answer="For example:\n<think>\nRings?\n</think>\nSaturn.")),
    "leaked before too": changed(chat(answer="<think>a</think>b"), chat(answer="<think>c</think>b")),
    "thinking in its channel": recorded(chat(reasoning=THOUGHT)),
}
