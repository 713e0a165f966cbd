"""Cases of the rule lists-disagree."""

from tests.smells.building import among, models


def made(at, *names):
    document = models(*names)
    for row in document["response"]["body"]:
        row["__data__"]["created"] = at
    return document


FIRES = {"made on different days": (among(made(1_770_000_000, "a", "b"), made(1_760_000_000, "b", "c")), "grey")}
QUIET = {
    "the same of each": among(made(1_770_000_000, "a", "b"), made(1_770_000_000, "b", "c")),
    "no model in common": among(made(1_770_000_000, "a"), made(1_760_000_000, "b")),
    "another request": among(made(1_770_000_000, "a"), models("a", test="t.py::a")),
}
