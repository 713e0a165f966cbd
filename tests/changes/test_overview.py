import pytest

from recviewer.changes import findings, sentence
from recviewer.changes.findings import Severity
from recviewer.changes.pairing import Choice, How
from recviewer.difference.model import Churn


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
    assert found.pairs == 2


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
    assert (found.undecided, found.need_you) == (2, 1)
    assert (
        sentence.sentence(found) == "2 recordings touched: 1 re-recorded with other words, 1 only churn; 1 needs you."
    )


def test_verdicts_are_asked_by_what_the_new_recording_says(told, make):
    new = make.chat("One?", "No it is not.")
    approved = make.side(new).subject

    found = told([make.chat("One?", "Yes it is so."), make.chat("Two?")], [new], {approved: "approved"})

    by_class = {change.churn: change for change in found.changes}
    assert by_class[Churn.TEXT].verdict == "approved"
    assert by_class[Churn.GONE].subject.startswith("gone:1:")
    assert found.need_you == 1


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
    assert found.alike[0].label == "llama stack → ogx, in whatever spelling"
    assert (found.need_you, found.items) == (6, 1)
    assert sentence.ending(found) == "6 need you, as 1 item"


def test_a_replacement_gone_wrong_is_not_hidden_in_the_group(edited, make):
    old = [make.chat(f"Ask llama_stack about {number}, and a llama.", test=None) for number in range(4)]
    new = [make.chat(f"Ask ogx about {number}, and a llama.", test=None) for number in range(4)]
    new[2]["request"]["body"]["messages"][0]["content"] = "Ask ogx about 2, and an ogx."

    found = edited(old, new)

    assert sorted(change.alike is None for change in found.changes) == [False, False, False, True]


def rules(found):
    return {finding.rule: finding for finding in findings.findings(found.changes)}


def test_thinking_that_leaked_is_red(told, make):
    thought = "The user asks for planets with rings, so Saturn it is."
    old = [make.chat("One?", "Saturn.", reasoning=thought), make.chat("Two?", "Mars.", reasoning=thought)]
    new = [make.chat("One?", f"<reasoning>{thought}</reasoning>Saturn."), make.chat("Two?", f"{thought} Mars.")]

    finding = rules(told(old, new))["leaked-reasoning"]

    assert (finding.severity, len(finding.changes)) == (Severity.RED, 2)
    assert finding.title == "Thinking leaked into 2 of 2 answers"
    assert "They begin with <reasoning>. In 2 pairs" in finding.detail


def test_an_error_in_place_of_an_answer_is_red(told, make):
    finding = rules(told([make.chat()], [make.chat(error="slow down")]))["recorded-error"]

    assert finding.severity is Severity.RED
    assert "1 recording had an answer before" in finding.detail


def test_answers_that_broke_off_and_calls_that_were_lost_are_red(told, make):
    old = [make.chat("One?"), make.chat("Two?", "", calls=[("look", "{}")], finish="tool_calls")]
    new = [make.chat("One?", "Saturn has", finish="length"), make.chat("Two?", "I will not look.")]

    found = rules(told(old, new))

    assert found["broke-off"].title == "1 answer broke off"
    assert found["lost-tool-call"].title == "1 recording lost its tool call"


def test_model_lists_of_another_provider(told, make):
    old = make.models("a", "b", test=make.id_of("test_x"))
    new = make.models("c", "d", "e", host="other.example", test=make.id_of("test_x", "other"))

    finding = rules(told([old], [new]))["model-list-host"]

    assert finding.detail == "Before: 2 models of api.acme.example in 1. Now: 3 models of other.example in 1."


def test_names_that_replay_cannot_find(edited, make):
    found = edited([make.chat("One?")], [make.chat("Another question?")])

    assert "1 recording could be found before" in rules(found)["cannot-replay"].detail


def test_nothing_is_red_about_what_was_as_bad_before(told, make):
    old, new = make.chat(error="slow down"), make.chat(error="slow down, please")

    assert rules(told([old], [new])) == {}


def test_status_lines_are_short(told, make):
    found = told([make.chat("One?", "Yes it is so.")], [make.chat("One?", "No it is not.")])

    line = sentence.status(found, findings.findings(found.changes))

    assert line == "1 needs you; 1 recording touched, 1 other words."
    assert len(line) <= 140


def test_nothing_touched_is_a_sentence_too(tree):
    tree.commit()

    found = tree.overview("HEAD...HEAD")

    assert sentence.sentence(found) == sentence.status(found, ()) == "No recording is touched."


def test_new_recordings_that_say_the_same_are_one_item_and_so_are_gone_ones(tree, make):
    tree.put(*[make.models("a", "b", test=f"t/test_old.py::test_{n}") for n in range(3)])
    tree.put(make.chat(test="t/test_old.py::test_chat"))
    tree.commit()
    tree.git("rm", "-rq", ".")
    tree.put(*[make.models("x", "y", "z", test=f"t/test_new.py::test_new_{n}") for n in range(4)])
    tree.commit()

    found = tree.overview("HEAD~1...HEAD")

    assert sorted((one.label, one.count) for one in found.alike) == [("2 models: a, b", 3), ("3 models: x, y, z", 4)]
    assert (found.need_you, found.items) == (8, 3)


def test_a_file_that_cannot_be_read_any_more_is_still_of_its_call(tree, make):
    (path,) = tree.put(make.chat("Who reads this?", test=make.id_of("test_reader")))
    tree.commit()
    tree.write(path, b'{"request": {')
    tree.commit()

    (change,) = tree.overview("HEAD~1...HEAD").changes

    assert change.churn is Churn.OUTCOME
    assert change.side.test_id == ""
    assert change.about.test_id == make.id_of("test_reader")
    assert change.about.meaning.line.asked == "Who reads this?"
