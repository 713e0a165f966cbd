"""Which old recordings are offered back: only where nothing leans on the new answer, and where that is known."""

from dataclasses import replace

import pytest

from recviewer.changes import offers, taking_back
from recviewer.changes.overview import compared, with_offers
from recviewer.changes.taking_back import AroundChange, AskedCall
from recviewer.exchange.model import Vector
from recviewer.pairing.pair import How, Pair, Sure

FOLDER = "tests/integration/chat/recordings"
ASKED = "Which planet has rings?"
OLD, NEW = "Saturn has rings, says the old answer.", "It is Saturn that has the rings, of course."
SECOND = "And which one is red?"


@pytest.fixture
def told(tree, make):
    """Return a function that makes a call again at its place, and tells why its old one is not offered back, "" if it is.

    beside: recordings on both sides; before, after: on one side alone. edit: changes the bytes of the new one.
    """

    def run(old=OLD, new=NEW, *, beside=(), before=(), after=(), edit=bytes, old_words=(), new_words=()):
        documents = [make.chat(ASKED, old, **dict(old_words)), make.chat(ASKED, new, **dict(new_words))]
        own = make.name_of(documents[0])
        both = {f"beside{number}.json": make.bytes_of(one) for number, one in enumerate(beside)}
        states = []
        for document, name, others in zip(documents, ("old", "new"), (before, after), strict=True):
            files = {f"{name}{number}.json": make.bytes_of(one) for number, one in enumerate(others)}
            files[own] = make.bytes_of(document)
            states.append({f"{FOLDER}/{name}": data for name, data in (both | files).items()})
        states[1][f"{FOLDER}/{own}"] = edit(states[1][f"{FOLDER}/{own}"])
        base, head = tree.imported(*states)
        found = with_offers(tree.overview(f"{base}...{head}"))
        [mine] = [one for one in found.changes if one.unasked and one.side.name == own]
        return mine.why_not_back

    return run


def follows(make, answer, *, question=SECOND, **words):
    """A later call: the first question, an answer to it, and another question."""
    return make.chat(question, "Mars.", turns=[("user", ASKED), ("assistant", answer)], **words)


def test_an_answer_that_stands_alone_is_offered_back(told):
    assert told() == ""


def test_other_calls_of_the_test_that_hold_nothing_of_it_do_not_matter(told, make):
    assert told(beside=[make.chat("Is Pluto a planet?", "No.")]) == ""


def test_a_later_call_goes_on_from_it(told, make):
    assert told(after=[follows(make, NEW)]) == taking_back.GOES_ON


def test_a_later_call_that_the_range_left_alone_goes_on_from_it(told, make):
    assert told(beside=[follows(make, NEW)]) == taking_back.GOES_ON


def test_a_later_call_of_another_test_does_not_matter(told, make):
    assert told(after=[follows(make, NEW, test=make.id_of("test_other"))]) == ""


def test_a_later_call_of_no_known_test_does(told, make):
    assert told(beside=[make.chat(f"Is this safe? {NEW}", "safe", test=None)]) == taking_back.LEANS


@pytest.mark.parametrize(
    "question",
    [
        f"Is this safe? {NEW}",
        f"Is this safe? {NEW[:30]}",
        f"Sum it up: …{NEW[8:]}",
        NEW,
        '{"said": "It is Saturn that has\\n the rings, of course."}',
    ],
)
def test_a_request_that_holds_the_answer_or_a_piece_of_it_leans(told, make, question):
    assert told(after=[make.chat(question, "safe")]) == taking_back.LEANS


def test_a_short_answer_is_looked_for_whole(told, make):
    assert (
        told("Mars", "Saturn", after=[make.chat("Tell me more about Saturn, please.", "Gladly.")]) == taking_back.LEANS
    )


def test_a_very_short_answer_is_no_piece_of_a_word(told, make):
    assert told("Yes.", "no", after=[make.chat("What do you know?", "Much.")]) == ""


