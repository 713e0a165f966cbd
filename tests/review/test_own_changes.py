"""A rule, and an approval of many at once, decide on the changes that they name and on nothing else."""

from dataclasses import replace

import pytest

from recviewer.changes.model import Change
from recviewer.changes.overview import verdict_on
from recviewer.git.ranges import opened
from recviewer.plan import tree
from recviewer.report import report
from recviewer.report.checks import Check, check
from recviewer.review import ranges, standing
from recviewer.review.decide import decide
from recviewer.review.filters import standings_for, with_verdict
from recviewer.review.models import Decision, Kept
from recviewer.review.refusals import ChangedRecordings
from recviewer.review.subjects import Seen, subject_of
from recviewer.review.undoing import undo


@pytest.fixture
def made(root):
    """Return a function that works a report out, with what reviewers said."""

    def work_out(spec):
        def ask(subjects):
            return {subject: stand.state for subject, stand in standings_for(subjects).items()}

        return report.make(opened(root), spec, ask=ask)

    return work_out


def change_at(found, name):
    return next(one for one in found.changes if one.side.path.endswith(f"/{name}.json"))


def seen(found, *names):
    return [Seen(one.side.path, one.side.blob, one.own_subject) for one in (change_at(found, name) for name in names)]


def verdicts(found):
    return {one.side.name.removesuffix(".json"): one.verdict for one in found.changes}


@pytest.fixture
def churned(commit, make_recording):
    """A range: two of the same words got other ids, one became the same words, one with them is new."""
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", answered="I am the same.", id="1")
    make_recording("tests/recordings/changed.json", answered="I was another.", id="1")
    base = commit("before")
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", answered="I am the same.", id="2")
    for name in ("changed", "new"):
        make_recording(f"tests/recordings/{name}.json", answered="I am the same.", id="3")
    return f"{base}...{commit('after')}"


def test_a_rule_approves_only_the_changes_that_it_names(churned, made):
    said = made(churned).found

    ranges.say(lambda: said, seen(said, "a"), actor="Ana", verdict="approve", rule=ranges.CHURN)

    assert verdicts(made(churned).found) == {"a": "approved", "b": "", "changed": "", "new": ""}


def test_a_rule_says_nothing_of_recordings_and_keeps_none(churned, made, make_recording):
    said = made(churned).found

    ranges.say(lambda: said, seen(said, "a", "b"), actor="Ana", verdict="approve", rule=ranges.CHURN)

    recording = make_recording("tests/recordings/a.json", answered="I am the same.", id="2")
    recordings = type(recording).objects.all()
    assert standings_for([subject_of(recording)]) == {}
    assert not with_verdict(recordings, "approved").exists()
    assert with_verdict(recordings, "undecided").count() == 4
    assert not Kept.objects.exists()


def test_a_person_approves_what_was_on_the_screen_wherever_it_stands(churned, made):
    said = made(churned).found

    ranges.say(lambda: said, seen(said, "changed"), actor="Ana", verdict="approve")

    assert set(verdicts(made(churned).found).values()) == {"approved"}


def test_a_rule_of_an_earlier_version_does_not_count(churned, made):
    said = made(churned).found
    changed = change_at(said, "changed")
    ranges.say(lambda: said, seen(said, "changed"), actor="Ana", verdict="approve")
    row = Decision.objects.get(fingerprint=changed.subject)
    Decision.objects.filter(pk=row.pk)._raw_delete("default")
    row.pk, row.rule, row._state.adding = None, "only churn", True
    row.save()
    standing.rebuild()

    assert set(verdicts(made(churned).found).values()) == {""}


@pytest.fixture
def renamed(commit, make_recording):
    """A range in which one word became another in several recordings, of which others say more."""
    for name in "abc":
        make_recording(f"tests/recordings/{name}.json", asked=f"{name}: is llama fine?", answered=f"Yes {name}.")
    base = commit("before")
    for name in "abc":
        make_recording(f"tests/recordings/{name}.json", asked=f"{name}: is ogx fine?", answered=f"Yes {name}.")
    make_recording("tests/recordings/new.json", asked="b: is ogx fine?", answered="Yes b.")
    return f"{base}...{commit('after')}"


