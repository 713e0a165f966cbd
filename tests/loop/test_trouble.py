"""What fails is tried again and shown, and nothing is lost or told twice."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from recviewer.loop import jobs, marks, worker
from recviewer.loop.models import HostJob, JobKind, JobState, WatchedRequest

FAULTS = [
    {"way": "status", "status": 500},
    {"way": "html", "status": 502},
    {"way": "cut"},
    {"way": "gone"},
    {"way": "wait"},
    {"way": "json", "data": {"message": "what?"}},
    {"way": "status", "status": 429, "headers": {"Retry-After": "30"}},
    {"way": "status", "status": 403, "headers": {"Retry-After": "30"}},
    {"way": "status", "status": 401},
    {"way": "status", "status": 404},
]
WAYS = {"list": "pulls", "look": "pulls/3", "status": "statuses/", "find": "user", "comment": "/comments"}


@pytest.fixture
def kind():
    return "github"


def _each_fault_somewhere():
    """Every fault in every place; those are quick that fail where a request is looked at, and one of each other place."""
    for where, how in product(WAYS, FAULTS):
        is_quick = how is FAULTS[0] or (where == "look" and how["way"] != "wait")
        yield pytest.param(where, how, marks=() if is_quick else pytest.mark.slow, id=f"{how}-{where}")


@pytest.mark.slow
@pytest.mark.parametrize(("where", "how"), list(_each_fault_somewhere()))
def test_whatever_fails_wherever_all_is_told_in_the_end(loop, where, how):
    head = loop.push(3, "new answers", ada="ada is there.")
    loop.stand_in.fail(to=WAYS[where], **how)

    loop.work()
    for _ in range(4):
        loop.work(max(worker.jobs.REFUSED_WAIT, 3600) + 1)

    assert loop.states(head) == ["pending"]
    assert len(loop.ours()) == 1
    assert not HostJob.objects.filter(jobs.troubled()).exists()


@pytest.mark.parametrize("way", ["cut", "gone", pytest.param("wait", marks=pytest.mark.slow)])
def test_a_comment_whose_answer_was_lost_is_not_written_twice(loop, way):
    loop.push(3, "new answers", ada="ada is there.")
    loop.stand_in.fail(way, to="/issues/3/comments", is_done=False)
    loop.stand_in.fail(way, to="/issues/3/comments", is_done=True)

    for _ in range(5):
        loop.work(1000)

    assert len(loop.ours()) == 1


@pytest.mark.slow
def test_a_host_that_is_down_for_a_day_loses_nothing(loop, quiet):
    loop.push(3, "new answers", ada="ada is there.")
    loop.work()
    loop.stand_in.fail("status", times=10_000, status=503)
    head = loop.push(3, "another", bob="bob is gone.")
    jobs.ask(JobKind.LOOK, 3)
    loop.decide(3)
    for _ in range(30):
        loop.work(3000)
    assert HostJob.objects.filter(jobs.troubled()).exists()

    loop.stand_in.faults.clear()
    loop.work(1000)

    assert loop.states(head)[-1] == "pending"
    assert not HostJob.objects.filter(jobs.troubled()).exists()


@pytest.mark.slow
def test_tries_are_farther_apart_each_time(loop):
    loop.push(3, "new answers", ada="ada is there.")
    loop.stand_in.fail("status", times=100, status=500)
    waits = []

    for _ in range(10):
        loop.work()
        job = HostJob.objects.get()
        waits.append(round((job.due_at - timezone.now()).total_seconds()))
        HostJob.objects.update(due_at=timezone.now())

    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert job.error == "GET /repos/acme/rockets/pulls was answered with 500 (as asked)."


@pytest.mark.slow
def test_a_host_that_wants_to_be_left_alone_is_left_alone_by_all_jobs(loop):
    for number in (3, 4, 5):
        loop.push(number, f"answers {number}", ada=f"ada is {number}.")
        jobs.ask(JobKind.LOOK, number)
    loop.stand_in.fail("status", status=429, headers={"Retry-After": "120"})

    loop.work()
    assert len(loop.stand_in.calls) == 1
    loop.work(100)
    assert len(loop.stand_in.calls) == 1
    loop.work(30)

    assert len(loop.ours()) == 3


@pytest.mark.slow
def test_a_clock_that_was_far_ahead_holds_nothing_up(loop):
    loop.push(3, "new answers", ada="ada is there.")
    jobs.ask(JobKind.LOOK, 3)
    far = timezone.now() + timedelta(days=900)
    HostJob.objects.update(due_at=far)
    marks.put(marks.PAUSED, far)
    marks.put(marks.ALIVE, far)

    loop.work()

    assert loop.states() == ["pending"]
    assert not worker.is_silent(timezone.now())


@pytest.mark.slow
def test_a_worker_that_was_killed_leaves_its_job_to_the_next(loop):
    loop.push(3, "new answers", ada="ada is there.")
    jobs.ask(JobKind.LOOK, 3)
    assert jobs.take(timezone.now()).number == 3
    assert jobs.take(timezone.now()) is None

    loop.work()

    assert loop.states() == ["pending"]


def test_what_is_asked_for_while_it_runs_runs_once_more(db):
    jobs.ask(JobKind.LOOK, 3)
    job = jobs.take(timezone.now())
    jobs.ask(JobKind.LOOK, 3)
    jobs.done(job)

    assert HostJob.objects.get().state == JobState.WAITING
    jobs.done(jobs.take(timezone.now()))
    assert HostJob.objects.get().state == JobState.DONE


@pytest.mark.slow
def test_a_push_does_not_wait_for_the_next_try(loop):
    loop.push(3, "new answers", ada="ada is there.")
    jobs.ask(JobKind.LOOK, 3)
    HostJob.objects.update(due_at=timezone.now() + timedelta(seconds=800), attempts=5)

    jobs.ask(JobKind.LOOK, 3)
    loop.work()

    assert loop.states() == ["pending"]


@pytest.mark.slow
def test_git_that_is_behind_is_waited_for(loop):
    old = loop.push(3, "new answers", ada="ada is there.")
    loop.stand_in.put(3, "f" * 40)
    loop.work()
    assert "its copies differ for a moment" in HostJob.objects.get(kind=JobKind.LOOK).error
    assert loop.stand_in.statuses == []

    loop.stand_in.put(3, old)
    loop.work(10)
    assert loop.states(old) == ["pending"]


@pytest.mark.slow
@pytest.mark.parametrize("base", ["nowhere", "--upload-pack=touch x", "a..b", "x\ny", ""])
def test_a_base_that_cannot_be_fetched_is_a_sentence(loop, base):
    loop.push(3, "new answers", base=base, ada="ada is there.")

    loop.work()

    assert HostJob.objects.get(kind=JobKind.LOOK).error
    assert HostJob.objects.get(kind=JobKind.LOOK).state == JobState.WAITING


@pytest.mark.slow
def test_a_remote_that_is_gone_and_comes_back(loop, settings, tmp_path):
    head = loop.push(3, "new answers", ada="ada is there.")
    (tmp_path / "origin.git").rename(tmp_path / "away.git")
    loop.work()
    assert HostJob.objects.get(kind=JobKind.LOOK).attempts > 0

    (tmp_path / "away.git").rename(tmp_path / "origin.git")
    loop.work(1000)

    assert loop.states(head) == ["pending"]


@pytest.mark.slow
def test_a_fault_of_ours_stops_no_worker(loop, monkeypatch):
    loop.push(3, "new answers", ada="ada is there.")
    loop.push(4, "more", bob="bob is gone.")
    real = worker.looking.look

    def broken(host, client, number):
        if number == 3:
            raise RuntimeError("a secret of the machine")
        real(host, client, number)

    monkeypatch.setattr(worker.looking, "look", broken)
    loop.work()

    assert (
        HostJob.objects.get(kind=JobKind.LOOK, number=3).error
        == "recviewer broke (RuntimeError); its log says what happened."
    )
    assert WatchedRequest.objects.get(number=4).told_state == "pending"


def test_two_workers_are_one(loop):
    with worker.only_worker(), pytest.raises(worker.OtherWorker), worker.only_worker():
        pass


@pytest.mark.slow
def test_what_was_refused_is_tried_when_a_worker_starts(loop):
    loop.push(3, "new answers", ada="ada is there.")
    loop.stand_in.fail("status", status=401)
    loop.work()
    assert HostJob.objects.get().state == JobState.FAILED

    jobs.forgive()
    loop.work()

    assert loop.states() == ["pending"]