def test_what_the_question_says_itself_is_no_trace(told, make):
    again = make.chat(ASKED, "rings", turns=[("system", "Be brief.")])
    assert told("planet", "rings", after=[again]) == ""


def test_what_stands_in_an_answer_as_json_is_looked_for(told, make):
    after = [make.chat("How many live in Paris?", "Many.")]
    assert told('{"capital": "Rome"}', '{"capital": "Paris"}', after=after) == taking_back.LEANS


def test_the_same_answer_leaves_no_trace_of_its_own(told, make):
    assert told(OLD, OLD, old_words={"chunks": 2}, new_words={"chunks": 5}, beside=[make.chat(f"Safe? {OLD}")]) == ""


def test_a_call_that_followed_the_old_answer_is_gone(told, make):
    assert told(before=[follows(make, OLD)]) == taking_back.WENT


def test_a_check_of_the_old_answer_is_gone(told, make):
    assert told(before=[make.chat(f"Is this safe? {OLD}", "safe")]) == taking_back.WENT


def test_what_is_asked_as_before_is_not_gone(told, make):
    check = f"Is this safe? {OLD}"
    assert told(before=[make.chat(check, "safe")], after=[make.chat(check, "sure, safe")]) == ""


def calls(*arguments):
    return {"calls": [("get_weather", one) for one in arguments], "finish": "tool_calls"}


def test_arguments_of_a_call_that_another_request_asks_with(told, make):
    why = told(
        "",
        "",
        old_words=calls('{"city": "Rome"}'),
        new_words=calls('{"city": "Reykjavik"}'),
        after=[make.chat("Reykjavik", "cold")],
    )
    assert why == taking_back.LEANS


def test_ids_of_a_call_that_a_later_request_quotes(told, make):
    quoting = make.chat("And now?", "Cold.", params={"made_by": "call_1"})
    assert told("", "Hello, it is cold.", new_words=calls("{}"), after=[quoting]) == taking_back.LEANS


def test_a_further_recording_of_the_same_request(told, make):
    assert told(after=[make.chat(ASKED, "A third answer.")]) == taking_back.TWICE


def test_a_recording_that_cannot_be_read_may_lean(told):
    assert told(beside=["no recording"]) == taking_back.UNREAD


def test_no_test_is_known(told):
    words = {"test": None}
    assert told(old_words=words, new_words=words) == taking_back.NO_TEST


def test_an_answer_is_named_by_an_id_that_only_the_server_knows(told, make):
    later = make.chat(SECOND, "Mars.", params={"previous_response_id": "resp_123456"})
    assert told(after=[later]) == taking_back.NAMES_EARLIER


def test_the_code_of_now_has_other_types(told):
    why = told(edit=lambda data: data.replace(b"openai.types.chat.", b"openai.types.talk."))
    assert why == taking_back.OTHER_DETAILS


def test_what_a_recorder_wrote_around_a_reply_differs(told):
    why = told(edit=lambda data: data.replace(b'"headers": {}', b'"headers": {"X-Version": "2"}'))
    assert why == taking_back.OTHER_DETAILS


def test_other_events_of_the_same_code_are_part_of_the_answer():
    old, new = frozenset({"openai.types.A", "openai.types.B"}), frozenset({"openai.types.A", "openai.types.C"})
    assert taking_back._are_types_of_now(old, new)
    assert not taking_back._are_types_of_now(frozenset({"gone.B"}), new)


def test_a_folder_that_replay_may_not_look_in(tree, make):
    old, new = make.chat(ASKED, OLD), make.chat(ASKED, NEW)
    name = make.name_of(old)
    states = {f"tests/a/recordings/{name}": make.bytes_of(old)}, {f"tests/b/recordings/{name}": make.bytes_of(new)}

    [change] = with_offers(tree.overview("...".join(tree.imported(*states)))).changes

    assert (change.unasked, change.why_not_back) == (True, taking_back.MOVED)