def test_a_group_is_approved_change_by_change(renamed, made):
    said = made(renamed).found

    done = ranges.say(lambda: said, seen(said, "a", "b"), actor="Ana", verdict="approve")

    assert done.sentence == "Approved 2 changes."
    assert verdicts(made(renamed).found) == {"a": "approved", "b": "approved", "c": "", "new": ""}
    rules = dict(Decision.objects.values_list("path", "rule"))
    assert rules == {"tests/recordings/a.json": "", "tests/recordings/b.json": "the same change"}
    undo(actor="Ana")
    assert set(verdicts(made(renamed).found).values()) == {""}


def test_what_somebody_rejected_stays_so_when_its_group_is_approved(renamed, made):
    said = made(renamed).found
    ranges.say(lambda: said, seen(said, "b"), actor="Ben", verdict="reject", note="no")

    now = made(renamed).found
    done = ranges.say(lambda: now, seen(now, "a", "b", "c"), actor="Ana", verdict="approve")

    assert done.sentence == "Approved 2 changes. 1 of them was left as it is, for somebody decided otherwise."
    assert verdicts(made(renamed).found) == {"a": "approved", "b": "rejected", "c": "approved", "new": "rejected"}


@pytest.mark.slow
@pytest.mark.parametrize(("verdict", "state"), [("approve", "approved"), ("reject", "rejected"), ("delete", "delete")])
def test_a_verdict_of_any_kind_on_a_group_reaches_no_equal_words_elsewhere(renamed, made, verdict, state):
    said = made(renamed).found
    note = "no" if verdict == "reject" else ""

    ranges.say(lambda: said, seen(said, "a", "b"), actor="Ana", verdict=verdict, note=note)

    now = made(renamed).found
    assert verdicts(now) == {"a": state, "b": state, "c": "", "new": ""}
    content = change_at(now, "b").subject
    assert content not in set(Decision.objects.values_list("fingerprint", flat=True))
    ranges.say(lambda: now, seen(now, "a", "b"), actor="Ana", verdict="clear")
    assert set(verdicts(made(renamed).found).values()) == {""}


@pytest.mark.slow
def test_the_plan_of_the_tree_knows_what_a_verdict_on_a_group_came_to(renamed, made, make_recording):
    said = made(renamed).found
    for name in "abc":
        make_recording(f"tests/recordings/{name}.json", asked=f"{name}: is ogx fine?", answered=f"Yes {name}.")

    ranges.say(lambda: said, seen(said, "a", "b"), actor="Ana", verdict="delete")
    assert [one.path[-6:] for one in tree.make().deletions] == ["a.json", "b.json"]

    ranges.say(lambda: said, seen(said, "a", "b"), actor="Ana", verdict="reject", note="no")
    plan = tree.make()
    assert not plan.deletions
    assert [path[-6:] for one in plan.again for path in one.paths] == ["a.json", "b.json"]
    assert {reason for one in plan.again for reason in one.reasons} == {("Ana", "no")}


def test_a_change_with_another_old_side_is_another(renamed, made):
    said = made(renamed).found
    named = seen(said, "a")

    with pytest.raises(ChangedRecordings):
        ranges.say(lambda: said, [named[0]._replace(change="change:2:0")], actor="Ana", verdict="approve")


@pytest.fixture
def lost(commit, make_recording, chat):
    """A range in which a tool call was lost, and another recording that says the same was there before."""
    make_recording("tests/recordings/one.json", data=_called(chat))
    base = commit("before")
    make_recording("tests/recordings/one.json", answered="Mars.")
    return f"{base}...{commit('after')}"


def _called(chat):
    import json

    document = chat(answered="")
    message = document["response"]["body"]["__data__"]["choices"][0]["message"]
    function = {"name": "look_up", "arguments": '{"planet": 4}'}
    message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
    return json.dumps(document, indent=2).encode()


