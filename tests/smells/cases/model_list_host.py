"""Cases of the rule model-list-host."""

from tests.smells.building import changed, models

FIRES = {"another host, other models": (changed(models("a", "b"), models("c", "d", host="other.example")), "amber")}
QUIET = {
    "another host, the same models": changed(models("a", "b"), models("a", "b", "c", host="other.example")),
    "the same host": changed(models("a", "b"), models("c", "d")),
}
