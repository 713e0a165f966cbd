"""Cases of the rule host-drift."""

from tests.smells.building import among, chat
from tests.trees import id_of


def of(*hosts, provider="acme"):
    test = id_of(parameters=f"txt={provider}/small-1")
    return among(*[chat(f"Question {at}?", host=host, test=test) for at, host in enumerate(hosts)])


FIRES = {"one of many": (of("old.acme.example", *["api.acme.example"] * 11), "grey")}
QUIET = {
    "few": of("old.acme.example", *["api.acme.example"] * 5),
    "a host like others": of(*["a.acme.example"] * 6, *["b.acme.example"] * 6),
    "names of one machine": of("localhost:11434", *["0.0.0.0:11434"] * 11),
    "no provider is known": among(
        *[chat(f"{at}?", host="b.example" if at else "a.example", test=id_of(parameters="")) for at in range(12)]
    ),
}
