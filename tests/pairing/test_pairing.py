import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.pairing import pairs
from recviewer.pairing.calls import Calls, models_of
from recviewer.pairing.pair import How, Sure
from recviewer.pairing.pairs import Choice, pair
from recviewer.pairing.successors import Successor


@pytest.fixture
def paired(make):
    """Pairs two lists of documents; returns {old: (new, how)} by place, and the pairing."""

    def run(old, new):
        found = pair([make.side(document) for document in old], [make.side(document) for document in new])
        return {one.old: (one.new, one.how) for one in found.pairs}, found

    return run


def test_a_renamed_model_in_test_and_request(make, paired):
    old = [make.chat(f"Question {number} of many?", test=make.id_of("test_many", "m-1")) for number in range(6)]
    new = [
        make.chat(f"Question {number} of many?", f"Answer {number}.", model="m-2", test=make.id_of("test_many", "m-2"))
        for number in (3, 1, 5, 0, 4, 2)
    ]

    found, pairing = paired(old, new)

    assert found == {n: (place, How.PARAMETERS) for place, n in enumerate((3, 1, 5, 0, 4, 2))}
    assert {one.sure for one in pairing.pairs} == {Sure.CERTAIN}


def test_a_renamed_parameter_with_the_same_question_in_both(make, paired):
    old = [make.chat(test=make.id_of("test_ask", f"acme-{name}")) for name in ("earth", "saturn")]
    new = [make.chat(test=make.id_of("test_ask", f"zeta-{name}"), host="z.example") for name in ("saturn", "earth")]

    found, _ = paired(old, new)

    assert found == {0: (1, How.PARAMETERS), 1: (0, How.PARAMETERS)}


def test_a_renamed_test_is_found_by_its_request(make, paired):
    old = [make.chat("What does the fox say at night?", test=make.id_of("test_fox"))]
    new = [make.chat("What does the fox say at night?", "Nothing.", test=make.id_of("test_animal_sounds"))]

    found, pairing = paired(old, new)

    assert found == {0: (0, How.REQUEST)}
    assert pairing.pairs[0].sure is Sure.LIKELY
    assert "another test" in pairing.pairs[0].why


def test_a_common_question_of_a_test_that_lives_on_is_no_rename(make, paired):
    old = [make.chat("Hello", test=make.id_of("test_a")), make.chat("Hello", "Hi.", test=make.id_of("test_b"))]
    new = [make.chat("Hello", "Hey.", model="x", test=make.id_of("test_b"))]

    found, _ = paired(old, new)

    assert found == {1: (0, How.TEST)}


def test_an_inserted_turn(make, paired):
    turns = [("user", "My name is Alice."), ("assistant", "Hello Alice!")]
    old = [make.chat("What do I like to eat?", turns=turns), make.chat("Say goodbye to me now.")]
    new = [
        make.chat("Say goodbye to me now.", "Bye.", params={"temperature": 0.5}),
        make.chat("What do I like to eat?", turns=[("system", "Be brief."), *turns]),
    ]

    found, pairing = paired(old, new)

    assert found == {0: (1, How.TEST), 1: (0, How.TEST)}
    assert any("3 turns became 4" in one.why for one in pairing.pairs)


def test_an_edited_request(make, paired):
    old = [make.chat("Please tell me, which planet has rings around it?"), make.chat("Who wrote the book of Job?")]
    new = [make.chat("Please tell me, which planet has big rings?"), make.chat("Who wrote the book of Ruth?")]

    found, _ = paired(old, new)

    assert found == {0: (0, How.TEST), 1: (1, How.TEST)}


