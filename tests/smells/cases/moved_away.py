"""Cases of the rule moved-away."""

from tests.smells.building import chat, gone, moved, name_of, recorded

ELSEWHERE = f"tests/integration/other/recordings/{name_of(chat())}"
NOBODYS = chat(test=None)

FIRES = {
    "out of the folder of its test": (moved(chat(), new=ELSEWHERE), "red"),
    "out of all such folders": (gone(chat(), "tests/integration/chat/old/a.json"), "red"),
    "of no known test": (moved(NOBODYS, new=f"tests/other/recordings/{name_of(NOBODYS)}"), "amber"),
}
QUIET = {
    "into the folder of its test": moved(chat(), old=ELSEWHERE),
    "into the shared folder": moved(chat(), new=f"tests/integration/common/recordings/{name_of(chat())}"),
    "of no known test, into the shared folder": moved(
        NOBODYS, new=f"tests/integration/common/recordings/{name_of(NOBODYS)}"
    ),
    "deleted": gone(chat()),
    "new": recorded(chat(), ELSEWHERE),
}
