"""Conversations of which the instructions change are one, where what they repeat proves it."""

import pytest
from hypothesis import given, settings

from recviewer.threads.model import AskedMessage, Instructed
from recviewer.threads.threads import threads_of
from tests.threads.made import called, entry, gave, said, turns_of
from tests.threads.test_threads import a_test, assert_once, shape

TUTOR, CLERK, ASKED = said("system", "Be a tutor."), said("system", "Be a clerk."), said("user", "What is 2 + 2?")
ANSWER, AGAIN = said("assistant", "4."), said("user", "Sure?")


def first(**more):
    return entry("a", [TUTOR, ASKED], "4.", **more)


def told(*entries):
    return [turns_of(one.trunk) for one in threads_of(entries).conversations]


def instructed(*entries):
    (one,) = threads_of(entries).conversations
    turns = [turn for turn in one.trunk.all_turns() if isinstance(turn, AskedMessage)]
    return [turn.instructed for turn in turns if turn.instructed is not Instructed.AS_BEFORE]


def test_a_request_that_leaves_the_instructions_out_goes_on():
    second = entry("b", [ASKED, ANSWER, AGAIN], "Yes.")

    assert told(first(), second) == [
        ["1 system: Be a tutor.", "2 user: What is 2 + 2?", "3 answered by a", "4 user: Sure?", "5 answered by b"]
    ]
    assert instructed(first(), second) == [Instructed.NOT]


def test_other_instructions_stand_where_they_begin():
    second = entry("b", [CLERK, ASKED, ANSWER, AGAIN], "Yes.")

    assert told(first(), second) == [
        [
            "1 system: Be a tutor.",
            "2 user: What is 2 + 2?",
            "3 answered by a",
            "4 system: Be a clerk.",
            "5 user: Sure?",
            "6 answered by b",
        ]
    ]
    assert instructed(first(), second) == [Instructed.OTHERWISE]


def test_instructions_may_come_later_and_change_twice():
    plain = entry("a", [ASKED], "4.")
    second = entry("b", [TUTOR, ASKED, ANSWER, AGAIN], "Yes.")
    third = entry("c", [CLERK, ASKED, ANSWER, AGAIN, said("assistant", "Yes."), said("user", "Really?")], "Yes!")

    (lines,) = told(plain, second, third)

    assert lines == [
        "1 user: What is 2 + 2?",
        "2 answered by a",
        "3 system: Be a tutor.",
        "4 user: Sure?",
        "5 answered by b",
        "6 system: Be a clerk.",
        "7 user: Really?",
        "8 answered by c",
    ]
    assert instructed(plain, second, third) == [Instructed.OTHERWISE] * 2
    (one,) = threads_of([third, second, plain]).conversations
    assert [turn.sent for turn in one.trunk.turns if isinstance(turn, AskedMessage)] == [3, 1, 2, 1, 1]


def test_calls_with_other_ids_and_their_results_prove_it_too():
    begun = entry("a", [TUTOR, ASKED], "", [("c1", "add", "{}")])
    second = entry("b", [ASKED, called("x", "add"), gave("x", "4")], "4.")

    assert told(begun, second) == [
        ["1 system: Be a tutor.", "2 user: What is 2 + 2?", "3 answered by a", "4 tool: 4", "5 answered by b"]
    ]


@pytest.mark.parametrize(
    "second",
    [
        entry("b", [ASKED], "4."),
        entry("b", [CLERK, ASKED], "4."),
        entry("b", [ASKED, said("assistant", "5."), AGAIN], "Yes."),
        entry("b", [said("user", "What is 2 + 3?"), ANSWER, AGAIN], "Yes."),
        entry("b", [ASKED, ANSWER], "4."),
        entry("b", [ASKED, AGAIN], "Yes."),
    ],
)
def test_what_proves_nothing_stands_by_itself(second):
    assert len(threads_of([first(), second]).conversations) == 2


def test_instructions_that_another_conversation_begins_with_are_not_taken_from_it():
    other = entry("c", [CLERK, said("user", "Else?")], "No.")
    second = entry("b", [CLERK, ASKED, ANSWER, AGAIN], "Yes.")

    assert len(threads_of([first(), second, other]).conversations) == 2


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(a_test())
def test_each_exchange_stands_once_with_other_instructions_in_between(entries):
    changed = [
        entry(
            one.key,
            [*([TUTOR] if at % 3 == 0 else [CLERK] if at % 3 == 1 else []), *one.exchange.request.messages],
            one.exchange.outputs[0].content,
            [(call.id, call.name, call.arguments) for call in one.exchange.outputs[0].tool_calls],
            is_found=one.is_found,
        )
        for at, one in enumerate(entries)
    ]
    assert_once(threads_of(changed), changed)
    assert shape(threads_of(changed[::-1])) == shape(threads_of(changed))
