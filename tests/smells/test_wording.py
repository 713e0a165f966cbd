"""What the findings of each rule say, and on which changes of a range they are."""

from dataclasses import replace

import pytest

from recviewer.difference.model import Churn
from recviewer.pairing.pair import How, Sure
from recviewer.pairing.sides import unread
from tests.trees import FOLDER, id_of

THOUGHT = "The user asks for planets with rings, so Saturn it is."
CALLS = [("look", "{}")]


def test_what_stays_as_it_is_has_no_finding(paired, make, told):
    assert told(paired(make.chat(chunks=3), make.chat(chunks=2))) == []


# leaked-reasoning


def test_thinking_that_leaked_is_red(paired, make, rules):
    tagged = paired(
        make.chat(answer="Saturn.", reasoning=THOUGHT), make.chat(answer=f"<reasoning>{THOUGHT}</reasoning>Saturn.")
    )
    moved = paired(make.chat("Two?", "Mars.", reasoning=THOUGHT), make.chat("Two?", f"{THOUGHT} Mars."))

    finding = rules(tagged, moved)["leaked-reasoning", "red"]

    assert finding.title == "Thinking leaked into 2 of 2 answers"
    assert "They begin with <reasoning>. In 2 pairs" in finding.detail


@pytest.mark.parametrize("answer", ["I think <think> is a tag.", "Saturn."])
def test_an_answer_that_only_speaks_of_tags_has_not_leaked(alone, make, told, answer):
    assert told(alone(make.chat(answer=answer))) == []


def test_a_leak_that_was_there_before_is_no_finding(paired, make, told):
    assert told(paired(make.chat(answer="<think>a</think>b"), make.chat(answer="<think>c</think>b"))) == []


# recorded-error


def test_an_error_in_place_of_an_answer_is_red(paired, make, rules):
    finding = rules(paired(make.chat(), make.chat(error="slow down")))["recorded-error", "red"]

    assert "1 recording had an answer before" in finding.detail


def test_the_same_failure_again_is_no_finding(paired, make, told):
    assert told(paired(make.chat(error="slow down"), make.chat(error="slow down, please"))) == []


# broke-off


ENDS = {
    "length": "1 answer was cut off at a limit",
    "content_filter": "1 answer was stopped by a filter",
    "SAFETY": "1 answer was stopped by a filter",
    "refusal": "1 answer is a refusal",
    "failed": "1 answer failed",
    "pause_turn": "1 answer was paused",
}


@pytest.mark.parametrize(("finish", "title"), ENDS.items())
def test_an_end_that_is_no_end_is_red_and_named(paired, alone, make, rules, finish, title):
    for change in (alone(make.chat(finish=finish)), paired(make.chat(), make.chat(finish=finish))):
        finding = rules(change)["broke-off", "red"]
        assert finding.title == title
        assert f"{finish} ×1" in finding.detail


def test_an_answer_that_was_asked_for_too_early_is_amber_unless_it_had_an_end_before(paired, alone, make, told):
    early = make.chat(finish="in_progress")

    assert told(alone(early)) == [("broke-off", "amber", "1 answer has no end")]
    assert told(paired(make.chat(), early)) == [("broke-off", "red", "1 answer has no end")]


def test_an_end_that_nobody_has_described_is_amber(alone, make, told):
    assert told(alone(make.chat(finish="novel"))) == [
        ("broke-off", "amber", "1 answer ended for a reason that is not known")
    ]


@pytest.mark.parametrize("finish", ["stop", "tool_calls", "STOP", "end_turn"])
def test_good_ends_are_no_finding(alone, make, told, finish):
    assert told(alone(make.chat(finish=finish))) == []


def test_an_answer_cut_off_before_too_is_no_finding(paired, make, told):
    assert told(paired(make.chat(finish="length"), make.chat(answer="Saturn", finish="max_tokens"))) == []


def test_several_ends_are_counted(alone, make, rules):
    changes = [alone(make.chat(str(n), finish=finish)) for n, finish in enumerate(["length", "length", "SAFETY"])]

    finding = rules(*changes)["broke-off", "red"]

    assert finding.title == "3 answers did not end well"
    assert finding.detail.startswith("2 were cut off at a limit, 1 was stopped by a filter.")


