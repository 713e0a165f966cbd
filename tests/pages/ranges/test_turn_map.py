"""The map of a test's turns, before over now."""

import json

import pytest

from recviewer.memory.ranges import report_of
from recviewer.pages.ranges.turn_map import MOST
from tests.conftest import exchange

TEST = "tests/test_sky.py::test_moons[small]"
FIRST = {"role": "user", "content": "Which planet?"}
LOOK = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": "sky"}'}}
SEEN = {"role": "tool", "tool_call_id": "c1", "content": "a ring"}


@pytest.fixture
def write(root, db):
    """Return a function that writes a call: its file, the messages, what is answered, and the calls."""

    def write(name, messages, answer, *calls):
        document = exchange(answered=answer, test=TEST)
        document["request"]["body"]["messages"] = messages
        if calls:
            document["response"]["body"]["__data__"]["choices"][0]["message"]["tool_calls"] = list(calls)
        place = root / f"tests/recordings/{name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(document))

    return write


def page_of(client, spec):
    first = report_of(spec).found.changes[0]
    return client.get(f"/changes/{spec}", {"read": first.side.path})


def told(page):
    return [(one.turn, one.name, one.look.title, one.url) for one in page.context["page"].turns.columns]


def test_each_piece_leads_to_the_call_that_tells_it(client, write, commit):
    asked = [FIRST, {"role": "assistant", "content": None, "tool_calls": [LOOK]}, SEEN]
    write("a", [FIRST], None, LOOK)
    write("b", asked, "Saturn.")
    base = commit("before")
    write("a", [FIRST], "I look.", LOOK)
    write("b", [FIRST, {**asked[1], "content": "I look."}, SEEN], "It is Saturn.")

    page = page_of(client, f"{base}..{commit('after')}")

    assert told(page) == [
        (1, "asked", "same", "#call-1"),
        (2, "answer", "new", "#call-1"),
        (2, "call look", "same", "#call-1"),
        (3, "result look", "same", "#call-2"),
        (4, "answer", "changed", "#call-2"),
    ]
    assert "turn 2, call look: same" in page.content.decode()


def test_what_stands_in_another_place_has_moved_and_is_not_lost(client, write, commit):
    again = {**LOOK, "id": "c2", "function": {"name": "see", "arguments": "{}"}}
    both, one, other = (
        {"role": "assistant", "content": None, "tool_calls": calls} for calls in ([LOOK, again], [LOOK], [again])
    )
    gave = {"role": "tool", "tool_call_id": "c2", "content": "a moon"}
    write("a", [FIRST], None, LOOK, again)
    write("b", [FIRST, both, SEEN, gave], "Saturn.")
    base = commit("before")
    write("a", [FIRST], None, LOOK)
    write("b", [FIRST, one, SEEN], None, again)
    write("c", [FIRST, one, SEEN, other, gave], "Saturn.")

    columns = page_of(client, f"{base}..{commit('after')}").context["page"].turns.columns

    assert [(one.name, one.look.title, one.was) for one in columns] == [
        ("asked", "same", 0),
        ("call look", "same", 0),
        ("result look", "moved", 0),
        ("call see", "same", 0),
        ("result see", "same", 0),
        ("answer", "same", 0),
    ]


def test_what_stayed_the_same_in_a_row_shares_a_column_of_a_long_map(client, write, commit):
    turns = [FIRST]
    for number in range(MOST):
        turns += [{"role": "assistant", "content": f"Moon {number}."}, {"role": "user", "content": f"Not {number}."}]
    write("a", turns, "Titan.")
    write("b", [*turns, {"role": "assistant", "content": "Titan."}, FIRST], "Saturn.")
    base = commit("before")
    write("a", turns, "Rhea.")
    write("b", [*turns, {"role": "assistant", "content": "Rhea."}, FIRST], "Jupiter.")

    columns = page_of(client, f"{base}..{commit('after')}").context["page"].turns.columns

    assert [(one.count, one.look.title) for one in columns] == [
        (2 * MOST + 1, "same"),
        (1, "changed"),
        (1, "same"),
        (1, "changed"),
    ]


def test_there_is_no_map_of_two_conversations(client, write, commit):
    for name in "ab":
        write(name, [{"role": "user", "content": f"Which {name}?"}], "Saturn.")
    base = commit("before")
    for name in "ab":
        write(name, [{"role": "user", "content": f"Which {name}?"}], "It is Saturn.")

    page = page_of(client, f"{base}..{commit('after')}")

    assert page.context["page"].turns is None
    assert "turn-map" not in page.content.decode()
