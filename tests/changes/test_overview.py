from dataclasses import replace

import pytest

from recviewer.changes.overview import verdict_on
from recviewer.difference.model import Churn
from recviewer.pairing.pair import How
from recviewer.pairing.pairs import Choice
from recviewer.report import sentence


@pytest.fixture
def told(tree, make):
    """Commits the old recordings, then the new ones; returns the overview of the change."""

    def run(old, new, verdicts=None):
        tree.put(*old)
        tree.commit()
        tree.git("checkout", "-q", "-b", "work")
        for path in (tree.top / "tests").rglob("*.json"):
            path.unlink()
        tree.put(*new)
        tree.commit()
        return tree.overview("main...work", verdicts)

    return run


@pytest.fixture
def edited(tree, make):
    """The same with the new bytes at the old paths, as a search and replace leaves them."""

    def run(old, new):
        paths = tree.put(*old)
        tree.commit()
        tree.git("checkout", "-q", "-b", "work")
        for path, document in zip(paths, new, strict=True):
            tree.write(path, make.bytes_of(document))
        tree.commit()
        return tree.overview("main...work")

    return run


def classes(found):
    return {churn.value: tally.changes for churn, tally in found.classes().items() if tally.changes}


def test_every_recording_is_in_exactly_one_change(told, make):
    stays = make.chat("Does it stay?")
    old = [
        make.chat("One?", "Yes it is so."),
        make.chat("Two?"),
        make.chat("Lost?", test=make.id_of("test_lost")),
        stays,
    ]
    new = [make.chat("One?", "No it is not."), make.chat("Two?", model="m-2"), make.models("a"), stays]

    found = told(old, new)

    paths = [(side.path, side is change.old) for change in found.changes for side in (change.old, change.new) if side]
    assert len(paths) == len(set(paths))
    assert classes(found) == {"text": 1, "request": 1, "new": 1, "gone": 1}
    assert sum(tally.recordings for tally in found.classes().values()) == found.source.files == 5
    assert found.numbers.pairs == 2


@pytest.mark.parametrize("is_broken_file", [False, True])
def test_a_hand_made_pair_of_unlike_kinds_is_compared(tree, make, is_broken_file):
    (gone,) = tree.put(make.chat(calls=[("weigh", "{}")], params={"tools": [{"type": "function"}]}))
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    tree.git("rm", "-q", gone)
    if is_broken_file:
        tree.write("tests/integration/chat/recordings/x.json", b"{")
    else:
        tree.put(make.models("a", "b"))
    tree.commit()
    source = tree.load("main...work")
    (old,), (new,) = source.deleted, source.added
    choice = Choice(old.path, old.blob, new.path, new.blob, is_pair=True)

    (change,) = tree.overview("main...work", choices=[choice]).changes

    assert (change.old, change.new, change.pair.how) == (old, new, How.HAND)
    assert change.churn not in (Churn.IDENTICAL, Churn.CHUNKING, Churn.NEW, Churn.GONE)
    assert change.difference().sections


def test_what_means_the_same_needs_nobody(told, make):
    found = told([make.chat(chunks=3), make.chat("Two?")], [make.chat(chunks=2), make.chat("Two?", "Something else.")])

    assert classes(found) == {"chunking": 1, "text": 1}
    assert (found.numbers.undecided, found.numbers.need_you) == (2, 1)
    assert (
        sentence.sentence(found) == "2 recordings touched: 1 re-recorded with other words, 1 only churn; 1 needs you."
    )


def test_verdicts_are_asked_by_what_the_new_recording_says(told, make):
    new = make.chat("One?", "No it is not.")
    approved = make.side(new).subject

    found = told([make.chat("One?", "Yes it is so."), make.chat("Two?")], [new], {approved: "approved"})

    by_class = {change.churn: change for change in found.changes}
    assert by_class[Churn.TEXT].verdict == "approved"
    assert by_class[Churn.GONE].subject.startswith("gone:2:")
    assert found.numbers.need_you == 1


