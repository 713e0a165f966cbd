"""Cases of the rule unreadable."""

from tests.smells.building import changed, chat, moved, recorded

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n"

FIRES = {
    "no JSON": (recorded(b"{"), "red"),
    "could be read before": (changed(chat(), b"{"), "red"),
    "other bytes that could not be read either": (changed(POINTER, POINTER + b"size 2\n"), "red"),
}
QUIET = {"it can be read": recorded(chat()), "it only moved": moved(b"{", "a.json", "b.json")}
