"""A list of models of another provider than the test's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.providers import PROVIDER

_LIST, _OTHER = "list", "other"


def _note(side: Side) -> str:
    provider = PROVIDER.search(side.test_id)
    if side.part or provider is None or not side.meaning.host or side.exchange.kind is Kind.EMBEDDINGS:
        return ""
    return f"{_LIST if side.exchange.kind is Kind.MODELS else _OTHER} {provider[1]} {side.meaning.host}"


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    """A host's provider is derived from the other recordings; hosts with several providers are ignored."""
    read = [one.note.split(" ", 2) for one in some]
    owners: dict[str, set[str]] = {}
    for kind, provider, host in read:
        if kind == _OTHER:
            owners.setdefault(host, set()).add(provider)
    known = {provider for of in owners.values() for provider in of}
    for place, (kind, provider, host) in enumerate(read):
        owner = owners.get(host, set())
        if kind == _LIST and provider in known and owner and provider not in owner:
            says = (
                f"its test is one of {provider}, and the list came from {host}, which is {' and '.join(sorted(owner))}"
            )
            yield place, Held(Severity.GREY, host, fault=host, says=says)


RULE = Rule(
    "foreign-model-list",
    "its list of models is one of another provider",
    Explained(
        what="A list of models in a test of one provider that came from the host of another. Whose host it is, the "
        "other recordings of the tree tell.",
        why="The server asked every provider it knows while the test was recorded: the file belongs to no test, "
        "changes whenever that provider adds a model, and comes back with each recording.",
        example="A list of OpenAI's in a test with `[txt=ollama/llama3.2:3b-instruct-fp16]`.",
        fix="Let the server know only the provider that is recorded, and delete the file if no other test needs it.",
        mistaken="Tests that are about several providers.",
        measured="90, 5 and 0; their hosts were counted, each kind read, and are right.",
        right={Severity.GREY: (20, 20)},
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
    levels=(Severity.GREY,),
)
