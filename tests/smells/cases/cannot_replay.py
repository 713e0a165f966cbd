"""Cases of the rule cannot-replay."""

from tests.smells.building import UNKNOWN_NAME, changed, chat, moved, recorded

FIRES = {
    "a new recording with a name of no rule": (recorded(chat(), UNKNOWN_NAME), "amber"),
    "a rename of what replay found": (moved(chat(), new=UNKNOWN_NAME), "red"),
}
QUIET = {
    "the name that the recorder gives": recorded(chat()),
    "no better and no worse than before": changed(chat(), chat(answer="Other."), (UNKNOWN_NAME, UNKNOWN_NAME)),
    "a rename to the right name": moved(chat(), old=UNKNOWN_NAME),
    "what cannot be read": recorded(b"{", UNKNOWN_NAME),
}
