from dataclasses import replace

import pytest

from recviewer.git.ranges import opened
from recviewer.report import report
from recviewer.report.report import Report
from recviewer.review import ranges, standing
from recviewer.review.filters import standings_for
from recviewer.review.keeping import kept_bytes
from recviewer.review.models import Decision
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid
from recviewer.review.subjects import Seen
from recviewer.review.undoing import undo
from recviewer.smells import Severity


@pytest.fixture
def found(root):
    """Return a function that works a range out, with what reviewers said."""

    def work_out(spec):
        def ask(subjects):
            return {subject: stand.state for subject, stand in standings_for(subjects).items()}

        return report.make(opened(root), spec, ask=ask).found

    return work_out


def seen(found, name):
    return next(Seen(one.side.path, one.side.blob) for one in found.changes if one.side.path.endswith(f"/{name}.json"))


def verdicts(found):
    return {change.side.name.removesuffix(".json"): change.verdict for change in found.changes}


def test_verdicts_hold_in_the_range_though_its_files_are_on_no_disk(spec, found, root):
    for place in root.rglob("*.json"):
        place.unlink()
    said = found(spec)

    ranges.say(lambda: said, [seen(said, "moon"), seen(said, "old")], actor="Ana", verdict="approve")
    ranges.say(lambda: said, [seen(said, "new")], actor="Ana", verdict="reject", note="not a planet")

    assert verdicts(found(spec)) == {"moon": "approved", "old": "approved", "new": "rejected"}
    approved = Decision.objects.get(path="tests/recordings/moon.json")
    assert approved.origin == f"{spec} {said.source.range.head}"
    assert b"384,401" in kept_bytes(approved.fingerprint)


def test_letting_one_go_is_no_verdict_on_what_it_says(spec, found, commit, make_recording):
    said = found(spec)

    ranges.say(lambda: said, [seen(said, "old")], actor="Ana", verdict="approve")

    again = make_recording("tests/recordings/old.json", asked="What was there?", test="tests/test_old.py::test_old")
    assert standing.latest([again.fingerprint]) == {}
    assert kept_bytes(again.fingerprint) is None


def test_letting_one_go_says_nothing_of_an_equal_one_of_another_test(root, commit, make_recording, found):
    for name in "ab":
        make_recording(f"tests/recordings/{name}.json", test=f"tests/test_x.py::test_{name}")
    base = commit("before")
    for name in "ab":
        (root / f"tests/recordings/{name}.json").unlink()
    spec = f"{base}...{commit('after')}"
    said = found(spec)

    ranges.say(lambda: said, [seen(said, "a")], actor="Ana", verdict="approve")

    assert verdicts(found(spec)) == {"a": "approved", "b": ""}


def test_what_was_not_seen_so_is_refused(spec, found):
    said = found(spec)
    path = seen(said, "moon").path

    with pytest.raises(ChangedRecordings):
        ranges.say(lambda: said, [Seen(path, "0" * 40)], actor="Ana", verdict="approve")
    with pytest.raises(Gone):
        ranges.say(lambda: said, [Seen("nowhere.json", "0" * 40)], actor="Ana", verdict="approve")
    with pytest.raises(Invalid):
        ranges.say(lambda: said, [], actor="Ana", verdict="approve")


@pytest.mark.slow
def test_a_head_that_moves_while_the_verdict_is_written_is_noticed(spec, found, commit, make_recording):
    said = [found(spec)]
    base = spec.partition("...")[0]
    make_recording("tests/recordings/moon.json", answered="The moon is near.")
    later = found(f"{base}...{commit('pushed')}")
    moments = iter([said[0], said[0], later])

    with pytest.raises(ChangedRecordings):
        ranges.say(lambda: next(moments), [seen(said[0], "moon")], actor="Ana", verdict="approve")
    assert not Decision.objects.exists()


def test_paths_are_those_of_the_catalog_where_the_root_is_below_the_top(spec, found, settings, root):
    said = found(spec)
    settings.RECORDINGS_ROOT = root / "tests"

    ranges.say(lambda: said, [seen(said, "moon")], actor="Ana", verdict="approve")

    assert Decision.objects.get().path == "recordings/moon.json"


def churned(commit, make_recording):
    """A range with two recordings that only got other ids, and one with other words."""
    for name in ("a", "b", "c"):
        make_recording(f"tests/recordings/{name}.json", answered=f"I am {name}.", id="1")
    base = commit("before")
    for name in ("a", "b"):
        make_recording(f"tests/recordings/{name}.json", answered=f"I am {name}.", id="2")
    make_recording("tests/recordings/c.json", answered="I am not c.", id="2")
    return f"{base}...{commit('after')}"


@pytest.mark.slow
def test_churn_is_what_means_the_same_and_is_undecided(commit, make_recording, found):
    spec = churned(commit, make_recording)
    said = found(spec)
    ranges.say(lambda: said, [seen(said, "a")], actor="Ben", verdict="reject", note="never")

    assert [change.side.name for change in ranges.churn(Report(found(spec)))] == ["b.json"]


def test_approving_by_the_rule_is_one_act_that_says_so(commit, make_recording, found):
    spec = churned(commit, make_recording)
    said = found(spec)
    quiet = [Seen(change.side.path, change.side.blob) for change in ranges.churn(Report(said))]

    done = ranges.say(lambda: said, quiet, actor="Ana", verdict="approve", rule=ranges.CHURN)

    assert done.sentence == "Approved 2 changes by the rule “only churn”."
    assert {decision.rule for decision in Decision.objects.all()} == {"only churn"}
    undo(actor="Ana")
    assert set(verdicts(found(spec)).values()) == {""}


@pytest.mark.parametrize("severity", Severity)
def test_what_has_a_finding_is_no_churn_though_it_means_the_same(commit, make_recording, found, severity):
    said = found(churned(commit, make_recording))

    changes = [replace(one, severity=severity if one.side.name == "a.json" else None) for one in said.changes]

    assert [change.side.name for change in ranges.churn(Report(replace(said, changes=tuple(changes))))] == ["b.json"]


@pytest.mark.slow
def test_a_newer_push_keeps_what_still_holds_and_lists_the_rest(spec, found, commit, make_recording, root):
    base = spec.partition("...")[0]
    commit.git("branch", "topic")
    named = f"{base}...topic"
    said = found(named)
    for name, verdict in (("moon", "approve"), ("new", "approve"), ("old", "approve")):
        ranges.say(lambda: said, [seen(said, name)], actor="Ana", verdict=verdict)
    ranges.say(lambda: said, [seen(said, "new")], actor="Ben", verdict="approve")
    before = said.source.range.head

    make_recording("tests/recordings/moon.json", answered="The moon is near.")
    commit("pushed")
    commit.git("branch", "-f", "topic")
    moved = ranges.moved(found(named), "Ana")

    assert (moved.head, moved.count) == (before, 3)
    assert [decision.path for decision in moved.lost] == ["tests/recordings/moon.json"]
    assert ranges.moved(found(named), "Ben").lost == ()
    assert ranges.moved(found(f"{base}...HEAD"), "Ana").count == 0
