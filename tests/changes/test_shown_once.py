"""Each thing that changed in a test is told once."""

from recviewer.changes.shown_once import in_order_of_calls, question_of, shown_once
from recviewer.difference.model import SectionKind, Words

FOLDER = "tests/integration/chat/recordings"


def changed(tree, make, before, after):
    """The pairs of a range in which the calls of one test changed; each a dict of `chat`."""
    paths = [tree.write(f"{FOLDER}/{at}.json", make.bytes_of(make.chat(**one))) for at, one in enumerate(before)]
    base = tree.commit("before")
    for path, one in zip(paths, after, strict=True):
        tree.write(path, make.bytes_of(make.chat(**one)))
    return in_order_of_calls(tree.overview(f"{base}..{tree.commit('after')}").changes)


def talk(first, second, question="And its moon?", **more):
    """Two calls of a test: the second holds the answer of the first."""
    turns = [("user", "Which planet has rings?"), ("assistant", first)]
    return [{"question": question, "turns": turns, "answer": second} | more, {"answer": first}]


def said(call):
    return [
        (section.kind, item.words.new) for section in call.sections for item in section.items if isinstance(item, Words)
    ]


def test_a_changed_answer_is_not_told_again_where_a_later_request_holds_it(tree, make):
    first, second = shown_once(changed(tree, make, talk("Saturn.", "Titan."), talk("It is Saturn.", "It is Titan.")))

    assert said(first) == [(SectionKind.ANSWER, "It is Saturn.")]
    assert said(second) == [(SectionKind.ANSWER, "It is Titan.")]
    (again,) = second.repeated
    assert again.call == 1
    assert again.labels == ("messages[1] assistant",)


def thinking(answer_thought, sent_thought, sent_text):
    """Two calls of a test: the second holds a thought and an answer as those of the first."""
    first, second = talk("Saturn.", "Titan.")
    first["turns"][1] = ("assistant", sent_text)
    return [first, second | {"reasoning": answer_thought}], {"reasoning": sent_thought}


def with_thoughts(tree, make, steps):
    paths, commits = [f"{FOLDER}/{at}.json" for at in range(2)], []
    for calls, more in steps:
        made = [make.chat(**one) for one in calls]
        made[0]["request"]["body"]["messages"][1] |= more
        for path, one in zip(paths, made, strict=True):
            tree.write(path, make.bytes_of(one))
        commits.append(tree.commit(str(len(commits))))
    return shown_once(in_order_of_calls(tree.overview("..".join(commits)).changes))


def test_a_thought_that_a_later_request_holds_is_told_once_and_only_as_a_thought(tree, make):
    first, second = with_thoughts(
        tree, make, [thinking("Hm, rings.", "Hm, rings.", "Saturn."), thinking("Aha, ice.", "Aha, ice.", "Saturn.")]
    )
    assert said(first) == [(SectionKind.REASONING, "Aha, ice.")]
    assert (said(second), [one.labels for one in second.repeated]) == ([], [("messages[1] assistant reasoning",)])


def test_a_thought_that_is_sent_back_as_an_answer_is_told(tree, make):
    _, second = with_thoughts(
        tree, make, [thinking("Hm, rings.", "", "Hm, rings."), thinking("Aha, ice.", "", "Aha, ice.")]
    )
    assert (SectionKind.MESSAGES, "Aha, ice.") in said(second)


def test_what_differs_by_one_sign_is_told(tree, make):
    before = talk("Saturn.", "Titan.")
    after = talk("It is Saturn.", "Titan.")
    after[0]["turns"][1] = ("assistant", "It is Saturn!")
    _, second = shown_once(changed(tree, make, before, after))

    assert second.repeated == ()
    assert (SectionKind.MESSAGES, "It is Saturn!") in said(second)


def test_an_equal_change_of_another_old_text_is_told(tree, make):
    before = [*talk("Saturn.", "Titan.")]
    before[0]["turns"][1] = ("assistant", "Mars.")
    _, second = shown_once(changed(tree, make, before, talk("It is Saturn.", "Titan.")))

    assert [item.words.old for section in second.sections for item in section.items] == ["Mars."]
    assert [one.labels for one in second.repeated] == [("messages[1] assistant (new)",)]


def test_a_text_that_came_where_another_went_is_not_told_again(tree, make):
    before = talk("Saturn has rings of ice and dust.", "Titan.")
    after = talk("Nobody may answer such questions here!", "Titan.")
    first, second = shown_once(changed(tree, make, before, after))

    assert said(first) == [(SectionKind.ANSWER, "Nobody may answer such questions here!")]
    assert second.sections == ()
    assert [(one.call, one.labels) for one in second.repeated] == [
        (1, ("messages[1] assistant (gone)", "messages[1] assistant (new)"))
    ]


