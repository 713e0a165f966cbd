import pytest

from recviewer.changes.overview import decided
from recviewer.git.ranges import opened
from recviewer.report import report
from recviewer.report.checks import Check, FailOn, as_status, check, fails


@pytest.fixture
def made(tree, make):
    """The report on one changed answer, or one that became an error, with a verdict on all of it."""

    def run(verdict="", *, error=None):
        tree.write("recordings/one.json", make.bytes_of(make.chat("One?", "It is so.")))
        tree.commit()
        tree.git("checkout", "-q", "-b", "work")
        tree.write("recordings/one.json", make.bytes_of(make.chat("One?", "It is not so.", error=error)))
        tree.commit()
        return report.make(opened(tree.top), "main...work", ask=lambda all: dict.fromkeys(all, verdict))

    return run


@pytest.mark.parametrize(
    ("verdict", "error", "state", "failing"),
    [
        ("", None, Check.PENDING, {FailOn.UNDECIDED}),
        ("approved", None, Check.SUCCESS, set()),
        ("delete", None, Check.SUCCESS, set()),
        ("rejected", None, Check.FAILURE, {FailOn.UNDECIDED, FailOn.RED}),
        ("", "slow", Check.FAILURE, {FailOn.UNDECIDED, FailOn.RED}),
        ("approved", "slow", Check.SUCCESS, set()),
        ("rejected", "slow", Check.FAILURE, {FailOn.UNDECIDED, FailOn.RED}),
    ],
)
def test_a_run_fails_as_it_was_asked_to(made, verdict, error, state, failing):
    found = made(verdict, error=error)

    assert check(found) is state
    assert {level for level in FailOn if fails(found, level)} == failing


def test_a_finding_is_open_by_the_verdicts_of_now_not_by_those_it_was_found_with(made):
    found = made(error="slow")
    approved = decided(found.found, {found.found.changes[0].own_subject: "approved"})

    assert [change.verdict for change in approved.findings[0].on] == ["approved"]
    assert check(found) is Check.FAILURE
    assert check(report.Report(approved)) is Check.SUCCESS


@pytest.mark.parametrize(
    ("verdict", "begins"),
    [("", "1 needs you; 1 recording touched"), ("rejected", "1 to re-record, nothing needs you; 1 recording touched")],
)
def test_the_description_says_what_is_to_do_first(made, verdict, begins):
    told = as_status(made(verdict))

    assert set(told) == {"state", "description"}
    assert told["description"].startswith(begins)
    assert len(told["description"]) <= 140


def test_churn_that_nobody_approved_is_pending_and_says_so(tree, make):
    tree.write("recordings/one.json", make.bytes_of(make.chat("One?", chunks=3)))
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    tree.write("recordings/one.json", make.bytes_of(make.chat("One?", chunks=2)))
    tree.commit()

    told = as_status(report.make(opened(tree.top), "main...work"))

    assert told["state"] == "pending"
    assert told["description"] == "1 undecided, only churn; 1 recording touched, 1 only churn."


def test_the_description_counts_red_changes_that_are_open_as_the_numbers_do(made):
    found = made(error="slow")
    approved = decided(found.found, {found.found.changes[0].own_subject: "approved"})

    assert f"{found.numbers.red} with a red finding" in as_status(found)["description"]
    assert found.numbers.red == 1
    assert "red" not in as_status(report.Report(approved))["description"]
