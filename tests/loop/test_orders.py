"""What a maintainer wants of the host: a plan as a branch, and its tests re-recorded."""

import dataclasses
import subprocess

import pytest

from recviewer.git import pushing
from recviewer.git.repository import GitFailed
from recviewer.hosts.contract import RecordRun
from recviewer.loop import jobs, orders
from recviewer.loop.models import HostJob, HostOrder, JobKind, WatchedRequest
from recviewer.memory import ranges
from recviewer.plan import model as plans
from recviewer.plan import range as range_plan
from recviewer.review.audit import UNDOABLE, Action
from recviewer.review.models import AuditEvent
from recviewer.review.refusals import Invalid

DAY = 24 * 3600


@pytest.fixture
def kind(request):
    return getattr(request, "param", "github")


@pytest.fixture
def on(loop, settings, kind):
    run = RecordRun("main") if kind == "gitlab" else RecordRun("main", "record.yml")
    settings.HOST = dataclasses.replace(settings.HOST, pushes=True, record=run)
    return loop


@pytest.fixture
def one_host(kind, request):
    if kind != "github":
        pytest.skip("is the same for all hosts")


all_hosts = pytest.mark.parametrize("kind", ["github", "gitlab", "forgejo"], indirect=True)


def plan_of(number=7):
    row = WatchedRequest.objects.get(number=number)
    return range_plan.make(ranges.report_of(f"{row.base}..{row.head}").found)


def asked(on, verdict, number=7, **more):
    """Push a request, decide on it, and give the order that this asks for."""
    on.push(number, "again", ada="ada is there.", bob="bob is there.")
    on.work()
    on.decide(number, verdict, only=more.get("only", "ada"))
    kind = JobKind.BRANCH if verdict == "delete" else JobKind.RECORD
    plan = plan_of(number)
    return orders.give(kind, plan, seen=orders.digest(kind, plan), actor="max")