def test_more_lies_beside_than_is_looked_at(told, make, monkeypatch):
    monkeypatch.setattr(offers, "MOST", 1)
    assert told(beside=[make.chat(f"Question {number}?", "No.") for number in range(2)]) == offers.TOO_MANY


def test_more_is_to_look_through_than_there_is_time_for(told, make, monkeypatch):
    monkeypatch.setattr(taking_back, "MOST_WORK", 10)
    assert told(beside=[make.chat("Is Pluto a planet?", "No.")]) == taking_back.TOO_MUCH


def test_nothing_is_asked_of_a_change_that_was_asked_for(tree, make):
    states = (
        {f"{FOLDER}/a.json": make.bytes_of(make.chat("One?"))},
        {f"{FOLDER}/a.json": make.bytes_of(make.chat("Two?"))},
    )
    spec = "...".join(tree.imported(*states))

    assert [one.why_not_back for one in with_offers(tree.overview(spec)).changes] == [None]


def change_of(make, old, new, **sides):
    """A change of two documents, as if nothing had asked for the new one."""
    pair = Pair(0, 0, How.PATH, Sure.CERTAIN, 1.0, "the same path")
    made = [replace(make.side(one), **sides) for one in (old, new)]
    return replace(compared(*made, pair, None), unasked=True)


def test_recordings_that_share_their_file_stay(make):
    change = change_of(make, make.chat(ASKED, OLD), make.chat(ASKED, NEW), part="1")
    assert taking_back.why_not(change, AroundChange()) == taking_back.SHARED


def test_lists_of_models_stay(make):
    change = change_of(make, make.models("a", test=make.id_of()), make.models("b", test=make.id_of()))
    assert taking_back.why_not(change, AroundChange()) == taking_back.LISTS


def test_a_request_that_quotes_other_ids_stays(make):
    call = {"id": "call_old", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        [{"role": "assistant", "content": "", "tool_calls": [call | {"id": one}]}] for one in ("call_1", "call_2")
    ]
    old, new = (make.chat(ASKED, OLD, params={"messages": one}) for one in messages)
    change = change_of(make, old, new)
    assert taking_back.why_not(change, AroundChange()) == taking_back.OTHER_IDS


def test_what_stands_at_the_old_path_stays(make):
    change = change_of(make, make.chat(ASKED, OLD), make.chat(ASKED, NEW))
    assert taking_back.why_not(change, AroundChange()) == ""
    assert taking_back.why_not(change, AroundChange(taken=True)) == taking_back.TAKEN


def test_an_answer_of_more_than_words_stays_where_there_are_other_calls(make):
    change = change_of(make, make.chat(ASKED, OLD), make.chat(ASKED, NEW))
    meaning = change.new.meaning
    seen = replace(meaning, exchange=replace(meaning.exchange, exhibits=(Vector(0, (1.0,)),)))
    change = replace(change, new=replace(change.new, meaning=seen))
    other = AskedCall(make.side(make.chat(SECOND)))
    assert taking_back.why_not(change, AroundChange()) == ""
    assert taking_back.why_not(change, AroundChange(there=(other,))) == taking_back.OPAQUE


def test_calls_without_ids_are_known_by_what_they_ask(make):
    old, new = make.chat(ASKED, "", **calls('{"n": 1}')), make.chat(ASKED, "", **calls('{"n": 2}'))
    call = {"id": "", "type": "function", "function": {"name": "get_weather", "arguments": '{"n":2}'}}
    messages = [{"role": "user", "content": "Else?"}, {"role": "assistant", "content": "", "tool_calls": [call]}]
    later = AskedCall(make.side(make.chat(params={"messages": messages})))
    change = change_of(make, old, new)
    assert taking_back.why_not(change, AroundChange(there=(later,))) == taking_back.LEANS


def test_what_has_no_old_one_cannot_be_asked_about(make):
    change = replace(change_of(make, make.chat(ASKED, OLD), make.chat(ASKED, NEW)), old=None)
    with pytest.raises(ValueError, match="one side"):
        taking_back.why_not(change, AroundChange())