def test_several_calls_of_one_test_go_by_their_turns(make, paired):
    def calls(answers):
        first = make.chat("What boils at minus 100?", model="m")
        turns = [("user", "What boils at minus 100?"), ("assistant", answers[0]), ("tool", "-100")]
        second = make.chat("And in Kelvin?", turns=turns, model="m")
        third = make.chat("Thanks", turns=[*turns, ("user", "And in Kelvin?"), ("assistant", answers[1])], model="m")
        return [first, second, third]

    old = calls(("Let me look it up for you.", "173"))
    new = calls(("I shall ask a tool about that.", "It is 173 Kelvin."))
    for document in new:
        document["request"]["body"]["temperature"] = 0

    found, _ = paired(old, [new[2], new[0], new[1]])

    assert {place: other for place, (other, _) in found.items()} == {0: 1, 1: 2, 2: 0}


def test_parameters_tell_calls_with_one_question_apart(make, paired):
    test = [make.id_of("test_logprobs", f"m-{number}") for number in (1, 2)]
    old = [make.chat(test=test[0]), make.chat(test=test[0], params={"logprobs": True})]
    new = [make.chat(test=test[1], params={"logprobs": True}), make.chat(test=test[1])]

    found, _ = paired(old, new)

    assert {place: other for place, (other, _) in found.items()} == {0: 1, 1: 0}


def test_an_answer_that_became_an_error_is_still_the_same_call(make, paired):
    found, _ = paired([make.chat()], [make.chat(error="slow down", model="m-2")])

    assert found == {0: (0, How.TEST)}


def test_equal_bytes_come_first(make):
    old = make.side(make.chat(), "a/recordings/1.json")
    new = make.side(make.chat(), "b/recordings/2.json")

    (one,) = pair([old], [new]).pairs

    assert (one.how, one.sure) == (How.BYTES, Sure.CERTAIN)


def test_unlike_calls_are_left_alone(make, paired):
    old = [make.chat("Name three rivers of Europe.", test=make.id_of("test_rivers"))]
    new = [make.chat("Translate this poem, please.", test=make.id_of("test_poems"))]

    assert paired(old, new)[0] == {}
    assert paired([], new)[0] == {}


def test_a_chat_is_never_paired_with_a_list_of_models(make, paired):
    assert paired([make.models("a", test=make.id_of())], [make.chat(test=make.id_of())])[0] == {}


def test_two_lists_that_became_one_are_a_group(make, paired):
    old = [
        make.models("a", "b", test=make.id_of("test_x", "m-1")),
        make.models("c", test=make.id_of("test_x", "m-1")),
    ]
    new = [make.models("z", host="eu.acme.example", test=make.id_of("test_x", "m-2"))]

    found, pairing = paired(old, new)

    assert len(found) == 1
    ((olds, news),) = pairing.groups.values()
    assert (len(olds), news) == (1, ())


@pytest.mark.slow
def test_hundreds_of_growing_prefixes_are_paired_in_order_of_length(make, paired):
    words = [f"word{number}" for number in range(230)]
    old = [
        make.chat(" ".join(words[: n + 1]), "safe", model="g-1", test=make.id_of("test_guard", "g-1"))
        for n in range(230)
    ]
    new = [
        make.chat(" ".join(words[: n + 1]), "ok", model="g-2", test=make.id_of("test_guard", "g-2")) for n in range(230)
    ]

    found, _ = paired(old, new)

    assert sum(found.get(place, (None,))[0] == place for place in range(230)) >= 0.95 * 230


@pytest.fixture
def chosen(make):
    """Pairs two lists of documents with choices of (old, new, is_pair) by place; returns (old, new, how) of each."""

    def run(old, new, choices):
        olds = [make.side(document, f"a/recordings/{place}.json") for place, document in enumerate(old)]
        news = [make.side(document, f"b/recordings/{place}.json") for place, document in enumerate(new)]
        said = [Choice(olds[a].path, olds[a].blob, news[b].path, news[b].blob, ok) for a, b, ok in choices]
        found = pair(olds, news, said)
        return [(one.old, one.new, one.how) for one in found.pairs], found

    return run


