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

    def write(name, messages, answer, *calls, test=TEST):
        document = exchange(answered=answer, test=test)
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
    return [(one.turn, one.name, one.look.title, one.url) for one in page.context["page"].turns[0].columns]


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

    columns = page_of(client, f"{base}..{commit('after')}").context["page"].turns[0].columns

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

    columns = page_of(client, f"{base}..{commit('after')}").context["page"].turns[0].columns

    assert [(one.count, one.look.title) for one in columns] == [
        (2 * MOST + 1, "same"),
        (1, "changed"),
        (1, "same"),
        (1, "changed"),
    ]


def test_each_conversation_of_a_test_has_a_map_of_its_own(client, write, commit):
    for name in "ab":
        write(name, [{"role": "user", "content": f"Which {name}?"}], "Saturn.")
    base = commit("before")
    for name in "ab":
        write(name, [{"role": "user", "content": f"Which {name}?"}], "It is Saturn.")

    page = page_of(client, f"{base}..{commit('after')}")

    assert [(one.name, one.begun, one.said) for one in page.context["page"].turns] == [
        ("conversation 1", 0, "1 same, 1 changed"),
        ("conversation 2", 0, "1 same, 1 changed"),
    ]
    assert [one.columns[-1].url for one in page.context["page"].turns] == ["#call-1", "#call-2"]
    assert "Turns before and now, conversation 2: 1 same, 1 changed" in page.content.decode()


def test_a_branch_goes_on_from_what_another_has_told(client, write, commit):
    def say(word):
        write("a", [FIRST], "Saturn.")
        for name in "bc":
            write(name, [FIRST, {"role": "assistant", "content": "Saturn."}, {"role": "user", "content": name}], word)

    say("Ring.")
    base = commit("before")
    say("A ring.")

    first, second = page_of(client, f"{base}..{commit('after')}").context["page"].turns

    assert (first.name, first.begun, first.said) == ("branch A", 0, "3 same, 1 changed")
    assert (second.name, second.begun, second.said) == ("branch B", 2, "1 same, 1 changed")
    assert [one.name for one in second.columns] == ["asked", "answer"]


def test_nothing_is_drawn_of_a_conversation_that_has_nothing_beside_it(client, write, commit):
    write("c", [FIRST], "Saturn.")
    base = commit("before")
    for name in "ab":
        write(name, [{"role": "user", "content": f"Which {name}?"}], "Saturn.")

    page = page_of(client, f"{base}..{commit('after')}")

    assert page.context["page"].turns == ()
    assert "turn-map" not in page.content.decode()


def test_two_answers_to_the_same_question_stand_beside_their_own(client, write, root, commit):
    def say(first, second):
        write("a", [FIRST], first)
        write("b", [FIRST], second)

    say("One moon, and a ring of ice.", "Nothing at all is there.")
    base = commit("before")
    say("<think>Hm. Whatever.</think>", "It is cold.")

    columns = page_of(client, f"{base}..{commit('after')}").context["page"].turns[0].columns

    assert [(one.name, one.look.title) for one in columns] == [
        ("asked", "same"),
        ("answer", "changed"),
        ("answer", "changed"),
    ]


def test_a_request_that_tells_another_call_than_was_made_has_lost_none(client, write, commit):
    wrong = {**LOOK, "function": {"name": "look", "arguments": '"{\\"at\\": \\"sky\\"}"'}}
    asked = [FIRST, {"role": "assistant", "content": None, "tool_calls": [wrong]}, SEEN]
    write("a", [FIRST], None, LOOK)
    write("b", asked, "Saturn.")
    base = commit("before")
    write("b", [FIRST, {**asked[1], "tool_calls": [LOOK]}, SEEN], "It is Saturn.")
    write("a", [FIRST], "I look.", LOOK)

    columns = page_of(client, f"{base}..{commit('after')}").context["page"].turns[0].columns

    assert ("call look", "gone") not in [(one.name, one.look.title) for one in columns]
    assert ("sent back look", "gone") in [(one.name, one.look.title) for one in columns]


def test_tests_that_are_read_together_each_have_their_map_below_their_name(client, write, commit):
    def say(word):
        for size in ("big", "small"):
            answer, test = f"{word} is {size}.", f"tests/test_sky.py::test_moons[{size}]"
            write(f"{size}-1", [FIRST], answer, test=test)
            write(f"{size}-2", [FIRST, {"role": "assistant", "content": answer}, FIRST], f"{word}, {size}!", test=test)

    say("Saturn")
    base = commit("before")
    say("A planet")

    page = page_of(client, f"{base}..{commit('after')}").context["page"]

    assert page.turns == ()
    assert [(call.begins, [one.said for one in call.turns]) for call in page.calls if call.begins] == [
        ("[big]", ["2 same, 2 changed"]),
        ("[small]", ["2 same, 2 changed"]),
    ]
    assert [one.url for call in page.calls for two in call.turns for one in two.columns if one.name == "answer"] == [
        f"#call-{number}" for number in (1, 2, 3, 4)
    ]