def test_a_verdict_on_equal_words_elsewhere_closes_no_loss(lost, made, make_recording):
    twin = make_recording("elsewhere/recordings/two.json", answered="Mars.", id="9")
    assert change_at(made(lost).found, "one").subject == subject_of(twin)

    decide([Seen(twin.path, twin.blob)], actor="Ana", verdict="approve")

    open_ = made(lost)
    assert (verdicts(open_.found), check(open_)) == ({"one": ""}, Check.FAILURE)
    assert open_.numbers.need_you == 1
    ranges.say(lambda: open_.found, seen(open_.found, "one"), actor="Ana", verdict="approve")
    closed = made(lost)
    assert (verdicts(closed.found), check(closed)) == ({"one": "approved"}, Check.SUCCESS)


@pytest.mark.slow
def test_a_rejection_of_equal_words_blocks_all_the_same(lost, made, make_recording):
    twin = make_recording("elsewhere/recordings/two.json", answered="Mars.", id="9")
    ranges.say(lambda: made(lost).found, seen(made(lost).found, "one"), actor="Ana", verdict="approve")

    decide([Seen(twin.path, twin.blob)], actor="Ben", verdict="reject", note="no")

    assert verdicts(made(lost).found) == {"one": "rejected"}


@pytest.mark.slow
def test_a_verdict_on_the_change_is_taken_back_whole(lost, made):
    ranges.say(lambda: made(lost).found, seen(made(lost).found, "one"), actor="Ana", verdict="approve")

    ranges.say(lambda: made(lost).found, seen(made(lost).found, "one"), actor="Ana", verdict="clear")

    assert verdicts(made(lost).found) == {"one": ""}
    undo(actor="Ana")
    assert verdicts(made(lost).found) == {"one": "approved"}


SPOKEN = [
    ((), "approved", "", "approved"),
    ((), "", "approved", "approved"),
    ((), "rejected", "approved", "rejected"),
    ((), "delete", "approved", "delete"),
    (("x",), "approved", "", ""),
    (("x",), "delete", "", ""),
    (("x",), "rejected", "", "rejected"),
    (("x",), "", "approved", "approved"),
    (("x",), "delete", "approved", "delete"),
    (("x",), "approved", "rejected", "rejected"),
]
"""What the rules ask about a change, verdicts on its words and on itself, and what these come to."""


def test_what_the_verdicts_come_to(churned, made):
    found = change_at(made(churned).found, "changed")
    for asks, content, own, verdict in SPOKEN:
        change: Change = replace(found, asks=asks)

        come_to = verdict_on(change, {change.subject: content, change.own_subject: own})

        assert come_to == verdict, (asks, content, own)


def test_a_removal_is_one_of_a_test_and_a_place(root, commit, make_recording, made):
    for name in ("a/recordings/one", "b/recordings/one"):
        make_recording(f"{name}.json", test="tests/test_x.py::test_a")
    base = commit("before")
    for name in ("a/recordings/one", "b/recordings/one"):
        (root / f"{name}.json").unlink()
    spec = f"{base}...{commit('after')}"
    said = made(spec).found
    first = next(one for one in said.changes if one.side.path.startswith("a/"))

    ranges.say(lambda: said, [Seen(first.side.path, first.side.blob)], actor="Ana", verdict="approve")

    assert {one.side.path[0]: one.verdict for one in made(spec).found.changes} == {"a": "approved", "b": ""}
    assert first.subject.startswith("gone:2:")


@pytest.mark.slow
def test_taking_back_a_group_says_what_stays_because_it_was_said_elsewhere(renamed, made):
    said = made(renamed).found
    ranges.say(lambda: said, seen(said, "b"), actor="Ana", verdict="approve")
    ranges.say(lambda: said, seen(said, "a", "b", "c"), actor="Ana", verdict="approve")

    done = ranges.say(lambda: said, seen(said, "a", "b", "c"), actor="Ana", verdict="clear")

    assert done.sentence.endswith(" 1 of them keeps what you said of the same words elsewhere.")
    assert verdicts(made(renamed).found) == {"a": "", "b": "approved", "c": "", "new": "approved"}
