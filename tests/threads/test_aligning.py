"""Old and new conversation beside each other, turn by turn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.exchange.model import Exchange, Kind, Message, Output, Request, Text
from recviewer.threads.aligning import CELLS, Became, aligned, pieces_of
from recviewer.threads.model import Entry
from recviewer.threads.threads import threads_of
from tests.threads.made import called, entry, gave, said

QUESTION = [said("user", "What is it?")]


def turns(*calls):
    """The turns of a conversation: (messages that are sent further, answer, calls) one after the other."""
    messages, entries = [], []
    for at, (sent, answer, asked) in enumerate(calls):
        messages = [*messages, *sent]
        entries.append(entry(str(at), messages, answer, asked))
        for call in asked:
            messages = [*messages, called(*call, text=answer)]
        if not asked:
            messages = [*messages, said("assistant", answer)]
    (conversation,) = threads_of(entries).conversations
    return list(conversation.trunk.all_turns())


def told(old, new):
    return [
        (one.became.value, one.old.turn if one.old else 0, one.new.turn if one.new else 0) for one in aligned(old, new)
    ]


LOOK = ("c1", "look", '{"at": "cat"}')
SEE = ("c2", "see", '{"at": "dog"}')


def test_the_same_conversation_is_the_same_in_every_turn():
    one = turns((QUESTION, "", [LOOK]), ([gave("c1", "a cat")], "A cat.", []))
    assert told(one, one) == [("same", number, number) for number in (1, 2, 3, 4)]


def test_ids_of_calls_are_no_change_and_ids_in_texts_are_said():
    old = turns((QUESTION, "", [LOOK]), ([gave("c1", "file-1234567 is a cat")], "A cat.", []))
    new = turns((QUESTION, "", [("other", *LOOK[1:])]), ([gave("other", "file-7654321 is a cat")], "A cat.", []))
    assert told(old, new) == [("same", 1, 1), ("same", 2, 2), ("only_ids", 3, 3), ("same", 4, 4)]


def test_a_turn_more_is_inserted_and_what_follows_is_the_same():
    old = turns((QUESTION, "A cat.", []))
    new = turns((QUESTION, "", [LOOK]), ([gave("c1", "a cat")], "A cat.", []))
    assert told(old, new) == [("same", 1, 1), ("inserted", 0, 2), ("inserted", 0, 3), ("same", 2, 4)]


def test_a_call_that_is_made_in_another_turn_has_moved():
    old = turns((QUESTION, "", [LOOK, SEE]), ([gave("c1", "a cat"), gave("c2", "a dog")], "Both.", []))
    new = turns(
        (QUESTION, "", [SEE]),
        ([gave("c2", "a dog")], "", [LOOK]),
        ([gave("c1", "a cat")], "Both.", []),
    )
    became = [one.became for one in aligned(old, new)]
    assert Became.MOVED in became
    assert not {
        (one.became, one.old.kind) for one in aligned(old, new) if one.old and one.old.kind.startswith("call")
    } & {(Became.REMOVED, "call look"), (Became.REMOVED, "call see")}


def test_another_answer_is_a_change_and_altogether_other_messages_are_gone_and_new():
    old = turns((QUESTION, "It is a small grey cat.", []))
    assert told(old, turns((QUESTION, "It is a big grey cat.", []))) == [("same", 1, 1), ("changed", 2, 2)]
    assert told(old, turns((QUESTION, "Nobody knows", []))) == [("same", 1, 1), ("changed", 2, 2)]
    asked = turns(([said("user", "Where do they live?")], "It is a small grey cat.", []))
    assert told(old, asked) == [("removed", 1, 0), ("inserted", 0, 1), ("same", 2, 2)]


def test_a_call_with_other_arguments_is_a_change_of_that_call():
    old = turns((QUESTION, "", [LOOK, SEE]))
    new = turns((QUESTION, "", [("c1", "look", '{"at": "a cat"}'), SEE]))
    assert told(old, new) == [("same", 1, 1), ("changed", 2, 2), ("same", 2, 2)]


def test_a_call_is_never_paired_with_another_tool_or_with_words():
    old = turns((QUESTION, "", [LOOK]))
    new = turns((QUESTION, "look at cat", []))
    assert told(old, new) == [("same", 1, 1), ("removed", 2, 0), ("inserted", 0, 2)]


def test_what_is_the_same_in_words_alone_is_a_change():
    old = turns((QUESTION, "A cat.", []))
    other = turns(([Message("user", (Text("What is it?"),), name="Ada")], "A cat.", []))
    assert told(old, other) == [("changed", 1, 1), ("same", 2, 2)]


def test_the_same_words_under_another_role_are_one_message_that_changed():
    old = turns(([said("user", "Use tools.")], "", []), (QUESTION, "A cat.", []))
    new = turns(([said("system", "Use tools.")], "", []), (QUESTION, "A cat.", []))
    assert told(old, new)[0] == ("changed", 1, 1)
    other = turns(([said("system", "Never use tools.")], "", []), (QUESTION, "A cat.", []))
    assert told(old, other)[:2] == [("removed", 1, 0), ("inserted", 0, 1)]


def test_a_recorded_answer_goes_with_a_recorded_one_rather_than_with_what_a_request_holds():
    def steps(*words):
        messages, entries = list(QUESTION), []
        for at, word in enumerate(words):
            entries.append(entry(str(at), messages, f"I think of step {word} now."))
            messages = [*messages, said("assistant", f"I think of step {word} now.\nSeen: {word}.")]
        (conversation,) = threads_of(entries).conversations
        return list(conversation.trunk.all_turns())

    found = aligned(steps("one", "two", "three"), steps("two", "three", "four"))
    assert all(one.old.is_sent == one.new.is_sent for one in found if one.old and one.new)


def test_answers_of_one_call_go_together_in_whatever_order_they_stand():
    old = [entry("a", QUESTION, "A small cat."), entry("b", QUESTION, "Some dog, grey.")]
    new = [entry("c", QUESTION, "Nobody knows what."), entry("d", QUESTION, "Ask again later!")]
    before, now = (list(threads_of(some).conversations[0].trunk.all_turns()) for some in (old, new))
    for paired in ({"a": "c", "b": "d"}, {"a": "d", "b": "c"}):
        found = aligned(before, now, paired)
        assert [one.became.value for one in found] == ["same", "changed", "changed"]
        assert {one.old.entry: one.new.entry for one in found if one.old.entry} == paired


@pytest.mark.slow
def test_very_many_turns_are_paired_in_order():
    many = int(CELLS**0.5) + 10
    old = turns(*[([said("user", f"question number {at} is old")], "", []) for at in range(many)])
    new = turns(*[([said("user", f"question number {at} is new")], "", []) for at in range(many)])
    changed = [(one.old.turn, one.new.turn) for one in aligned(old, new) if one.became is Became.CHANGED]
    assert all(first == second for first, second in changed)
    assert len(changed) >= many


WORDS = st.sampled_from(
    ["a cat sat here", "a cat sat there", "nothing", "file-1234567 is here", "file-7654321 is here"]
)
CALLS = st.lists(st.sampled_from([LOOK, SEE, ("c3", "look", "{}")]), max_size=2, unique=True)


@st.composite
def a_conversation(draw):
    steps = []
    for _ in range(draw(st.integers(1, 4))):
        steps.append(([said("user", draw(WORDS))], draw(WORDS), draw(CALLS)))
    return turns(*steps)


@settings(max_examples=80, deadline=None)
@given(a_conversation(), a_conversation())
def test_each_piece_stands_once_and_only_equal_ones_are_called_the_same(old, new):
    found = aligned(old, new)
    assert sorted(map(repr, [one.old for one in found if one.old])) == sorted(map(repr, pieces_of(old)))
    assert [one.new for one in found if one.new] == list(pieces_of(new))
    for one in found:
        is_sent = one.old and one.new and (one.old.is_sent or one.new.is_sent)
        if one.became in (Became.SAME, Became.MOVED):
            assert one.old.sent == one.new.sent
            assert is_sent or one.old.exact == one.new.exact
        if one.became is Became.ONLY_IDS:
            assert one.old.gist == one.new.gist
            assert one.old.sent != one.new.sent if is_sent else one.old.exact != one.new.exact
            assert is_sent or one.old.loose == one.new.loose
        if one.old and one.new:
            assert one.old.kind == one.new.kind


def test_an_answer_that_only_requests_repeat_is_held_against_what_they_repeat():
    later = [*QUESTION, called(*LOOK), gave("c1", "a cat")]
    old = turns((QUESTION, "", [LOOK]), ([gave("c1", "a cat")], "A cat.", []))
    (conversation,) = threads_of([entry("1", later, "A cat.")]).conversations
    new = list(conversation.trunk.all_turns())
    assert told(old, new) == [("same", number, number) for number in (1, 2, 3, 4)]
    found = aligned(old, new)
    assert [(one.old.entry, one.new.entry) for one in found] == [("", ""), ("0", ""), ("", ""), ("1", "1")]


def test_the_same_words_that_ended_otherwise_are_no_same_answer():
    one, other = (
        Exchange(Kind.CHAT, request=Request(tuple(QUESTION)), outputs=(Output(content="A cat.", finish_reason=reason),))
        for reason in ("stop", "length")
    )
    sides = [list(threads_of([Entry("1", side)]).conversations[0].trunk.all_turns()) for side in (one, other)]
    assert told(*sides) == [("same", 1, 1), ("changed", 2, 2)]
