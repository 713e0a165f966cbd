"""Cases of the rule foreign-model-list."""

from tests.smells.building import among, chat, models
from tests.trees import id_of

ACME, OTHER = (id_of(parameters=f"txt={provider}/small-1") for provider in ("acme", "other"))
CHATS = [chat(test=ACME), chat(test=OTHER, host="api.other.example")]

FIRES = {"of another provider": (among(models("a", host="api.other.example", test=ACME), *CHATS), "grey")}
QUIET = {
    "of its own": among(models("a", test=ACME), *CHATS),
    "of a host that nobody knows": among(models("a", host="new.example", test=ACME), *CHATS),
    "of a provider of which nothing else is recorded": among(
        models("a", test=id_of(parameters="txt=new/small-1")), *CHATS
    ),
    "of no test": among(models("a", host="api.other.example"), *CHATS),
}