def remote(on, *words):
    origin = on.author.git("remote", "get-url", "origin").strip()
    done = subprocess.run(["git", "--git-dir", origin, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def branches(on):
    return remote(on, "for-each-ref", "--format=%(refname)", "refs/heads/recviewer").split()


def came(order):
    order.refresh_from_db()
    return order.state, order.told


@pytest.mark.slow
def test_a_plan_is_pushed_as_one_commit_upon_the_head(on, settings):
    before = subprocess.run(
        ["git", "--git-dir", settings.REPOSITORY, "for-each-ref"], check=True, capture_output=True, text=True
    ).stdout
    order = asked(on, "delete")
    on.work()

    assert came(order)[0] == "done", came(order)
    (name,) = branches(on)
    assert name == f"refs/heads/recviewer/plan-7-{order.head[:9]}-{order.pk}"
    assert remote(on, "rev-parse", f"{name}^") == order.head
    assert remote(on, "diff", "--name-status", order.head, name) == "D\trecordings/ada.json"
    assert remote(on, "log", "-1", "--format=%an|%s", name) == "max|Carry out the plan for request 7"
    assert remote(on, "rev-parse", on.ref(7)) == order.head
    after = subprocess.run(
        ["git", "--git-dir", settings.REPOSITORY, "for-each-ref"], check=True, capture_output=True, text=True
    ).stdout
    assert before == after


@pytest.mark.slow
def test_the_pushed_tree_is_what_the_patch_of_the_page_gives(on, tmp_path):
    order = asked(on, "delete")
    patch = b"".join(plans.patch(plan_of()))
    on.work()

    on.author.git("checkout", "-q", "--detach", order.head)
    subprocess.run(["git", "apply", "--index"], input=patch, cwd=on.author.top, check=True)
    tree = on.author.git("write-tree").strip()
    assert remote(on, "rev-parse", f"{branches(on)[0]}^{{tree}}") == tree


@pytest.mark.slow
@all_hosts
def test_tests_of_the_plan_are_recorded_again(on, kind):
    order = asked(on, "reject")
    on.work()

    assert came(order)[0] == "done", came(order)
    ((workflow, ref, inputs),) = on.stand_in.runs
    assert (workflow, ref) == ("" if kind == "gitlab" else "record.yml", "main")
    assert inputs["tests"] == plans.test_ids(plan_of()).decode()
    assert inputs["tests"].endswith("\n")
    assert (inputs["request"], inputs["head"]) == ("7", order.head)


@pytest.mark.slow
@pytest.mark.parametrize("verdict", ["delete", "reject"])
def test_an_order_is_in_the_log_and_given_once(on, verdict):
    order = asked(on, verdict)

    event = AuditEvent.objects.latest("pk")
    assert (event.actor, event.action) == ("max", Action.PUSH if verdict == "delete" else Action.RECORD)
    assert order.head[:9] in event.summary
    assert event.action not in UNDOABLE
    plan, kind = plan_of(), order.kind
    with pytest.raises(Invalid, match="already"):
        orders.give(kind, plan, seen=orders.digest(kind, plan), actor="max")
    on.work()
    with pytest.raises(Invalid, match="already"):
        orders.give(kind, plan, seen=orders.digest(kind, plan), actor="max")


@pytest.mark.slow
def test_what_its_maker_did_not_see_is_not_ordered(on):
    on.push(7, "again", ada="ada is there.", bob="bob is there.")
    on.work()
    on.decide(7, "delete", only="ada")
    seen = orders.digest(JobKind.BRANCH, plan_of())
    on.decide(7, "delete", only="bob")

    with pytest.raises(Invalid, match="plan has changed"):
        orders.give(JobKind.BRANCH, plan_of(), seen=seen, actor="max")
    with pytest.raises(Invalid, match="nothing of that kind"):
        orders.give(JobKind.RECORD, plan_of(), seen="", actor="max")
    assert not HostOrder.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("verdict", ["delete", "reject"])
def test_it_is_refused_where_people_decided_otherwise_meanwhile(on, verdict):
    order = asked(on, verdict)
    on.decide(7, "approve", only="ada")
    on.work()

    assert came(order)[0] == "refused"
    assert "decided is something else" in came(order)[1]
    assert (branches(on), on.stand_in.runs) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("verdict", ["delete", "reject"])
def test_it_is_refused_where_the_head_moved(on, verdict):
    order = asked(on, verdict)
    on.push(7, "more", ada="ada is late.")
    on.work()

    assert came(order)[0] == "refused"
    assert "moved" in came(order)[1]
    assert (branches(on), on.stand_in.runs) == ([], [])


@pytest.mark.slow
@all_hosts
@pytest.mark.parametrize("verdict", ["delete", "reject"])
def test_it_is_refused_for_what_a_stranger_wrote(on, verdict):
    order = asked(on, verdict)
    on.stand_in.requests[7]["fork"] = True
    on.work()

    assert came(order)[0] == "refused"
    assert "another repository" in came(order)[1]
    assert (branches(on), on.stand_in.runs) == ([], [])


@pytest.mark.slow
def test_where_nobody_says_whose_the_commits_are_they_are_a_strangers(on):
    order = asked(on, "delete")
    told = on.stand_in._told
    on.stand_in._told = lambda number, one: told(number, one) | {"head": {"ref": "x", "sha": one["head"], "repo": None}}
    on.work()

    assert came(order)[0] == "refused"


@pytest.mark.slow
@pytest.mark.parametrize("verdict", ["delete", "reject"])
def test_a_request_that_was_closed_is_left_alone(on, verdict):
    order = asked(on, verdict)
    on.stand_in.requests[7]["state"] = "closed"
    on.work()

    assert came(order)[0] == "refused"
    assert (branches(on), on.stand_in.runs) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("verdict", ["delete", "reject"])
def test_a_host_that_is_down_before_is_asked_again(on, verdict):
    order = asked(on, verdict)
    on.stand_in.fail("status", status=500, to="/pulls/7")
    on.work()
    assert came(order)[0] == "waiting"
    assert HostJob.objects.filter(jobs.troubled()).get().kind == order.kind
    on.work(jobs.FIRST_WAIT + 1)

    assert came(order)[0] == "done"
    assert len(branches(on)) + len(on.stand_in.runs) == 1


@pytest.mark.slow
def test_a_remote_that_is_down_is_asked_again(on, monkeypatch):
    order = asked(on, "delete")
    real, tries = pushing.transport.talk, []

    def talk(remote, where, words, **more):
        if words[0] == "push" and not tries:
            tries.append(1)
            raise GitFailed("the remote hung up")
        return real(remote, where, words, **more)

    monkeypatch.setattr(pushing.transport, "talk", talk)
    on.work()
    assert came(order)[0] == "waiting"
    assert "hung up" in HostJob.objects.filter(jobs.troubled()).get().error
    on.work(jobs.FIRST_WAIT + 1)
    assert came(order)[0] == "done"


@pytest.mark.slow
def test_a_push_whose_answer_was_lost_is_found_done(on):
    order = asked(on, "delete")
    on.work()
    HostOrder.objects.update(state="waiting")
    commit = remote(on, "rev-parse", branches(on)[0])
    jobs.ask(JobKind.BRANCH, order.pk)
    on.work()

    assert came(order)[0] == "done"
    assert remote(on, "rev-parse", branches(on)[0]) == commit


@pytest.mark.slow
def test_a_branch_that_is_there_is_never_moved(on):
    order = asked(on, "delete")
    name = f"refs/heads/{orders.branch_of(order)}"
    on.author.git("push", "-q", "origin", f"main:{name}")
    commit = remote(on, "rev-parse", name)
    on.work()

    assert came(order)[0] == "refused"
    assert "is there already" in came(order)[1]
    assert remote(on, "rev-parse", name) == commit


@pytest.mark.slow
@all_hosts
@pytest.mark.parametrize("how", [{"way": "gone"}, {"way": "status", "status": 502}, {"way": "gone", "is_done": True}])
def test_a_run_of_which_nobody_knows_is_never_started_twice(on, how, kind):
    order = asked(on, "reject")
    on.stand_in.fail(**how, to="/pipeline" if kind == "gitlab" else "/dispatches")
    on.work()
    on.work(DAY)

    assert came(order)[0] == "unsure"
    assert "look at the host" in came(order)[1]
    assert len(on.stand_in.runs) == how.get("is_done", False)
    assert (
        sum(method == "POST" and ("dispatch" in path or "pipeline" in path) for method, path in on.stand_in.calls) == 1
    )


@pytest.mark.slow
def test_a_host_that_is_busy_is_asked_again_when_it_says(on):
    order = asked(on, "reject")
    on.stand_in.fail("status", status=429, headers={"Retry-After": "7"}, to="/dispatches")
    on.work()
    assert came(order)[0] == "waiting"
    on.work(8)

    assert (came(order)[0], len(on.stand_in.runs)) == ("done", 1)


@pytest.mark.slow
def test_what_the_host_refuses_is_over(on):
    on.stand_in.workflows = set()
    order = asked(on, "reject")
    on.work()
    on.stand_in.workflows = {"record.yml"}
    on.work(DAY)

    assert came(order)[0] == "refused"
    assert "404" in came(order)[1]
    assert on.stand_in.runs == []


@pytest.mark.slow
def test_an_order_of_yesterday_is_over(on):
    order = asked(on, "delete")
    on.work(DAY + 60)

    assert came(order) == ("refused", "It waited for a day, so nothing was done.")
    assert branches(on) == []


@pytest.mark.slow
def test_too_many_tests_are_no_input(on, monkeypatch):
    monkeypatch.setattr(orders, "LONGEST_INPUT", 3)
    order = asked(on, "reject")
    on.work()

    assert came(order)[0] == "refused"
    assert "characters" in came(order)[1]


@pytest.mark.slow
def test_nothing_is_given_unless_the_operator_wants_it(loop):
    loop.push(7, "again", ada="ada is there.")
    loop.work()
    loop.decide(7, "delete")
    plan = plan_of()

    with pytest.raises(Invalid):
        orders.give(JobKind.BRANCH, plan, seen=orders.digest(JobKind.BRANCH, plan), actor="max")


@pytest.mark.slow
def test_what_the_operator_turned_off_since_is_not_done(on, settings):
    order = asked(on, "delete")
    settings.HOST = dataclasses.replace(settings.HOST, pushes=False)
    on.work()

    assert came(order)[0] == "refused"
    assert branches(on) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["main", "recviewer/plan", "recviewer/plan-7-123456789-1/../../main", "-x", ""])
def test_no_other_name_is_pushed(on, settings, name):
    order = asked(on, "delete")
    with pytest.raises(pushing.NotPushed, match="not a name of a branch of ours"):
        pushing.push_new(ranges.repository(), settings.FETCH_FROM, order.head, name)