def test_an_approved_answer_does_not_approve_that_it_goes(told, make):
    old = make.chat("One?")

    found = told([old], [], {make.side(old).subject: "approved"})

    assert found.changes[0].verdict == ""


def test_a_recording_that_nothing_asked_for_is_marked(told, make):
    found = told([make.chat("One?"), make.chat("Two?")], [make.chat("One?", "Other words."), make.chat("Two, please?")])

    assert {change.churn.value: change.unasked for change in found.changes} == {"text": True, "request": False}


def test_a_mass_rename_is_one_item(edited, make):
    def written(name):
        return [make.chat(f"What does {name} do for {number}?", test=None) for number in range(6)]

    found = edited(written("LlamaStack"), written("OGX"))

    assert len({change.alike for change in found.changes}) == 1
    assert found.alike[0].label == "LlamaStack → OGX"
    assert (found.numbers.need_you, found.numbers.need_you_items) == (6, 1)
    assert sentence.ending(found) == "6 need you, as 1 item"


def test_a_replacement_gone_wrong_is_not_hidden_in_the_group(edited, make):
    old = [make.chat(f"Ask llama_stack about {number}, and a llama.", test=None) for number in range(4)]
    new = [make.chat(f"Ask ogx about {number}, and a llama.", test=None) for number in range(4)]
    new[2]["request"]["body"]["messages"][0]["content"] = "Ask ogx about 2, and an ogx."

    found = edited(old, new)

    assert sorted(change.alike is None for change in found.changes) == [False, False, False, True]


def test_status_lines_are_short(told, make):
    found = told([make.chat("One?", "Yes it is so.")], [make.chat("One?", "No it is not.")])

    line = sentence.status(found)

    assert line == "1 needs you; 1 recording touched, 1 other words."
    assert len(line) <= 140


def test_nothing_touched_is_a_sentence_too(tree):
    tree.commit()

    found = tree.overview("HEAD...HEAD")

    assert sentence.sentence(found) == sentence.status(found) == "No recording is touched."


def test_new_recordings_that_say_the_same_are_one_item_and_so_are_gone_ones(tree, make):
    tree.put(*[make.models("a", "b", test=f"t/test_old.py::test_{n}") for n in range(3)])
    tree.put(make.chat(test="t/test_old.py::test_chat"))
    tree.commit()
    tree.git("rm", "-rq", ".")
    tree.put(*[make.models("x", "y", "z", test=f"t/test_new.py::test_new_{n}") for n in range(4)])
    tree.commit()

    found = tree.overview("HEAD~1...HEAD")

    assert sorted((one.label, one.count) for one in found.alike) == [("2 models: a, b", 3), ("3 models: x, y, z", 4)]
    assert (found.numbers.need_you, found.numbers.need_you_items) == (8, 3)


def test_a_file_that_cannot_be_read_any_more_is_still_of_its_call(tree, make):
    (path,) = tree.put(make.chat("Who reads this?", test=make.id_of("test_reader")))
    tree.commit()
    tree.write(path, b'{"request": {')
    tree.commit()

    (change,) = tree.overview("HEAD~1...HEAD").changes

    assert change.churn is Churn.OUTCOME
    assert change.side.test_id == change.about.test_id == make.id_of("test_reader")
    assert change.about.meaning.line.asked == "Who reads this?"


@pytest.mark.parametrize(
    ("asks", "content", "own", "comes_to"),
    [
        (("details",), "approved", "", ""),
        (("details",), "delete", "", ""),
        (("details",), "rejected", "", "rejected"),
        (("details",), "approved", "approved", "approved"),
        (("details",), "rejected", "approved", "rejected"),
        ((), "approved", "", "approved"),
        ((), "approved", "delete", "delete"),
    ],
)
def test_what_was_said_of_equal_words_closes_nothing_that_is_asked_of_the_change(
    told, make, asks, content, own, comes_to
):
    (change,) = told([make.chat("Who?", "Ada.")], [make.chat("Who?", "Bob.")]).changes
    change = replace(change, asks=asks)

    assert verdict_on(change, {change.subject: content, change.own_subject: own}) == comes_to
