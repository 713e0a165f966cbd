"""Two secrets may have one mask. What they make different is not the same change, call or turn, and no label has one."""

import pytest

from recviewer.changes.model import Change
from recviewer.changes.shown_once import in_order_of_calls, shown_once
from recviewer.difference.model import Churn
from recviewer.recorders.reading import read_file
from recviewer.smells.rules import found_nothing, left_behind, stacked_generations
from recviewer.threads.aligning import Became, aligned
from recviewer.threads.checks import found_in
from recviewer.threads.model import Answered, Entry
from recviewer.threads.sameness import answer_of, steps, words_said
from recviewer.threads.threads import threads_of
from tests.secrets.planting import address, masked_alike
from tests.trees import chat, side

FOLDER = "tests/integration/chat/recordings"
ONE, OTHER = map(address, masked_alike())
TESTS = [f"t/test_chat.py::test_{name}" for name in "abc"]


def overview(tree, make, before, after):
    """What became of documents at their paths."""
    for documents in (before, after):
        for at, document in enumerate(documents):
            tree.write(f"{FOLDER}/{at}.json", make.bytes_of(document))
        tree.commit()
    found = tree.overview("HEAD~1...HEAD")
    told = repr([found.alike, [change.summary for change in found.changes]])
    assert not any(password in told for password in masked_alike())
    return found


@pytest.mark.parametrize("place", ["question", "answer", "turns", "arguments"])
def test_changes_to_secrets_that_are_masked_alike_are_not_the_same(tree, make, place):
    def of(word, test):
        more = {
            "turns": {"turns": [("system", word)]},
            "arguments": {"answer": "", "calls": [("act", f'{{"at": "{word}"}}')]},
        }
        return make.chat(test=test, **more.get(place, {place: word}))

    before = [of("nothing", test) for test in TESTS]
    found = overview(tree, make, before, [of(*one) for one in zip((ONE, OTHER, ONE), TESTS, strict=True)])

    groups = {change.side.test_id: change.alike for change in found.changes}
    assert groups[TESTS[0]] == groups[TESTS[2]] is not None, "the same change is one"
    assert groups[TESTS[1]] is None


def test_changes_from_secrets_that_are_masked_alike_are_not_the_same(tree, make):
    before = [make.chat(test=test, answer=word) for test, word in zip(TESTS, (ONE, OTHER, ONE), strict=True)]
    found = overview(tree, make, before, [make.chat(test=test, answer="nothing") for test in TESTS])

    assert [change.alike is None for change in found.changes].count(True) == 1


def test_new_secrets_that_are_masked_alike_are_not_the_same(tree, make):
    tree.commit()
    for test, word in zip(TESTS, (ONE, OTHER, ONE), strict=True):
        tree.put(make.chat(test=test, answer=word))
    tree.commit()

    assert [change.alike is None for change in tree.overview("HEAD~1...HEAD").changes].count(True) == 1


def test_one_secret_that_became_another_masked_alike_is_no_churn_wherever_it_stands(tree, make):
    def of(word):
        made = make.chat()
        made["provider_metadata"] = {"database": word}
        made["request"]["headers"] = {"x-database": word}
        return made

    (change,) = overview(tree, make, [of(ONE)], [of(OTHER)]).changes

    assert change.churn is Churn.DETAILS
    assert change.needs_you


def test_a_request_with_another_secret_is_not_the_same_request(tree, make):
    before, after = make.chat(ONE, "Saturn."), make.chat(OTHER, "Titan.")
    old = tree.put(before)
    tree.commit()
    (tree.top / old[0]).unlink()
    tree.put(after)
    tree.commit()

    assert not any(change.unasked for change in tree.overview("HEAD~1...HEAD").changes)


def talk(first, second=""):
    """Two calls of a test: the second holds the answer of the first, or another."""
    held, answer = (f"It is at {word} for all of us, as it ever was." for word in (second or first, first))
    turns = [("user", "Where is it?"), ("assistant", held)]
    return [chat("Sure?", "Yes.", turns=turns), chat("Where is it?", answer)]


@pytest.mark.slow
@pytest.mark.parametrize("before", [[], talk("nothing")])
def test_another_secret_is_told_though_an_earlier_call_told_its_mask(tree, make, before):
    def repeated(after):
        tree.put(make.chat("Something else?"))
        found = overview(tree, make, before, after)
        for at in (0, 1):
            (tree.top / f"{FOLDER}/{at}.json").unlink()
        _, second = shown_once(in_order_of_calls(found.changes))
        return [label for one in second.repeated for label in one.labels]

    assert "messages[1] assistant" in repeated(talk(ONE))
    assert "messages[1] assistant" not in repeated(talk(ONE, OTHER))


def test_a_verdict_hangs_on_where_it_stands_with_its_secrets():
    def of(word):
        document = chat()
        document["provider_metadata"] = {"database": word}
        return Change(Churn.NEW, None, side(document, f"{FOLDER}/a.json"))

    assert of(ONE).own_subject == of(ONE).own_subject != of(OTHER).own_subject


