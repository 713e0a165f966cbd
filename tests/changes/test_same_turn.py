"""What is no pair, and of one turn of a test all the same, is told beside each other."""

from dataclasses import replace

from recviewer.changes.shown_once import in_order_of_calls, shown_once
from recviewer.difference.model import Churn, SectionKind, Words
from tests.changes.test_shown_once import changed, said, talk


def broken_up(change):
    """A pair as the deleted recording and the new one, as pairing leaves what it does not put together."""
    gone = replace(change, churn=Churn.GONE, new=None, pair=None)
    return gone, replace(change, churn=Churn.NEW, old=None, pair=None)


def labels(call):
    return [item.label for section in call.sections for item in section.items]


def with_call(name, arguments, answer="", **more):
    """A call of a model that calls a tool."""
    return {"answer": answer, "calls": [(name, arguments)], "finish": "tool_calls"} | more


def test_a_recording_that_came_is_told_beside_the_one_that_answered_its_turn_before(tree, make):
    first, second = changed(tree, make, talk("Saturn has rings.", "Titan."), talk("Saturn has many.", "Titan it is."))
    gone, new = broken_up(second)

    told = shown_once(in_order_of_calls([first, gone, new]))

    assert [(one.number, one.change, one.beside) for one in told] == [(1, first, 0), (2, new, 3), (3, gone, 2)]
    assert [(one.has_sides, one.is_told) for one in told] == [(True, True), (True, True), (False, True)]
    ((answer,),) = [section.items for section in told[1].sections if section.kind is SectionKind.ANSWER]
    assert isinstance(answer, Words)
    assert (answer.words.old, answer.words.new) == ("Titan.", "Titan it is.")
    assert (told[2].sections, told[2].repeated) == ((), ())


def test_what_a_reviewer_parted_stands_alone(tree, make):
    first, second = changed(tree, make, talk("Saturn has rings.", "Titan."), talk("Saturn has many.", "Titan it is."))
    gone, new = broken_up(second)

    told = shown_once([first, replace(gone, is_parted=True), replace(new, is_parted=True)])

    assert [one.beside for one in told] == [0, 0, 0]


def test_each_recording_stands_beside_one_other_at_most(tree, make):
    pairs = changed(tree, make, talk("Saturn has rings.", "Titan."), talk("Saturn has many.", "Titan it is."))
    every = [side for pair in pairs for side in broken_up(pair)]

    told = shown_once(in_order_of_calls(every))

    assert sorted(one.change.key for one in told) == sorted(change.key for change in every)
    assert [one.beside for one in told] == [2, 1, 4, 3]
    assert all((one.change.new is None) == (not one.has_sides) for one in told)


def test_what_answers_another_test_stands_alone(tree, make):
    ours = [one | {"test": "tests/integration/chat/test_a.py::test_a"} for one in talk("Saturn.", "Titan.")]
    first, second = changed(tree, make, ours, talk("Saturn has many.", "Titan it is."))
    gone, _ = broken_up(first)
    _, new = broken_up(second)

    assert [one.beside for one in shown_once([gone, new])] == [0, 0]


def test_a_call_that_another_answer_makes_now_says_where(tree, make):
    asked = [("user", "Roll twice."), ("assistant", "Rolling.")]
    later = {"question": "And?", "turns": asked}
    before = [with_call("roll", "{}"), {"answer": "One.", **later}]
    after = [{"answer": "Which dice?"}, with_call("roll", "{}", **later)]

    first, second = shown_once(changed(tree, make, before, after))

    assert "roll (made in call 2 now)" in labels(first)
    assert "roll (made in call 1 before)" in labels(second)


def test_another_call_is_no_call_that_moved(tree, make):
    later = {"question": "And?", "turns": [("user", "Roll twice."), ("assistant", "Rolling.")]}
    before = [with_call("roll", '{"sides": 6}'), {"answer": "One.", **later}]
    after = [{"answer": "Which dice?"}, with_call("roll", '{"sides": 8}', **later)]

    told = shown_once(changed(tree, make, before, after))

    assert not any("made in" in label for call in told for label in labels(call))


def test_a_call_is_not_told_again_where_a_later_request_holds_it(tree, make):
    def calls(city, held):
        sent = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": held}}
        turns = [
            {"role": "user", "content": "How is it?"},
            {"role": "assistant", "content": "", "tool_calls": [sent]},
            {"role": "user", "content": "Well?"},
        ]
        return [with_call("weather", city, question="How is it?"), {"answer": "Rain.", "params": {"messages": turns}}]

    old, new = '{"city": "Rome"}', '{"city": "Oslo"}'
    first, second = shown_once(changed(tree, make, calls(old, old), calls(new, new)))
    assert "weather" in labels(first)
    assert [(one.call, one.labels) for one in second.repeated] == [(1, ("messages[1] assistant weather",))]

    _, second = shown_once(changed(tree, make, calls(old, old), calls(new, '{"city": "Bonn"}')))
    assert "messages[1] assistant weather" in labels(second)
    assert said(second) == []
