"""A recording from another host than nearly all of its provider's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Among, Explained, Held, Needs, Noted, Rule, Severity, Surroundings
from recviewer.smells.notes import by
from recviewer.smells.providers import PROVIDER

_LEAST, _SHARE = 10, 0.1
"""Fewest recordings of a provider for a share to be meaningful, and the share below which a host is unusual."""


_HERE = re.compile(r"^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?=:|$)")
"""Names of the local machine, which count as one host."""


def _note(side: Side) -> str:
    provider = PROVIDER.search(side.test_id)
    if side.part or provider is None or not side.meaning.host or side.exchange.kind in (Kind.MODELS, Kind.EMBEDDINGS):
        return ""
    return f"{provider[1]} {_HERE.sub('localhost', side.meaning.host)}"


def _find(some: Sequence[Noted], around: Surroundings) -> Iterator[tuple[int, Held]]:
    for provider, places in by(some, lambda one: one.note.partition(" ")[0]).items():
        hosts = Counter(some[place].note.partition(" ")[2] for place in places)
        usual = hosts.most_common(1)[0][0]
        for place in places if len(places) >= _LEAST else ():
            host = some[place].note.partition(" ")[2]
            if hosts[host] < _SHARE * len(places):
                says = f"it was recorded from {host}; {hosts[usual]:,} of {provider} from {usual}"
                yield place, Held(Severity.GREY, host, fault=host, says=says)


RULE = Rule(
    "host-drift",
    "it was recorded from an unusual host",
    Explained(
        what="A recording from a host that less than a tenth of the recordings of its provider come from, where there "
        "are at least ten. The provider stands in the parameters of the test.",
        why="An account, a region or a server that nobody else uses is hard to record from again, and may say other "
        "things.",
        example="Four recordings of Azure from `llama-stack-test…`, all others from two other resources.",
        fix="Re-record it from the host that the suite uses.",
        mistaken="Suites that want several hosts.",
        measured="4, 6 and 0; all were read and are right.",
        right={Severity.GREY: (10, 10)},
    ),
    among=Among(_note, _find),
    needs=Needs.TREE,
    about=About.PLACE,
    levels=(Severity.GREY,),
)
