"""The promise: whoever changes one node of a recording is told so, unless the list of what is harmless names its path."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.difference import ignored
from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import EARLIER
from recviewer.exchange.harmless import BY_FORMAT, EVERY, OPAQUE
from recviewer.exchange.harmless_entry import HowHarmless
from recviewer.formats.reading import read

pytestmark = pytest.mark.slow

CASES = Path(__file__).parent.parent / "cases"
DOCUMENTS = {
    f"{path.parent.name}/{path.stem}": document
    for path in sorted(CASES.glob("*/*.json"))
    if not path.name.endswith(".expected.json")
    for document in [json.loads(path.read_bytes())]
    if isinstance(document, dict)
}
QUIET = {Churn.IDENTICAL, Churn.CHUNKING}
GONE = object()


def nodes(value, way=()):
    """Every way to a node below the top."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*way, key)
        yield from nodes(value[key], (*way, key))


def changed(document, way, value):
    """The document with another value at a place, or without it."""
    copy = holder = json.loads(json.dumps(document))
    for key in way[:-1]:
        holder = holder[key]
    if value is GONE:
        del holder[way[-1]]
    else:
        holder[way[-1]] = value
    return copy


def others(value):
    """Values that a node might have instead."""
    made = [None, "other words", 17, 0.25, True, [], {}, ["x"], {"x": 1}, GONE]
    if isinstance(value, str):
        made += [f"{value}!", value[:-1]]
    if isinstance(value, int | float) and not isinstance(value, bool):
        made += [value + 1, -value]
    if isinstance(value, bool):
        made.append(not value)
    return [other for other in made if other is GONE or json.dumps(other) != json.dumps(value)]


def path_of(way):
    """The path below the body, or below an element of a streamed one, as the list writes it."""
    steps = list(way[2:])
    if steps and isinstance(steps[0], int):
        steps.pop(0)
    steps = [step for step in steps if step != "__data__"]
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def is_listed(exchange, way, was, value):
    """Tell whether the list names the path of a change, or one of those around it."""
    if way[:1] == ("id_normalization_mapping",) or (way[:2] == ("request", "provider_metadata")):
        return True
    if way[:2] != ("response", "body"):
        if len(way) == 3 and way[:2] == ("request", "body") and way[2] in EARLIER:
            return (
                isinstance(was, str) and isinstance(value, str) and bool(was and value)
            )  # ids, whatever they look like
        is_turn = way[:1] == ("request",) and len(way) > 3 and way[2] in ("messages", "input", "contents", "sent")
        is_sealed = (
            way[-1] in (*OPAQUE, "data") and isinstance(was, str) and isinstance(value, str) and bool(was and value)
        )
        return is_turn and (way[-1] in IDS or way[-1] == "index" or is_sealed)
    path = path_of(way).removeprefix("stream[].").removeprefix("[].")
    if isinstance(was, str) and isinstance(value, str) and was.rstrip("\n") == value:
        return way == ("response", "body")  # the end of a stream's text is the layout of the file
    for entry in (*EVERY, *BY_FORMAT.get(exchange.read_as, ())):
        pattern = re.escape(entry.path.removeprefix("[].")).replace(r"\*", "[^.]*")
        if entry.how is not HowHarmless.IDS and re.match(rf"{pattern}($|[.\[])", path):
            return True
    if way[-1] in (*OPAQUE, "data") and isinstance(was, str) and isinstance(value, str) and was and value:
        return way[-1] != "data" or exchange.read_as in (
            "anthropic",
            "openai_chat",
        )  # of redacted or encrypted thoughts
    return way[-1] in PLACES or (way[-1] in IDS and isinstance(was, str) and isinstance(value, str) and bool(value))


IDS = ("id", "call_id", "tool_call_id", "toolUseId", "tool_use_id", "item_id")
PLACES = ("index", "contentBlockIndex", "output_index", "content_index", "summary_index", "sequence_number")


def is_padding(exchange, old, new):
    """Tell whether an element of a stream says nothing before and after: where it is cut is the network's doing."""
    return bool(exchange.chunks) and (old in (None, "", [], {}) or isinstance(old, dict | str)) and new in NOTHING


def is_piece(way, was, value):
    """Tell whether a text of a stream became another: what of its JSON differs, no path tells."""
    return way[:2] == ("response", "body") and len(way) == 3 and isinstance(was, str) and isinstance(value, str)


def harmless_in(reading):
    """The values of a stream that the list names, by path, as the page shows them as ignored."""
    return ignored.of_chunks((chunk.element for chunk in reading.chunks()), reading.format.shape)


NOTHING = (None, "", [], {}, GONE)


@pytest.mark.parametrize("name", sorted({name.partition("/")[0] for name in DOCUMENTS}))
@settings(max_examples=150)
@given(data=st.data())
def test_one_changed_node_is_told_or_on_the_list(name, data):
    document = DOCUMENTS[data.draw(st.sampled_from([key for key in DOCUMENTS if key.startswith(f"{name}/")]))]
    way = data.draw(st.sampled_from(list(nodes(document))))
    was = document
    for key in way:
        was = was[key]
    choices = [other for other in others(was) if isinstance(way[-1], str) or other is not GONE]
    value = data.draw(st.sampled_from(choices))
    readings = [read(json.dumps(one).encode()) for one in (document, changed(document, way, value))]
    before, after = (one.exchange for one in readings)

    if compare(before, after).churn in QUIET:
        held = [(*way, key) for key in was] if isinstance(was, dict) and value == {} else []
        is_all_listed = bool(held) and all(is_listed(before, inner, was, value) for inner in held)
        is_ignored = is_piece(way, was, value) and len({repr(harmless_in(one)) for one in readings}) == 2
        assert is_listed(before, way, was, value) or is_all_listed or is_padding(before, was, value) or is_ignored
