"""Cases of the rule unread."""

from dataclasses import replace

from recviewer.pairing import sides
from tests.smells.building import changed, chat, recorded


def left(case):
    """Return a case whose new recording was left unread."""
    meaning = sides.unread(b"{}", case.new.blob, "it holds too much").parts[0].meaning
    return replace(case, new=replace(case.new, meaning=meaning))


FIRES = {
    "new": (left(recorded(chat())), "amber"),
    "was read before": (left(changed(chat(), chat(answer="Other."))), "amber"),
}
QUIET = {
    "it was read": recorded(chat()),
    "it cannot be read": recorded(b"{"),
    "the same bytes": left(changed(chat(), chat())),
}
