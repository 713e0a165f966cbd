"""Cases of the rule lost-results."""

from tests.smells.building import changed, chat, models

FIRES = {"an empty list": (changed(models("a"), models()), "red")}
QUIET = {
    "a shorter list": changed(models("a", "b"), models("a")),
    "an error, which is another matter": changed(models("a"), chat(error="slow down")),
}
