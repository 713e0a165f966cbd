"""The promise: a key that a reader takes elsewhere, or in another form of a reply, is not lost where it does not read it."""

import json
import re

import pytest

from recviewer.difference.compare import compare
from recviewer.formats import registry
from recviewer.formats.reading import read
from tests.properties.test_any_one_change import DOCUMENTS, QUIET, changed

pytestmark = pytest.mark.slow

VALUES = ("other words", ["other words"], {"text": "other words"}, 17)


EXEMPT = re.compile(r"index|\(.*\)")
"""Keys without meaning where a reply is complete: a number of a block or call; and those that readers add themselves."""

DATA = "data: "


def places(value, node, way):
    """Every place in a reply where its format takes a key that is not there."""
    if isinstance(value, dict):
        absent = [key for key, child in node.keys.items() if child.take is not None and key not in value]
        yield from ((*way, key) for key in absent if not EXEMPT.fullmatch(key))
        for key, item in value.items():
            child = node if key == "__data__" else node.child(key)
            if child is not None:
                yield from places(item, child, (*way, key))
    elif isinstance(value, list) and node.items is not None:
        for at, item in enumerate(value):
            yield from places(item, node.items, (*way, at))


def event_of(line):
    """The object in a line of server-sent events, None if there is none."""
    try:
        found = json.loads(line.removeprefix(DATA)) if isinstance(line, str) and line.startswith(DATA) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def once(ways, seen):
    """The places without those that differ from an earlier one in indexes alone."""
    for way in ways:
        shape = tuple("[]" if isinstance(step, int) else step for step in way)
        if shape not in seen:
            seen.add(shape)
            yield way


def with_added(document):
    """Yield (place, document) for each key and value that is added to its reply, or to an element of it."""
    body = document["response"].get("body") if isinstance(document.get("response"), dict) else None
    root = registry.named(read(json.dumps(document).encode()).exchange.read_as).shape.root
    seen, ways = set(), list(places(body, root, ("response", "body")))
    for at, element in enumerate(body) if isinstance(body, list) else ():
        ways += places(element, root, ("response", "body", at))
        event = event_of(element)
        for way in once(places(event, root, ()) if event else (), seen):
            for value in VALUES:
                line = DATA + json.dumps(changed(event, way, value))
                yield (at, *way, value), changed(document, ("response", "body", at), line)
    for way in once(ways, set()):
        for value in VALUES:
            yield (*way[2:], value), changed(document, way, value)


@pytest.mark.parametrize("folder", sorted({name.partition("/")[0] for name in DOCUMENTS} - {"failure", "generic"}))
def test_an_added_key_is_seen(folder):
    unseen = []
    for name, document in DOCUMENTS.items():
        old = read(json.dumps(document).encode()).exchange
        if name.partition("/")[0] == folder and old.read_as:
            for place, other in with_added(document):
                if compare(old, read(json.dumps(other).encode()).exchange).churn in QUIET:
                    unseen.append((name, place))
    assert unseen == []
