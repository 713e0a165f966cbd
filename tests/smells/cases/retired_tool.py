"""Cases of the rule retired-tool."""

from tests.smells.building import UNKNOWN_NAME, among, chat
from tests.trees import id_of


def offers(question, *names, **more):
    """Return a call that offers some functions."""
    tools = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in names]
    return chat(question, params={"tools": tools} if tools else {}, **more)


OLD, NEW = offers("1", "seek", "sum"), [offers("2", "find", "sum"), offers("3", "find", "sum")]
ELSEWHERE = {"test": id_of("test_other")}

FIRES = {
    "replay finds those of another name": (among(OLD, *NEW, paths=[UNKNOWN_NAME]), "amber"),
    "replay finds it, and not another that is like it": (
        among(
            OLD,
            *NEW,
            offers("4", "seek"),
            offers("5", "seek"),
            paths=[None, None, None, UNKNOWN_NAME, f"{UNKNOWN_NAME[:-6]}1.json"],
        ),
        "amber",
    ),
    "so in each test": (
        among(OLD, *NEW, offers("1", "seek", **ELSEWHERE), offers("2", "find", **ELSEWHERE), paths=[UNKNOWN_NAME]),
        "amber",
    ),
}
QUIET = {
    "replay finds both": among(OLD, *NEW),
    "replay finds neither": among(OLD, NEW[0], paths=[UNKNOWN_NAME, f"{UNKNOWN_NAME[:-6]}1.json"]),
    "it is the one that is found": among(NEW[0], OLD, paths=[None, UNKNOWN_NAME]),
    "both are offered at once": among(OLD, *NEW, offers("4", "find", "seek"), paths=[UNKNOWN_NAME]),
    "another test offers nothing else": among(OLD, *NEW, offers("1", "seek", **ELSEWHERE), paths=[UNKNOWN_NAME]),
    "the other name is in another test": among(OLD, offers("2", "find", **ELSEWHERE), paths=[UNKNOWN_NAME]),
    "no tools": among(chat("1"), *NEW, paths=[UNKNOWN_NAME]),
    "no test": among(offers("1", "seek", test=None), offers("2", "find", test=None), paths=[UNKNOWN_NAME]),
}
