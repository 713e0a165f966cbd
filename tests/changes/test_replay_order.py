"""Exchanges of a file that changed places."""

import json

import pytest

from recviewer.changes.replay_order import TURN
from recviewer.difference.model import SectionKind


def interaction(asked, answer, *, url="https://api.example.com/v1/chat/completions", key="uri", call=""):
    turns = [{"role": "user", "content": asked}]
    if call:
        function = {"name": "look", "arguments": "{}"}
        turns.append({"role": "assistant", "tool_calls": [{"id": call, "type": "function", "function": function}]})
        turns.append({"role": "tool", "tool_call_id": call, "content": "rings"})
    sent = json.dumps({"model": "m-1", "messages": turns})
    message = {"role": "assistant", "content": answer}
    reply = json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
    return (
        f"- request: {{body: {json.dumps(sent)}, headers: {{}}, method: POST, {key}: {url}}}\n"
        f"  response: {{body: {json.dumps(reply)}, headers: {{}}, status: {{code: 200, message: OK}}}}\n"
    )


ONE, TWO, THREE = (interaction(f"{number}?", f"{number}!") for number in ("One", "Two", "Three"))


def changed(tree, old, new, *, start="interactions:\n"):
    path = "a/testdata/A.yaml"
    for parts in (old, new):
        tree.write(path, (start + "".join(parts)).encode())
        tree.commit()
    found = tree.overview("HEAD~1...HEAD")
    assert found.numbers.need_you == sum(not change.is_churn for change in found.changes)
    return [(change.churn.value, change.side.exchange.outputs[0].content) for change in found.changes]


def test_answers_to_one_address_that_changed_places_are_asked(tree):
    found = changed(tree, (ONE, TWO, THREE), (TWO, ONE, THREE))

    assert sorted(found) == [("details", "One!"), ("details", "Two!")]


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ((ONE, TWO), (THREE, ONE, TWO), [("new", "Three!")]),
        ((ONE, TWO, THREE), (ONE, THREE), [("gone", "Two!")]),
        ((ONE, interaction("Two?", "Two!", url="https://b.example.com/")), None, []),
    ],
)
def test_what_comes_or_goes_moves_no_other(tree, old, new, asked):
    assert changed(tree, old, new or old[::-1]) == asked


def test_places_say_nothing_where_replay_looks_at_the_body(tree):
    one, two = (part.replace(" uri:", " url:") for part in (ONE, TWO))

    assert changed(tree, (one, two), (two, one), start="---\nversion: 2\ninteractions:\n") == []


def test_exchanges_with_new_ids_that_changed_places_are_asked(tree):
    old = [interaction(f"{number}?", f"{number}!", call=f"call_{number}") for number in ("One", "Two")]
    new = [interaction(f"{number}?", f"{number}!", call=f"call_{number}_again") for number in ("Two", "One")]

    assert sorted(changed(tree, old, new)) == [("details", "One!"), ("details", "Two!")]
    assert set(changed(tree, old, new[::-1])) == {("identical", "One!"), ("identical", "Two!")}


def test_equal_requests_with_new_ids_whose_answers_changed_places_are_asked(tree):
    old = [interaction("Ready?", answer, call=f"call_{answer}") for answer in ("No.", "Yes.")]
    new = [interaction("Ready?", answer, call=f"call_{answer}_again") for answer in ("Yes.", "No.")]

    assert "identical" not in {churn for churn, _ in changed(tree, old, new)}


def test_exchanges_of_another_model_that_changed_places_say_so(tree):
    old = [interaction(f"{number}?", f"{number}!") for number in ("One", "Two")]
    new = [part.replace("m-1", "m-2") for part in reversed(old)]
    path = "a/testdata/A.yaml"

    base, head = tree.imported(*({path: ("interactions:\n" + "".join(parts)).encode()} for parts in (old, new)))

    told = [details_of(change) for change in tree.overview(f"{base}..{head}").changes]
    assert sorted(one[TURN] for one in told) == [(1, 2), (2, 1)]


@pytest.mark.parametrize("others", [(), (interaction("Three?", "Three!", call="call_3"),)])
def test_exchanges_of_a_renamed_file_that_changed_places_say_so(tree, others):
    def cassette(*parts):
        return ("interactions:\n" + "".join((*parts, *others))).encode()

    old, new = "a/testdata/A.yaml", "a/testdata/B.yaml"
    base, renamed, head = tree.imported({old: cassette(ONE, TWO)}, {new: cassette(ONE, TWO)}, {new: cassette(TWO, ONE)})

    told = [details_of(change) for change in tree.overview(f"{base}..{head}").changes]
    assert sorted(one[TURN] for one in told if TURN in one) == [(1, 2), (2, 1)]
    assert not any(TURN in details_of(change) for change in tree.overview(f"{base}..{renamed}").changes)


def details_of(change):
    section = change.difference().section(SectionKind.DETAILS)
    return {value.path: (value.old, value.new) for item in section.items for value in item.values}
