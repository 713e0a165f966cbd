"""Cases of the rule oversize."""

from tests.smells.building import chat, recorded

FIRES = {"half a megabyte": (recorded(chat(answer="Saturn. " * 70_000, chunks=1)), "grey")}
QUIET = {"an ordinary one": recorded(chat())}