def test_a_pair_that_a_reviewer_made_comes_first(make, chosen):
    one, two = make.id_of("test_one"), make.id_of("test_two")
    old = [make.chat("One?", test=one), make.chat("Two?", test=two)]
    new = [make.chat("One?", test=one), make.chat("Two?", "Else.", test=two)]

    found, pairing = chosen(old, new, [(0, 1, True)])

    assert found == [(0, 1, How.HAND)]
    assert (pairing.pairs[0].sure, pairing.pairs[0].why) == (Sure.CERTAIN, "paired by a reviewer")


def test_a_later_choice_wins_over_an_earlier(make, chosen):
    old = [make.chat(f"{word}?", test=make.id_of(f"test_{word}")) for word in ("one", "two")]
    new = [make.chat(f"{word}?", test=make.id_of(f"test_{word}")) for word in ("three", "four")]

    assert chosen(old, new, [(0, 0, True), (0, 1, True)])[0] == [(0, 1, How.HAND)]
    assert chosen(old, new, [(0, 0, True), (1, 0, True)])[0] == [(1, 0, How.HAND)]
    assert chosen(old, new, [(0, 0, True), (0, 0, False)])[0] == []
    assert chosen(old, new, [(0, 0, False), (0, 0, True)])[0] == [(0, 0, How.HAND)]


def test_a_broken_pair_gives_way_to_the_next_best(make, chosen):
    old, new = [make.chat()], [make.chat("Which planet has rings?", "Yes."), make.chat("Which planet has moons?")]

    assert chosen(old, new, [])[0] == [(0, 0, How.TEST)]
    assert chosen(old, new, [(0, 0, False)])[0] == [(0, 1, How.TEST)]
    assert chosen(old, new, [(0, 0, False), (0, 1, False)])[0] == []


def test_equal_bytes_that_a_reviewer_parted_stay_apart(make, chosen):
    assert chosen([make.chat()], [make.chat()], [])[0] == [(0, 0, How.BYTES)]
    assert chosen([make.chat()], [make.chat()], [(0, 0, False)])[0] == []


def test_a_broken_pair_is_no_group_either(make, chosen):
    old = [make.models(name, test=make.id_of()) for name in "ab"]
    new = [make.models("z", host="z.acme.example", test=make.id_of())]
    ((paired, _, _),), pairing = chosen(old, new, [])
    assert pairing.groups == {0: ((1 - paired,), ())}

    found, pairing = chosen(old, new, [(1 - paired, 0, False)])

    assert found == [(paired, 0, How.TEST)]
    assert pairing.groups == {}


def test_a_choice_on_another_blob_or_path_says_nothing(make):
    old, new = (
        make.side(make.chat(), "a/recordings/1.json"),
        make.side(make.chat("Who?", "Me.", test=make.id_of("test_who")), "a/recordings/2.json"),
    )

    for path, blob in ((old.path, "0" * 40), ("elsewhere.json", old.blob)):
        assert pair([old], [new], [Choice(path, blob, new.path, new.blob, is_pair=True)]).pairs == ()


QUESTIONS = [
    "Which planet has rings around it?",
    "How many legs do spiders walk on?",
    "Name the longest river of Asia.",
    "Translate this sentence into French.",
    "Add up the numbers below a hundred.",
    "Who painted the ceiling in Rome?",
]
CALLS = st.lists(st.tuples(st.sampled_from(QUESTIONS), st.integers(0, 3)), unique=True, max_size=12)
"""Different calls: a question, and the test that asks it."""


def sides_of(make, calls, folder, *, model="m-1", answer="It is so."):
    ids = [make.id_of(f"test_{number}", f"txt=acme/{model}") for number in range(4)]
    documents = [make.chat(question, answer, model=model, test=ids[test]) for question, test in calls]
    return [make.side(document, f"{folder}/recordings/{place}.json") for place, document in enumerate(documents)]


MANY = settings(max_examples=40, deadline=None)