def entry(key, *words, **more):
    return Entry(key, side(chat(*words, **more)).exchange)


def test_turns_and_answers_with_secrets_that_are_masked_alike_are_others():
    first, second = (entry("a", "Where?", word).exchange for word in (ONE, OTHER))
    asked = [entry("a", word).exchange for word in (ONE, OTHER)]

    assert answer_of(first) != answer_of(second)
    assert words_said(first) != words_said(second)
    prefixes = [next(steps(one.request.messages, exchange=one)) for one in asked]
    assert prefixes[0].prefix != prefixes[1].prefix
    assert prefixes[0].content != prefixes[1].content


def test_an_answer_is_not_what_a_later_request_holds_with_another_secret():
    turns = [("user", "Where?"), ("assistant", OTHER)]
    found = threads_of([entry("a", "Where?", ONE), entry("b", "Sure?", "Yes.", turns=turns)])

    told = [turn for one in found.conversations for turn in one.trunk.all_turns()]
    assert any(not isinstance(turn, Answered) and turn.is_answer for turn in told)


@pytest.mark.parametrize("place", ["question", "answer"])
def test_turns_with_another_secret_changed(place):
    old, new = (threads_of([entry("a", **{place: word})]).conversations[0].trunk.turns for word in (ONE, OTHER))

    assert {one.became for one in aligned(old, old)} == {Became.SAME}
    assert [one.became for one in aligned(old, new)].count(Became.CHANGED) == 1


@pytest.mark.parametrize("rule", [stacked_generations, left_behind, found_nothing])
def test_no_rule_takes_them_for_one(rule):
    def noted(word):
        return rule.RULE.among.note(
            side(chat(word, f"Nothing was found at {word}, for all that is known of it today."))
        )

    assert noted(ONE) == noted(ONE) != noted(OTHER)


def test_a_text_that_grew_has_the_secrets_of_before():
    words = ["they say", "and it is so", "for all", "of us", "now"]
    texts = [f"It is at {ONE}, {', '.join(words[:count])}" for count in range(1, 6)]

    def grown(last):
        every = [entry(str(at), text, "fine") for at, text in enumerate([*texts, last])]
        found, others = found_in(every)
        return [sorted(one.entry.key for one in way.checked) for way in found], [one.key for one in others]

    assert grown(f"{texts[-1]}, always") == ([["0", "1", "2", "3", "4", "5"]], [])
    assert grown(f"{texts[-1].replace(ONE, OTHER)}, always") == ([["0", "1", "2", "3", "4"]], ["5"])


def test_keys_that_are_masked_alike_are_two():
    document = chat(params={"places": {ONE: 1, OTHER: 2}})

    places = side(document).exchange.request.body["places"]

    assert list(places.values()) == [1, 2]
    assert not any(password in repr(places) for password in masked_alike())


@pytest.mark.parametrize("is_header", [False, True])
def test_a_password_that_is_a_word_stands_in_no_label(tree, make, is_header):
    def of(word, test):
        if is_header:
            return cassette(f"{word}7", test)
        return make.bytes_of(make.chat(test=test, question=f"Use postgres://bob:{word}@db.acme.io/x now"))

    for word in ("Hunterblue", "Horsebattery"):
        for at, test in enumerate(TESTS):
            tree.write(f"tests/cassettes/{at}.yaml" if is_header else f"{FOLDER}/{at}.json", of(word, test))
        tree.commit()

    found = tree.overview("HEAD~1...HEAD")

    assert len(found.changes) == 3
    assert all(change.old.exchange.secrets for change in found.changes)
    told = repr([found.alike, [change.summary for change in found.changes]])
    assert not any(word in told for word in ("Hunterblue", "Horsebattery"))


def cassette(word, test):
    """A cassette whose password stands on another line than its name."""
    return f"""interactions:
- request:
    body: '{{"model": "m", "messages": [{{"role": "user", "content": "{test}"}}]}}'
    headers:
      x-password:
      - {word}
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body: {{string: '{{"choices": [{{"message": {{"role": "assistant", "content": "Yes."}}}}]}}'}}
    headers: {{}}
    status: {{code: 200, message: OK}}
version: 1
""".encode()


def test_a_secret_of_a_header_is_told_beside_one_of_the_body_that_is_masked_alike():
    data = f"""interactions:
- request:
    body: '{{"model": "m", "messages": [{{"role": "user", "content": "{OTHER}"}}]}}'
    headers:
      x-database: [{ONE}]
    method: POST
    uri: https://api.openai.com/v1/chat/completions
  response:
    body: {{string: '{{}}'}}
    headers: {{}}
    status: {{code: 200, message: OK}}
version: 1
""".encode()

    (part,) = read_file(data, "a/cassettes/b.yaml")

    assert len({one.proof for one in part.reading.exchange.secrets}) == 2
