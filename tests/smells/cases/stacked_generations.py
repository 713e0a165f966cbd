"""Cases of the rule stacked-generations."""

from tests.smells.building import FOLDER, among, chat, models

NEVER = f"{FOLDER}/{'0' * 64}.json"
NOR = f"{FOLDER}/{'1' * 64}.json"
FIRST, SECOND = chat("[1] score: 0.0077, id file-247992711531"), chat("[1] score: 0.0031, id file-284290576317")

FIRES = {
    "the twin is found": (among(FIRST, SECOND, paths=[NEVER]), "amber"),
    "neither is found": (among(FIRST, SECOND, paths=[NEVER, NOR]), "amber"),
}
QUIET = {
    "it is the one that is found": among(SECOND, FIRST, paths=[None, NEVER]),
    "each is found": among(FIRST, SECOND),
    "it stands alone": among(FIRST, paths=[NEVER]),
    "another question": among(FIRST, chat("[2] score: 0.0031, id file-284290576317"), paths=[NEVER]),
    "another temperature": among(chat(params={"temperature": 0.1}), chat(params={"temperature": 0.7}), paths=[NEVER]),
    "another test": among(FIRST, chat("[1] score: 0.0031, id file-284290576317", test="t.py::other"), paths=[NEVER]),
    "no test": among(chat(test=None), chat("a", test=None), paths=[NEVER]),
    "lists of models": among(models("a", test="t.py::a"), models("b", test="t.py::a"), paths=[NEVER]),
}
