"""The promise, of keys that a format knows: wherever one stands where it does not belong, what it says counts."""

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.harmless import OPAQUE
from recviewer.exchange.path_nodes import Take
from recviewer.formats.reading import read
from recviewer.formats.registry import formats

CASES = Path(__file__).parent.parent / "cases"
QUIET = {Churn.IDENTICAL, Churn.CHUNKING}
SHAPES = {one.name: one.shape for one in formats()}
HELD = frozenset(
    {Take.TEXT, Take.WHOLE, Take.NUMBER, Take.ANY, Take.OBJECT, Take.WRITTEN, Take.LAST, Take.COUNT, Take.VECTOR}
)
VALUES = (("first words", "other words"), (3.25, 4.5), ({"n": 71}, {"n": 72}), (["first words"], ["other words"]))
HARMLESS = frozenset(
    {
        *(
            "id",
            "call_id",
            "tool_call_id",
            "tool_use_id",
            "toolUseId",
            "generation_id",
            "file_id",
            "item_id",
        ),  # made anew
        *("index", "contentBlockIndex", "content_index", "output_index", "summary_index"),  # a place among others
        *(*OPAQUE, "data"),  # sealed by their maker: of hidden thoughts that is `data`
    }
)
"""Keys of which the value is harmless wherever it stands, as the list of what is harmless says."""


def documents(name):
    found = {}
    for path in sorted((CASES / name).glob("*.json")):
        if not path.name.endswith(".expected.json"):
            document = json.loads(path.read_bytes())
            if isinstance(document, dict) and isinstance(document.get("response"), dict):
                found[path.stem] = document
    return found


def known(node, way=()):
    """Every way to a value that a reader takes, `[]` for any item of a list."""
    if node.take in HELD:
        yield way
    if len(way) < 9:
        for key, child in node.keys.items():
            yield from known(child, (*way, key))
        if node.items:
            yield from known(node.items, (*way, "[]"))


def put(value, way, leaf, place):
    """A copy of a value that has another one at the end of a way; None where something else is in the way."""
    if not way:
        return leaf
    step, *rest = way
    if step == "[]":
        made = list(value) if isinstance(value, list) else []
        if place == "new" or not made:
            made.append(None)
        at = 0 if place == "first" else -1
        made[at] = put(made[at], rest, leaf, place)
        return None if made[at] is None else made
    if value is not None and not isinstance(value, dict):
        return None
    inner = put((value or {}).get(step), rest, leaf, place)
    return None if inner is None else {**(value or {}), step: inner}


def elements(document):
    """Each element of a reply, and what makes the document with another in its place."""
    body = document["response"].get("body")

    def made(value):
        return {**document, "response": {**document["response"], "body": value}}

    def of(item, into):
        if isinstance(item, dict):
            held = item.get("__data__")
            if isinstance(held, dict):
                yield held, lambda value: into({**item, "__data__": value})
            else:
                yield item, into
        elif isinstance(item, str) and item.startswith("data: {"):
            with suppress(ValueError):  # a piece of an event that the network cut
                yield json.loads(item[6:]), lambda value: into(f"data: {json.dumps(value)}")

    if isinstance(body, dict):
        yield from of(body, made)
    for place, item in enumerate(body if isinstance(body, list) else ()):
        yield from of(item, lambda value, place=place: made([*body[:place], value, *body[place + 1 :]]))


def exchange(document):
    return read(json.dumps(document).encode()).exchange


def trials(name, shape, chosen):
    """Pairs of documents that differ in one known key at a place where the one they are made from did not have it."""
    ways = [way for way in known(shape.root) if way and way[-1] not in HARMLESS]
    held = documents(name)
    while held and ways:
        document = held[chosen.choice(sorted(held))]
        parts = [part for part in elements(document) if part[0]]
        if not parts or len(json.dumps(document)) > 20_000:
            continue
        element, into = chosen.choice(parts)
        way, place, (one, other) = chosen.choice(ways), chosen.choice(("first", "last", "new")), chosen.choice(VALUES)
        changed = [put(element, way, leaf, place) for leaf in (one, other)]
        if None not in changed:
            yield way, [into(value) for value in changed], document


def quiet(name, seed, many):
    """Of so many trials, those in which something differs and nothing is said."""
    shape, chosen, found = SHAPES[name], random.Random(seed), []
    for number, (way, pair, document) in enumerate(trials(name, shape, chosen)):
        if number == many:
            break
        before, after = map(exchange, pair)
        if before.read_as == after.read_as == name and compare(before, after).churn in QUIET:
            found.append((".".join(way), document.get("test_id"), pair))
    return found


@pytest.mark.parametrize("name", sorted(name for name in SHAPES if documents(name)))
def test_a_known_key_counts_wherever_it_stands(name):
    assert quiet(name, 1, 30) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(name for name in SHAPES if documents(name)))
def test_known_keys_count_wherever_they_stand(name):
    assert quiet(name, 2, 400) == []