def test_a_text_that_only_came_is_told_by_the_call_that_answered_it(tree, make):
    before, after = talk("Saturn.", "Titan."), talk("It is Saturn.", "Titan.")
    before[0]["turns"] = after[0]["turns"] = [("user", "Which planet has rings?")]
    after[0]["turns"] = [*after[0]["turns"], ("assistant", "It is Saturn.")]
    _, second = shown_once(changed(tree, make, before, after))

    assert said(second) == []
    assert second.repeated[0].labels == ("messages[1] assistant (new)",)


def test_a_text_is_told_where_it_stood_on_the_other_side_alone(tree, make):
    before, after = talk("Saturn.", "Titan."), talk("It is Saturn.", "Titan.")
    before[0]["turns"] = after[0]["turns"] = [("user", "Which planet has rings?")]
    after[0]["turns"] = [*after[0]["turns"], ("assistant", "Saturn.")]
    _, second = shown_once(changed(tree, make, before, after))

    assert second.repeated == ()
    assert (SectionKind.MESSAGES, "Saturn.") in said(second)


def test_words_of_several_calls_are_each_named_by_theirs(tree, make):
    """A later request holds what the first call answered before, and what the second answers now."""
    asked = [("user", "Which planet has rings?")]

    def calls(first, second, held):
        third = {"question": "Sure?", "answer": "Yes.", "turns": [*asked, ("assistant", held), *asked, *asked]}
        return [*talk(first, second), third]

    old, new = "The planet Saturn has many rings.", "The planet Saturn has many moons."
    before, after = calls(old, "One of them.", old), calls("It is said to be so.", new, new)
    after[0]["turns"] = before[0]["turns"]
    *_, third = shown_once(changed(tree, make, before, after))

    assert said(third) == []
    assert sorted((one.call, one.labels) for one in third.repeated) == [
        (1, ("messages[1] assistant (before)",)),
        (2, ("messages[1] assistant (now)",)),
    ]


def test_parameters_that_changed_alike_are_told_once(tree, make):
    before, after = talk("Saturn.", "Titan."), talk("Saturn.", "Titan.")
    for one in after:
        one["params"] = {"temperature": 1}
    first, second = shown_once(changed(tree, make, before, after))

    assert [section.kind for section in first.sections] == [SectionKind.PARAMETERS]
    assert second.sections == ()
    assert second.repeated[0].call == 1


def test_values_that_changed_alike_are_told_once_though_others_beside_them_did_not(tree, make):
    before, after = talk("Saturn.", "Titan."), talk("Saturn.", "Titan.")
    for number, one in enumerate(after):
        one["params"] = {"temperature": 1, "seed": number}
    first, second = shown_once(changed(tree, make, before, after))

    def paths(call):
        return [value.path for section in call.sections for item in section.items for value in item.values]

    assert sorted(paths(first)) == ["seed", "temperature"]
    assert paths(second) == ["seed"]
    assert [(one.call, one.labels) for one in second.repeated] == [(1, ("temperature",))]


def test_calls_stand_in_order_of_what_was_said_before_them(tree, make):
    changes = changed(tree, make, talk("Saturn.", "Titan."), talk("It is Saturn.", "It is Titan."))

    assert [len(one.side.exchange.request.messages) for one in changes] == [1, 3]


def alone(tree, make, *calls):
    """What is told of the calls of a test that came with a commit; each a dict of `chat`."""
    base = tree.commit("before")
    for at, one in enumerate(calls):
        tree.write(f"{FOLDER}/{at}.json", make.bytes_of(make.chat(**one)))
    return shown_once(in_order_of_calls(tree.overview(f"{base}..{tree.commit('after')}").changes))


def test_of_what_came_all_is_told_but_what_an_earlier_call_told(tree, make):
    tree.put(make.chat("Something else?"))
    first, second = alone(tree, make, *talk("Saturn.", "Titan."))

    assert (SectionKind.ANSWER, "Saturn.") in said(first)
    told = said(second)
    assert (SectionKind.ANSWER, "Titan.") in told
    assert (SectionKind.MESSAGES, "And its moon?") in told
    assert "Saturn." not in [words for _, words in told]
    assert second.repeated[0].call == 1


def test_a_question_that_stands_above_is_not_told_again_where_a_recording_came(tree, make):
    tree.write("README.md", b"sky")
    base = tree.commit("before")
    asked = "Which planet has rings?"
    for at, one in enumerate((asked, f"{asked}!")):
        tree.write(f"{FOLDER}/{at}.json", make.bytes_of(make.chat(question=one)))
    changes = tree.overview(f"{base}..{tree.commit('after')}").changes
    changes = sorted(changes, key=lambda one: one.side.name)

    first, second = shown_once(changes, question_of(changes))

    assert [(one.call, one.labels) for one in first.repeated] == [(0, ("messages[0] user",))]
    assert (SectionKind.MESSAGES, asked) not in said(first)
    assert (SectionKind.MESSAGES, f"{asked}!") in said(second)