# unreadable


def test_what_cannot_be_read_is_red_though_it_could_not_be_read_before(make, tree):
    tree.write("tests/recordings/a.json", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n")
    tree.commit()
    tree.write("tests/recordings/a.json", b"version https://git-lfs.github.com/spec/v1\noid sha256:2\n")
    tree.commit()

    found = tree.overview("HEAD~1...HEAD")

    assert [(one.rule, one.severity.value) for one in found.findings] == [("unreadable", "red")]
    assert found.numbers.need_you == 1
    assert found.changes[0].churn.value == "details"


def test_a_file_that_was_not_read_is_amber_and_not_called_unreadable(paired, make, rules):
    change = paired(make.chat(), make.chat(answer="Other."))
    left = replace(change, new=replace(change.new, meaning=unread(b"{}", "b", "too much").parts[0].meaning))

    found = rules(left)

    assert found["unread", "amber"].title == "1 recording was not read"
    assert found["unread", "amber"].detail == "too much"
    assert ("unreadable", "red") not in found


def test_an_unreadable_file_that_only_moved_is_no_finding(tree):
    tree.write("tests/recordings/a.json", b"{")
    tree.commit()
    tree.git("mv", "tests/recordings/a.json", "tests/recordings/b.json")
    tree.commit()

    assert tree.overview("HEAD~1...HEAD").findings == ()


# lost-…


def test_a_lost_tool_call_is_red(paired, make, told):
    change = paired(make.chat(answer="", calls=CALLS, finish="tool_calls"), make.chat(answer="I will not look."))

    assert told(change) == [("lost-tool-call", "red", "1 recording lost its tool call")]


TURNS = [("user", "Which planet has rings?"), ("assistant", "Let me look.")]


def calling(make, *turns):
    """A turn that answers with a call, behind others or first."""
    question = "Look!" if turns else "Which planet has rings?"
    return make.bytes_of(make.chat(question, answer="", calls=CALLS, finish="tool_calls", turns=turns))


def test_a_call_that_is_made_one_turn_later_is_not_lost(tree, make):
    tree.write(f"{FOLDER}/1.json", calling(make))
    tree.write(f"{FOLDER}/2.json", make.bytes_of(make.chat("Look!", answer="Saturn.", turns=TURNS)))
    base = tree.commit()
    tree.write(f"{FOLDER}/1.json", make.bytes_of(make.chat(answer="Let me look.")))
    tree.write(f"{FOLDER}/2.json", calling(make, *TURNS))

    assert [one.rule for one in tree.overview(f"{base}..{tree.commit()}").findings] == []


@pytest.mark.parametrize("other", [id_of("test_other"), id_of()])
def test_a_call_is_lost_that_only_another_test_makes_or_another_call_stands_for(tree, make, other):
    """Of two turns that lost their call one at most is made elsewhere: in another test, none is."""
    for name, turns in (("1", ()), ("2", TURNS)):
        tree.write(f"{FOLDER}/{name}.json", calling(make, *turns))
    tree.write(f"{FOLDER}/3.json", make.bytes_of(make.chat("Third?", answer="Saturn.", test=other)))
    base = tree.commit()
    for name, turns in (("1", ()), ("2", TURNS)):
        question = "Look!" if turns else "Which planet has rings?"
        tree.write(f"{FOLDER}/{name}.json", make.bytes_of(make.chat(question, answer="No look.", turns=turns)))
    third = make.chat("Third?", answer="", calls=CALLS, finish="tool_calls", test=other)
    tree.write(f"{FOLDER}/3.json", make.bytes_of(third))
    found = {one.rule: one for one in tree.overview(f"{base}..{tree.commit()}").findings}

    assert len(found["lost-tool-call"].on) == (1 if other == id_of() else 2)


def test_another_call_is_not_a_lost_one(paired, make, told):
    old, new = (make.chat(answer="", calls=[("look", given)], finish="tool_calls") for given in ("{}", '{"a": 1}'))

    assert told(paired(old, new)) == []


def test_lost_thinking_is_amber(paired, make, told):
    assert told(paired(make.chat(reasoning=THOUGHT), make.chat())) == [
        ("lost-reasoning", "amber", "1 answer lost its thinking")
    ]
    assert told(paired(make.chat(reasoning=THOUGHT), make.chat(reasoning="Other thoughts."))) == []


def test_a_list_that_came_back_empty_is_red(paired, make, told):
    assert ("lost-results", "red", "1 recording lost its results") in told(paired(make.models("a"), make.models()))
    assert not [one for one in told(paired(make.models("a", "b"), make.models("a"))) if one[0] == "lost-results"]


def choices(make, number):
    document = make.chat()
    document["response"]["is_streaming"] = False
    message = {"role": "assistant", "content": "Saturn."}
    made = [{"index": n, "message": message, "finish_reason": "stop"} for n in range(number)]
    data = {"id": "rec-1", "object": "chat.completion", "created": 0, "choices": made}
    document["response"]["body"] = {"__type__": "openai.types.chat.chat_completion.ChatCompletion", "__data__": data}
    return document


def test_lost_choices_are_amber(paired, make, told):
    assert ("lost-choices", "amber", "1 recording lost some of its choices") in told(
        paired(choices(make, 3), choices(make, 1))
    )
    assert told(paired(choices(make, 1), choices(make, 2))) == []


def test_another_http_status_is_amber(paired, make, rules):
    old, new = make.chat(), make.chat()
    old["response"]["status"], new["response"]["status"] = 200, 206

    assert rules(paired(old, new))["other-status", "amber"].detail == "200 → 206 ×1."
    assert not rules(paired(old, old))


def with_logprobs(document):
    for chunk in document["response"]["body"]:
        chunk["__data__"]["choices"][0]["logprobs"] = {"content": [{"token": "a", "logprob": -0.1}]}
    return document


def test_lost_logprobs_are_amber(paired, make, told):
    lost = paired(with_logprobs(make.chat()), make.chat())

    assert told(lost) == [("lost-logprobs", "amber", "1 answer lost its probabilities of tokens")]
    assert told(paired(make.chat(), with_logprobs(make.chat()))) == []


# odd-type


def of_type(document, name):
    for chunk in document["response"]["body"]:
        chunk["__type__"] = name
    return document


def test_a_type_of_an_unknown_package_is_red_where_it_took_the_place_of_another(paired, alone, make, rules):
    odd = of_type(make.chat(), "evil.module.ChatCompletionChunk")

    assert "evil.module" in rules(paired(make.chat(), odd))["odd-type", "red"].detail
    assert ("odd-type", "red") in rules(alone(odd))
    assert not rules(paired(odd, of_type(make.chat(answer="Other."), "evil.module.ChatCompletionChunk")))


def test_types_that_recorders_write_are_no_finding(paired, make, told):
    assert told(paired(make.chat(), of_type(make.chat(), "litellm.types.utils.ModelResponseStream"))) == []


# cannot-replay


def test_a_pure_rename_that_replay_does_not_follow_is_red(paired, make, rules):
    same = make.chat()
    folder = "tests/integration/chat/recordings"
    change = paired(same, same, how=How.BYTES, paths=(None, f"{folder}/{'0' * 64}.json"))

    finding = rules(change)["cannot-replay", "red"]

    assert change.churn is Churn.DETAILS
    assert "Replay looks for another name: 1 has a name that no known rule gives." in finding.detail
    assert "1 recording could be found before" in finding.detail


@pytest.mark.parametrize("name", ["0" * 64, "the_planets", "0" * 12])
def test_a_rename_to_any_other_name_is_red(paired, make, rules, name):
    same = make.chat()
    change = paired(same, same, how=How.BYTES, paths=(None, f"tests/integration/chat/recordings/{name}.json"))

    assert ("cannot-replay", "red") in rules(change)


def test_a_name_that_replay_could_not_find_before_is_amber_only_where_it_became_worse(paired, make, rules):
    same, bad = make.chat(), f"tests/integration/chat/recordings/{'0' * 64}.json"

    assert rules(paired(same, make.chat(answer="Other."), paths=(bad, bad))) == {}
    assert rules(paired(same, same, how=How.BYTES, paths=(bad, None))) == {}


def test_a_new_recording_that_replay_cannot_find_is_amber(alone, make, told):
    bad = f"tests/integration/chat/recordings/{'0' * 64}.json"

    assert told(alone(make.chat(), bad)) == [("cannot-replay", "amber", "Replay cannot find 1 recording")]


# moved-away


def test_a_recording_that_left_the_folder_of_its_test_is_red(paired, make, rules):
    same = make.chat()
    name = make.name_of(same)
    change = paired(same, same, how=How.BYTES, paths=(None, f"tests/integration/other/recordings/{name}"))

    finding = rules(change)["moved-away", "red"]

    assert "tests/integration/other/recordings/" in finding.detail


def test_a_recording_that_moved_to_the_folder_of_its_test_is_no_finding(paired, make, rules):
    same = make.chat()
    name = make.name_of(same)

    assert rules(paired(same, same, how=How.BYTES, paths=(f"tests/recordings/{name}", None))) == {}


def test_a_recording_of_no_known_test_that_moved_is_amber(paired, make, rules):
    same = make.chat(test=None)
    paths = [f"tests/{place}/recordings/{make.name_of(same)}" for place in ("common", "chat")]

    assert set(rules(paired(same, same, how=How.BYTES, paths=paths))) == {("moved-away", "amber")}


@pytest.mark.parametrize("place", ["tests/integration/chat/old/{}", "tests/integration/chat/recordings/{}.orig"])
def test_a_recording_that_was_moved_out_of_all_recordings_is_red(tree, make, place):
    (path,) = tree.put(make.chat())
    tree.put(make.chat("Two?"))
    tree.commit()
    to = place.format(path.rpartition("/")[2])
    (tree.top / to).parent.mkdir(parents=True, exist_ok=True)
    tree.git("mv", path, to)
    tree.commit()

    (finding,) = tree.overview("HEAD~1...HEAD").findings

    assert (finding.rule, finding.severity.value) == ("moved-away", "red")
    assert to in finding.detail


# model-list-host


def test_model_lists_of_another_provider_are_amber(paired, make, rules):
    old = make.models("a", "b", test=make.id_of("test_x"))
    new = make.models("c", "d", "e", host="other.example", test=make.id_of("test_x", "other"))

    finding = rules(paired(old, new))["model-list-host", "amber"]

    assert finding.detail == "Before: 2 models of api.acme.example in 1. Now: 3 models of other.example in 1."


def test_a_longer_list_of_another_host_is_no_finding(paired, make, rules):
    old, new = make.models("a", "b"), make.models("a", "b", "c", host="other.example")

    assert ("model-list-host", "amber") not in rules(paired(old, new))


# No red rests on a guess.


GUESSED = "Compared with a recording that is possibly of the same call."


def test_what_is_compared_with_a_guess_is_amber_and_says_so(paired, make, rules):
    old = make.chat(answer="", calls=CALLS, finish="tool_calls")

    finding = rules(paired(old, make.chat(), sure=Sure.POSSIBLE))["lost-tool-call", "amber"]

    assert finding.detail.endswith(GUESSED)


def test_a_rule_has_what_is_red_and_what_is_guessed_apart(paired, make, rules):
    old = [make.chat(q, answer="", calls=CALLS, finish="tool_calls") for q in ("One?", "Two?")]
    sure, guess = paired(old[0], make.chat("One?")), paired(old[1], make.chat("Two?"), sure=Sure.POSSIBLE)

    found = rules(sure, guess)

    assert found["lost-tool-call", "red"].on == (sure,)
    assert GUESSED not in found["lost-tool-call", "red"].detail
    assert found["lost-tool-call", "amber"].on == (guess,)


def test_what_the_new_recording_shows_alone_stays_red_beside_a_guess(paired, make, rules):
    cut = make.chat(finish="length")

    for old in (make.chat(), cut):  # a guess silences nothing
        assert ("broke-off", "red") in rules(paired(old, make.chat(answer="Sat", finish="length"), sure=Sure.POSSIBLE))


def test_a_name_that_was_found_before_by_a_guess_is_amber(paired, make, rules):
    bad = f"tests/integration/chat/recordings/{'0' * 64}.json"
    change = paired(make.chat(), make.chat(answer="Other."), sure=Sure.POSSIBLE, paths=(None, bad))

    assert set(rules(change)) == {("cannot-replay", "amber")}
