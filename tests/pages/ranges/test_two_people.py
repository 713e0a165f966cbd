"""Where a path asks for two people, nothing is done before both have agreed: on pages, in numbers and in reports."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recviewer.catalog.models import Recording
from recviewer.memory import glances, ranges
from recviewer.memory.ranges import report_of
from recviewer.pages.models import Membership
from recviewer.report import checks
from recviewer.review import tagging
from recviewer.review.subjects import Seen
from tests.pages.ranges.test_changes import decide


@pytest.fixture(autouse=True)
def hosted(settings):
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, False, False


@pytest.fixture
def person(db):
    """Return a function that signs somebody in."""

    def sign_in(name):
        user, _ = User.objects.get_or_create(username=name)
        Membership.objects.update_or_create(user=user, defaults={"role": "reviewer"})
        made = Client()
        made.force_login(user)
        return made

    return sign_in


@pytest.fixture
def ruled(commit, make_recording, root):
    """Return a function that makes a range of three new recordings whose base has rules."""

    def make(rules, *, at_head=None):
        place = root / ".recviewer/reviewers"
        place.parent.mkdir()
        place.write_text(rules)
        base = commit("rules")
        if at_head is not None:
            place.write_text(at_head)
        for number, folder in enumerate(("pay", "pay", "other")):
            path = f"{folder}/recordings/{number}.json"
            make_recording(path, asked=f"What is {number}?", answered=f"It is {number}.", test=f"t.py::test_{number}")
        return f"{base}...{commit('more')}"

    return make


def approve(client, spec, number, folder="pay", **more):
    shown = client.get(f"/changes/{spec}?change={folder}/recordings/{number}.json")
    return decide(client, shown, **more)


def numbers(spec):
    return report_of(spec).numbers


@pytest.mark.slow
def test_first_approval_closes_nothing_and_the_second_does(person, ruled):
    spec = ruled("pay/ 2\n")
    ana, bob = person("ana"), person("bob")

    for _ in range(2):
        approve(ana, spec, 0)
        found = numbers(spec)
        assert (found.undecided, found.need_you, found.approved, found.waiting) == (3, 3, 0, 1)

    page = ana.get(f"/changes/{spec}").context["page"]
    assert page.ending == "3 need you, 1 of them another person"
    assert "1 of 2: approved by ana; one more person is needed." in open_at(bob, spec, 0)
    approve(bob, spec, 0)
    found = numbers(spec)
    assert (found.undecided, found.approved, found.waiting) == (2, 1, 0)
    approve(ana, spec, 2, "other")
    assert numbers(spec).undecided == 1


def open_at(client, spec, number, folder="pay"):
    return client.get(f"/changes/{spec}?change={folder}/recordings/{number}.json").content.decode()


@pytest.mark.slow
def test_status_and_report_wait_for_the_second_person(person, ruled):
    spec = ruled("pay/ 2\n")
    for number, folder in enumerate(("pay", "pay", "other")):
        approve(person("ana"), spec, number, folder)

    report = report_of(spec)
    assert checks.as_status(report) | {"description": ""} == {"state": "pending", "description": ""}
    assert checks.fails(report, checks.FailOn.UNDECIDED)
    told = person("ana").get(f"/changes/{spec}.json").json()
    assert told["numbers"]["waiting"] == 2
    assert told["undecided"] == 2
    one = next(change for change in told["changes"] if change["new"]["path"].endswith("0.json"))
    assert (one["verdict"], one["agreement"]["people"], one["agreement"]["is_met"]) == (None, ["ana"], False)
    assert one["agreement"]["asked"] == [{"count": 2, "names": []}]
    assert next(change for change in told["changes"] if "other" in change["new"]["path"])["agreement"] is None
    comment = person("ana").get(f"/report/{spec}?as=md").content.decode()
    assert "1 of 2: approved by ana; one more person is needed" in comment

    for number in range(2):
        approve(person("bob"), spec, number)
    assert checks.check(report_of(spec)) == "success"


@pytest.mark.slow
def test_queue_asks_nobody_twice_and_says_what_waits(person, ruled):
    spec = ruled("pay/ 2\n")
    ana, bob = person("ana"), person("bob")
    shown = ana.get(ana.get(f"/changes/{spec}?by=change").context["page"].start_url)
    seen = []
    while "bar" in dir(shown.context["page"]):
        seen.append(shown.context["page"].change.side.name)
        shown = decide(ana, shown, follow=True)

    assert sorted(seen) == ["0.json", "1.json", "2.json"]
    assert shown.context["page"].first_url == ""
    assert "2 changes wait for another person" in shown.content.decode()
    assert ana.get(f"/changes/{spec}?by=change").context["page"].queue.decided == 1
    queue = bob.get(f"/changes/{spec}?by=change").context["page"].queue
    assert (queue.decided, queue.undecided, queue.waiting) == (1, 2, 0)
    assert bob.get(queue.skip_url).context["page"].change.side.name in ("0.json", "1.json")


def test_rules_are_those_of_the_base_never_of_what_is_reviewed(person, ruled):
    spec = ruled("pay/ 2\n", at_head="pay/ 1\n")

    approve(person("ana"), spec, 0)

    assert numbers(spec).approved == 0


def test_branch_that_left_before_the_rules_is_under_them_too(person, commit, make_recording, root):
    make_recording("pay/recordings/first.json", asked="First?")
    start = commit("start")
    make_recording("pay/recordings/0.json")
    head = commit("more")
    commit.git("checkout", "-q", "-b", "rules", start)
    (root / ".recviewer").mkdir()
    (root / ".recviewer/reviewers").write_text("pay/ 2\n")
    tip = commit("rules")
    spec = f"{tip}...{head}"

    approve(person("ana"), spec, 0)

    assert numbers(spec).waiting == 1


@pytest.mark.slow
def test_recording_that_moves_out_of_a_path_is_under_its_rule(person, commit, make_recording, root):
    (root / ".recviewer").mkdir()
    (root / ".recviewer/reviewers").write_text("pay/ 2\n")
    make_recording("pay/recordings/0.json")
    base = commit("before")
    (root / "free/recordings").mkdir(parents=True)
    (root / "pay/recordings/0.json").rename(root / "free/recordings/0.json")
    spec = f"{base}...{commit('moved')}"

    approve(person("ana"), spec, 0, "free")

    assert (numbers(spec).undecided, numbers(spec).waiting) == (1, 1)


@pytest.mark.slow
def test_named_people_alone_count_and_see_what_is_theirs(person, ruled):
    spec = ruled("pay/ @bob\n")
    ana, bob = person("ana"), person("bob")
    approve(ana, spec, 0)
    assert "0 of 1: approved by ana; bob is needed." in open_at(ana, spec, 0)

    page = bob.get(f"/changes/{spec}").context["page"]
    assert page.yours == 2
    mine = bob.get(f"{page.yours_url}&by=change").context["page"]
    assert [row.change.side.name for row in mine.changes] == ["0.json", "1.json"]
    assert mine.heading == "need you, for bob"
    assert mine.queue.total == 2
    assert ana.get(f"/changes/{spec}").context["page"].yours == 0
    approve(bob, spec, 0)
    assert bob.get(f"/changes/{spec}").context["page"].yours == 1
    assert numbers(spec).approved == 1


@pytest.mark.slow
def test_what_one_has_agreed_to_is_no_longer_theirs(person, ruled):
    spec = ruled("pay/ 2 @ana @bob\n")
    approve(person("ana"), spec, 0)

    assert person("ana").get(f"/changes/{spec}").context["page"].yours == 1
    assert person("bob").get(f"/changes/{spec}").context["page"].yours == 2


def test_tags_and_notes_make_changes_somebodys(person, ruled):
    spec = ruled("")
    one = Recording.objects.get(path="other/recordings/2.json")
    tagging.tag([Seen(one.path, one.blob)], actor="bob", name="@ana")

    page = person("ana").get(f"/changes/{spec}").context["page"]

    assert page.yours == 1
    assert "1 of these is yours" in person("ana").get(f"/changes/{spec}").content.decode()
    assert person("bob").get(f"/changes/{spec}").context["page"].yours == 0


@pytest.mark.slow
def test_bad_line_is_said_and_makes_everything_wait(person, ruled):
    spec = ruled("pay/ two\n")
    approve(person("ana"), spec, 2, "other")

    assert numbers(spec).waiting == 1
    html = person("ana").get(f"/changes/{spec}").content.decode()
    assert "Line 1 of .recviewer/reviewers cannot be read" in html
    assert json.loads(person("ana").get(f"/changes/{spec}.json").content)["bad_rules"]


@pytest.mark.slow
def test_mark_for_deletion_waits_for_the_second_person_too(person, ruled):
    spec = ruled("pay/ 2\n")
    approve(person("ana"), spec, 0, verdict="delete")
    assert (numbers(spec).to_delete, numbers(spec).waiting) == (0, 1)

    approve(person("bob"), spec, 0, verdict="delete")

    assert numbers(spec).to_delete == 1


def test_one_rejection_blocks_whoever_else_is_asked(person, ruled):
    spec = ruled("pay/ 2\n")

    approve(person("ana"), spec, 0, verdict="reject", note="wrong")

    assert numbers(spec).rejected == 1


@pytest.mark.slow
def test_approval_that_is_taken_back_counts_no_more(person, ruled):
    spec = ruled("pay/ 2\n")
    for name in ("ana", "bob"):
        approve(person(name), spec, 0)
    assert numbers(spec).approved == 1

    approve(person("ana"), spec, 0, verdict="clear")

    assert (numbers(spec).approved, numbers(spec).waiting) == (0, 1)


@pytest.mark.slow
def test_a_test_read_as_a_whole_by_one_person_waits(person, commit, make_recording, root):
    (root / ".recviewer").mkdir()
    (root / ".recviewer/reviewers").write_text("* 2\n")
    base = commit("rules")
    for number in range(3):
        make_recording(f"pay/recordings/{number}.json", asked=f"What is {number}?", answered=f"It is {number}.")
    spec = f"{base}...{commit('more')}"
    ana = person("ana")
    start = ana.get(f"/changes/{spec}").context["page"].start_url
    shown = ana.get(start, follow=True)

    decide(ana, shown)

    assert (numbers(spec).undecided, numbers(spec).waiting) == (3, 3)
    again = ana.get(start, follow=True)
    assert "1 of 2: approved by ana; one more person is needed." in again.content.decode()
    decide(person("bob"), person("bob").get(start, follow=True))
    assert numbers(spec).undecided == 0


@pytest.mark.slow
def test_the_list_of_requests_waits_for_the_second_person_as_the_range_does(person, ruled):
    spec = ruled("pay/ 2\n")
    base, head = spec.split("...")
    glances.look([spec])

    def counted():
        found, _ = glances.of_list(ranges.repository(), base, {head: spec})
        return found[head].need_you, found[head].decided

    assert counted() == (3, 0)
    approve(person("ana"), spec, 0)
    assert counted() == (numbers(spec).need_you, numbers(spec).decided) == (3, 0)
    approve(person("bob"), spec, 0)
    assert counted() == (numbers(spec).need_you, numbers(spec).decided) == (2, 1)
