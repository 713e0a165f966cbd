"""Cases of the rule wrong-folder."""

from tests.smells.building import FOLDER, changed, chat, moved, name_of, recorded

NAME = name_of(chat())


def lying(folder, **more):
    return recorded(chat(**more), f"{folder}/{NAME}")


FIRES = {
    "of other tests": (lying("tests/integration/agents/recordings"), "amber"),
    "one too deep": (lying("tests/integration/chat/recordings/recordings"), "amber"),
}
QUIET = {
    "beside its test": recorded(chat()),
    "below another root": lying("chat/recordings"),
    "the shared one": lying("tests/integration/common/recordings"),
    "one for all": lying("tests/integration/recordings"),
    "one for all, with folders": lying("tests/integration/recordings/responses"),
    "of no test": lying("tests/integration/agents/recordings", test=None),
    "it moved there": moved(chat(), None, f"tests/integration/agents/recordings/{NAME}"),
    "so before": changed(chat(), chat(answer="Mars."), [f"tests/integration/agents/recordings/{NAME}"] * 2),
    "no file of OGX": recorded(b"interactions: []\n", f"{FOLDER}/a.yaml"),
}
