"""The rules of docs/threads.md: who follows whom, what parts, what is older, what belongs to none."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.exchange.model import Kind, Message, Reasoning, Text, ToolCall
from recviewer.exchange.text import SENT
from recviewer.threads.conversations import letters
from recviewer.threads.model import Answered, AskedMessage, SentBack
from recviewer.threads.sameness import Gist, steps
from recviewer.threads.threads import threads_of
from tests.threads.made import called, entry, gave, said, turns_of

QUESTION = [said("user", "What is it?")]
ASKED_AGAIN = [*QUESTION, called("c1"), gave("c1", "a cat")]


def only(threads):
    assert len(threads.conversations) == 1
    return threads.conversations[0]


def test_a_request_that_begins_with_another_and_its_answer_follows_it():
    first = entry("b", QUESTION, calls=[("c1", "look", "{}")])
    second = entry("a", ASKED_AGAIN, "It is a cat.")
    conversation = only(threads_of([second, first]))
    assert turns_of(conversation.trunk) == [
        "1 user: What is it?",
        "2 answered by b",
        "3 tool: a cat",
        "4 answered by a",
    ]
    assert conversation.trunk.turns[1].sent_back is SentBack.AS_RECORDED
    assert conversation.trunk.turns[3].sent_back is SentBack.NOT


def test_an_answer_that_was_sent_back_without_its_words_is_still_the_answer():
    first = entry("a", QUESTION, "I will look.", [("c1", "look", "{}")])
    turn = only(threads_of([first, entry("b", ASKED_AGAIN, "A cat.")])).trunk.turns[1]
    assert (turn.sent_back, turn.unsent) == (SentBack.IN_PART, len("I will look."))


@pytest.mark.parametrize(
    "sent",
    [
        said("assistant", "It is a dog."),
        called("c1", arguments='{"at": 2}'),
        called("c1", text="Other words."),
        Message("assistant", (Text("I will look."), Reasoning("other thoughts"))),
        Message("assistant", (Text("I will look."),), name="somebody"),
    ],
)
def test_what_was_sent_as_an_answer_and_is_another_stands_by_itself(sent):
    first = entry("a", QUESTION, "I will look.", [("c1", "look", "{}")])
    second = entry("b", [*QUESTION, sent, said("user", "And?")], "A cat.")
    turns = list(only(threads_of([first, second])).trunk.all_turns())
    assert [turn.is_answer for turn in turns if isinstance(turn, AskedMessage)].count(True) == 1
    assert [turn.sent_back for turn in turns if isinstance(turn, Answered)] == [SentBack.NOT, SentBack.NOT]


def test_the_same_beginning_and_other_messages_are_branches():
    first = entry("a", QUESTION, calls=[("c1", "look", "{}")])
    cat = entry("b", ASKED_AGAIN, "A cat.")
    dog = entry("c", [*QUESTION, called("c1"), gave("c1", "a dog")], "A dog.")
    trunk = only(threads_of([first, cat, dog])).trunk
    assert turns_of(trunk) == ["1 user: What is it?", "2 answered by a"]
    assert [(one.name, turns_of(one)) for one in trunk.branches] == [
        ("A", ["3 tool: a cat", "4 answered by b"]),
        ("B", ["3 tool: a dog", "4 answered by c"]),
    ]


def test_the_same_request_and_answer_is_one_turn_with_both_recordings():
    turn = only(threads_of([entry("a", QUESTION, "A cat."), entry("b", QUESTION, "A cat.", seed=1)])).trunk.turns[1]
    assert [one.key for one in turn.entries] == ["a", "b"]
    assert turn.differs == ("seed",)


def test_other_answers_to_the_same_messages_stand_behind_each_other():
    turns = only(threads_of([entry("a", QUESTION, "A cat."), entry("b", QUESTION, "A dog.", model="n")])).trunk.turns
    assert [(turn.number, turn.is_other, turn.differs) for turn in turns[1:]] == [(2, False, ()), (2, True, ("model",))]


def test_an_answer_with_the_same_words_and_other_details_names_the_first():
    other = entry("b", QUESTION, "A cat.", kind=Kind.COMPLETION)
    turns = only(threads_of([entry("a", QUESTION, "A cat."), other])).trunk.turns
    assert [(turn.is_other, turn.same_as) for turn in turns[1:]] == [(False, 0), (True, 2)]


def test_ids_that_stand_for_each_other_are_no_difference_and_it_is_said():
    entries = []
    for id in ("c1", "other"):
        entries.append(entry(f"{id} a", QUESTION, calls=[(id, "look", "{}")], seed=len(id)))
        entries.append(entry(f"{id} b", [*QUESTION, called(id), gave(id, "a cat")], "A cat.", seed=len(id)))
    turns = only(threads_of(entries)).trunk.turns
    assert [len(turn.entries) for turn in turns if isinstance(turn, Answered)] == [2, 2]
    assert turns[1].ids_differ
    assert not turns[0].ids_differ


def test_ids_that_do_not_stand_for_each_other_are_a_difference():
    two = [called("c1"), called("c2", "see")]
    straight = [*QUESTION, *two, gave("c1", "a cat"), gave("c2", "a dog")]
    crossed = [*QUESTION, *two, gave("c2", "a cat"), gave("c1", "a dog")]
    trunk = only(threads_of([entry("a", straight, "x"), entry("b", crossed, "y")])).trunk
    assert len(trunk.branches) == 2


def test_a_result_that_stood_before_says_where():
    again = [*ASKED_AGAIN, called("c2"), gave("c2", "a cat")]
    turns = only(threads_of([entry("a", again, "A cat.")])).trunk.turns
    assert [turn.same_as for turn in turns if isinstance(turn, AskedMessage)] == [0, 0, 0, 2, 3]


def test_a_way_that_replay_does_not_find_is_older_where_it_finds_one_as_long():
    first = entry("a", QUESTION, calls=[("c1", "look", "{}")])
    new = entry("b", ASKED_AGAIN, "A cat.")
    old = entry("c", [*QUESTION, called("c1"), gave("c1", "a cat, file-123")], "A cat.", is_found=False)
    conversation = only(threads_of([first, new, old]))
    assert [one.key for one in conversation.trunk.entries()] == ["a", "b"]
    assert [turns_of(one) for one in conversation.older] == [["3 tool: a cat, file-123", "4 answered by c"]]


def test_what_replay_does_not_find_is_not_older_where_there_is_nothing_newer():
    first = entry("a", QUESTION, calls=[("c1", "look", "{}")])
    last = entry("b", ASKED_AGAIN, "A cat.", is_found=False)
    conversation = only(threads_of([first, last]))
    assert not conversation.older
    assert [one.key for one in conversation.trunk.entries()] == ["a", "b"]


def test_a_conversation_that_begins_alike_but_for_ids_is_older():
    new = entry("a", [said("user", "Read file-aaaaaa1")], "x")
    old = entry("b", [said("user", "Read file-bbbbbb2")], "y", is_found=False)
    other = entry("c", [said("user", "Write")], "z", is_found=False)
    found, alone = threads_of([new, old, other]).conversations
    assert [one.key for one in found.entries()] == ["a", "b"]
    assert len(found.older) == 1
    assert [one.key for one in alone.entries()] == ["c"]
    assert not alone.older


def test_a_request_may_name_the_answer_that_it_goes_on_from():
    first = entry("b", QUESTION, "A cat.", answer_id="resp_1")
    second = entry("a", [said("user", "Sure?")], "Yes.", answer_id="resp_2", previous_response_id="resp_1")
    third = entry("c", [said("user", "Really?")], "Yes!", previous_response_id="resp_2")
    assert turns_of(only(threads_of([second, third, first])).trunk) == [
        *("1 user: What is it?", "2 answered by b", "3 user: Sure?", "4 answered by a", "5 user: Really?"),
        "6 answered by c",
    ]


def test_requests_that_name_each_other_in_a_circle_end():
    one = entry("a", QUESTION, "x", answer_id="1", previous_response_id="2")
    two = entry("b", QUESTION, "y", answer_id="2", previous_response_id="1")
    assert len(list(threads_of([one, two]).entries())) == 2


def test_an_answer_of_several_messages_is_one():
    sent = [said("assistant", "I will look."), Message("assistant", (ToolCall("c1", "look", "{}"),))]
    first = entry("a", QUESTION, "I will look.", [("c1", "look", "{}")])
    second = entry("b", [*QUESTION, *sent, gave("c1", "a cat")], "A cat.")
    assert turns_of(only(threads_of([first, second])).trunk) == [
        *("1 user: What is it?", "2 answered by a", "4 tool: a cat", "5 answered by b"),
    ]


def test_what_is_no_conversation_stands_by_kind():
    threads = threads_of(
        [
            entry("a", [], kind=Kind.MODELS),
            entry("b", [said("input", "x")], kind=Kind.EMBEDDINGS),
            entry("c", [], kind=Kind.UNREADABLE),
            entry("d", [said("input", "y")], kind=Kind.EMBEDDINGS),
            entry("e", [], kind=Kind.EXCEPTION),
        ]
    )
    assert not threads.conversations
    found = {rest.kind.value: [one.key for one in rest.entries] for rest in threads.rest}
    assert found == {"embeddings": ["b", "d"], "exception": ["e"], "models": ["a"], "unreadable": ["c"]}


FRAME = "Task: say whether this is safe. " * 6
ANSWER = "Cats are small. They like fish, and they sleep all day long."
OTHER = "Cats are cruel. They kill mice and birds for fun"


def check(key, text, said_="safe", before=FRAME):
    return entry(key, [said("user", f"{before}{text}\n\nAnswer safe or unsafe.")], said_, model="guard")


def test_checks_of_an_answer_while_it_grew_are_one_row_beside_it():
    words = ANSWER.split(" ")
    grown = [check(f"c{at}", " ".join(words[:at]), "safe" if at < 7 else "unsafe\nS1") for at in range(1, 8)]
    asked = check("q", "What about cats?")
    threads = threads_of([entry("a", [said("user", "What about cats?")], ANSWER), asked, *grown])
    assert [one.key for one in only(threads).entries()] == ["a"]
    question, answer = threads.checks
    assert (question.of, [one.key for one in question.entries]) == (1, ["q"])
    assert (answer.of, answer.outcomes, answer.shared) == (2, (("safe", 6), ("unsafe\nS1", 1)), 0)
    assert [one.key for one in answer.entries] == [f"c{at}" for at in range(1, 8)]
    assert answer.text == " ".join(words[:7])


def test_checks_of_two_texts_with_one_beginning_stand_once_those_of_the_answer_first():
    words, others = ANSWER.split(" "), OTHER.split(" ")
    grown = {" ".join(some[:at]) for some in (words, others) for at in range(1, 9)}
    entries = [check(text, text) for text in sorted(grown)]
    threads = threads_of([entry("a", [said("user", "What about cats?")], ANSWER), *entries])
    first, second = threads.checks
    assert (first.of, len(first.entries), first.shared) == (2, 8, 0)
    assert (second.of, len(second.entries), second.shared) == (0, 6, 2)


def test_few_texts_that_begin_alike_are_conversations():
    entries = [entry(str(at), [said("user", "Why" + "?" * at)], str(at)) for at in range(3)]
    threads = threads_of(entries)
    assert not threads.checks
    assert len(threads.conversations) == 3


def test_a_growing_text_without_fixed_words_takes_nothing_else_along():
    entries = [entry(f"g{at}", [said("user", "Tell me" + " more" * at)], str(at)) for at in range(5)]
    threads = threads_of([*entries, entry("other", [said("user", "Stop")], "ok")])
    assert [len(one.entries) for one in threads.checks] == [5]
    assert [one.key for one in only(threads).entries()] == ["other"]


def test_branches_are_named_by_letters():
    assert [letters(at) for at in (0, 25, 26, 27, 52, 702)] == ["A", "Z", "AA", "AB", "BA", "AAA"]


WORDS = st.sampled_from(["a", "b", "c", ""])
MESSAGES = st.one_of(
    st.builds(said, st.sampled_from(["system", "user", "assistant"]), WORDS),
    st.builds(called, st.sampled_from(["c1", "c2"]), st.sampled_from(["look", "see"])),
    st.builds(gave, st.sampled_from(["c1", "c2"]), WORDS),
)


@st.composite
def a_test(draw):
    """The exchanges of a test: conversations that go on, some calls of them lost, some re-recorded."""
    entries = []
    for conversation in range(draw(st.integers(1, 3))):
        messages = draw(st.lists(MESSAGES, min_size=1, max_size=3))
        for at in range(draw(st.integers(1, 4))):
            answer = draw(WORDS)
            calls = [("c1", "look", "{}")] if draw(st.booleans()) else []
            key = f"{conversation}.{at}"
            kind = draw(st.sampled_from([Kind.CHAT, Kind.CHAT, Kind.CHAT, Kind.MODELS]))
            made = entry(key, messages, answer, calls, kind=kind, is_found=draw(st.booleans()))
            if draw(st.integers(0, 4)):
                entries.append(made)
            sent = called("c1", text=draw(st.sampled_from([answer, ""]))) if calls else said("assistant", answer)
            messages = [*messages, sent, *draw(st.lists(MESSAGES, max_size=2))]
    return entries


def shape(threads):
    """Threads without the objects: what stands where."""
    return repr(
        [
            [(branch.name, branch.turns, branch.branches) for branch in (one.trunk, *one.older)]
            for one in threads.conversations
        ]
    ) + repr([[entry.key for entry in one.entries] for one in (*threads.checks, *threads.rest)])


def assert_once(threads, entries):
    """Each exchange stands once, each message is shown once at most, and none is lost."""
    assert sorted(one.key for one in threads.entries()) == sorted(one.key for one in entries)
    turns = [turn for one in threads.conversations for branch in (one.trunk, *one.older) for turn in branch.all_turns()]
    assert [turn.place for turn in turns] == list(range(1, len(turns) + 1))
    asked = [turn for turn in turns if isinstance(turn, AskedMessage)]
    answers = [
        Gist.of_output(output)
        for turn in turns
        if isinstance(turn, Answered)
        for output in turn.entries[0].exchange.outputs
    ]
    shown = {step.content for turn in asked for step in steps([turn.message])}
    talking = [entry for one in threads.conversations for entry in one.entries()]
    ways = [list(steps(one.exchange.request.messages)) for one in talking]
    assert len(asked) <= len({step.prefix for way in ways for step in way})
    for one, way in zip(talking, ways, strict=True):
        for message, step in zip(one.exchange.request.messages, way, strict=True):
            sent = Gist.of_parts(message.parts)
            is_told = message.role in SENT and (sent.is_nothing or any(gist.holds(sent) for gist in answers))
            assert step.content in shown or is_told


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(a_test(), st.randoms())
def test_each_exchange_stands_once_each_message_is_shown_once_and_none_is_lost(entries, rng):
    threads = threads_of(entries)
    assert_once(threads, entries)
    others = list(entries)
    rng.shuffle(others)
    assert shape(threads_of(others)) == shape(threads)


@pytest.mark.slow
def test_many_exchanges_with_long_messages_take_time_in_proportion():
    def seconds(count):
        text = "a word " * 2_000
        messages = [said("system", text)]
        entries = []
        for at in range(count):
            messages = [*messages[:1], said("user", f"{at} {text}")]
            entries.append(entry(f"{at:05}", messages, str(at)))
        random.Random(1).shuffle(entries)
        began = time.process_time()
        assert len(threads_of(entries).conversations[0].trunk.branches) == count
        return time.process_time() - began

    seconds(20)
    few, many = (min(seconds(count) for _ in range(3)) for count in (200, 800))
    assert many < 12 * max(few, 0.02)
