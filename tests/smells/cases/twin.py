"""Cases of the rule twin."""

from tests.smells.building import FOLDER, among, chat, name_of
from tests.trees import id_of

NEVER = f"{FOLDER}/{'0' * 64}.json"

SAME = sorted([chat(), chat(test=id_of("test_other"))], key=lambda one: among(one).sides[0].path)

FIRES = {
    "of one test, and replay finds only the other": (among(chat(), chat(), paths=[NEVER]), "amber"),
    "of two tests": (among(*SAME), "grey"),
    "the same bytes in two folders": (
        among(chat(test=None), chat(test=None), paths=[f"tests/common/recordings/{name_of(chat(test=None))}"]),
        "grey",
    ),
}
QUIET = {
    "the first of them tells": among(*reversed(SAME)),
    "another answer": among(chat(), chat(answer="Mars.", test=id_of("test_other"))),
    "alone": among(chat()),
}