@pytest.mark.slow
@MANY
@given(calls=CALLS, data=st.data())
def test_calls_whose_model_was_renamed_are_all_found(make, calls, data):
    order = data.draw(st.permutations(range(len(calls))))
    old = sides_of(make, calls, "a")
    new = sides_of(make, [calls[place] for place in order], "b", model="other-2", answer="Quite another reply.")

    found = pair(old, new)

    assert {one.old: one.new for one in found.pairs} == {place: where for where, place in enumerate(order)}
    assert found.groups == {}


@pytest.mark.slow
@MANY
@given(old=CALLS, new=CALLS, picks=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.booleans())))
def test_choices_are_kept_and_no_recording_is_told_twice(make, old, new, picks):
    olds, news = sides_of(make, old, "a"), sides_of(make, new, "b", answer="Quite another reply.")
    picks = [(a % len(old), b % len(new), is_pair) for a, b, is_pair in picks if old and new]
    said = [Choice(olds[a].path, olds[a].blob, news[b].path, news[b].blob, is_pair) for a, b, is_pair in picks]

    found = pair(olds, news, said)

    last = {(a, b): is_pair for a, b, is_pair in picks}
    pairs = {(one.old, one.new): one.how for one in found.pairs}
    told = [[one.old for one in found.pairs], [one.new for one in found.pairs]]
    for olds_of, news_of in found.groups.values():
        told[0] += olds_of
        told[1] += news_of
    assert all(len(side) == len(set(side)) for side in told)
    assert not any(last.get(both) is False for both in pairs)
    assert all(last.get(both) for both, how in pairs.items() if how is How.HAND)
    if picks and picks[-1][2]:
        assert pairs[picks[-1][:2]] is How.HAND


@pytest.mark.parametrize("test", ["m-1", "m-2"])  # the same test, and one whose parameter was renamed
def test_one_of_two_that_fit_nearly_as_well_is_never_certain(make, paired, test):
    question = "Which planet has rings, and how many of them are there?"
    old = [make.chat(question, "Saturn.", test=make.id_of("test_x", "m-1"))]
    new = [
        make.chat(question, answer, test=make.id_of("test_x", test), params={"temperature": degree})
        for answer, degree in (("Saturn!", 0.5), ("Saturn?", 0.7))
    ]

    _, pairing = paired(old, new)

    assert [one.sure for one in pairing.pairs] == [Sure.LIKELY]


@pytest.mark.parametrize(("more", "sure"), [({}, Sure.LIKELY), ({"seed": 7}, Sure.POSSIBLE)])
def test_without_a_test_other_parameters_make_a_pair_only_possible(make, paired, more, sure):
    question = "What does the fox say at night in the forest?"

    _, pairing = paired([make.chat(question, test=None)], [make.chat(question, "Nothing.", test=None, params=more)])

    assert [one.sure for one in pairing.pairs] == [sure]


@pytest.mark.parametrize(("lead", "sure"), [(0.029, Sure.POSSIBLE), (0.03, Sure.CERTAIN)])
def test_of_a_test_with_a_close_rival_a_pair_is_only_possible(make, lead, sure):
    sides = [make.side(make.chat(test=make.id_of("test_ask", name), model=name)) for name in ("m-1", "m-2")]
    calls = Calls(models_of(side.exchange for side in sides))
    old, new = [calls.call_of(side) for side in sides]

    assert pairs._sure_of_successor(old, new, 1.0, 0.5, Successor(0.0, lead)) is sure


@pytest.mark.parametrize(
    ("more", "is_one_call"),
    [
        ({"parallel_tool_calls": True}, True),
        ({"temperature": 0.5}, False),
        ({"parallel_tool_calls": True, "n": 2}, False),
    ],
)
def test_what_somebody_wrote_into_a_request_makes_it_another_call(make, paired, more, is_one_call):
    test = make.id_of("test_ask")

    _, pairing = paired([make.chat(test=test), make.chat(answer="None has.", test=test, params=more)], [])

    assert bool(pairing.stacks) is is_one_call
