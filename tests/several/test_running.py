import os
import subprocess
import time
from pathlib import Path

import pytest

from recviewer.several import plan as plans
from recviewer.several import running
from recviewer.several.plan import BadPlan
from recviewer.several.running import Keeper, ProcessJob
from recviewer.several.surroundings import Account

ME = Account(os.geteuid(), os.getegid())


def job(name, *words, port=0, after=0):
    variables = {"PATH": os.environ["PATH"]}
    return ProcessJob(name, words or ("sleep", "60"), variables, Path("/"), ME, port=port, after=after)


@pytest.fixture
def keep(monkeypatch):
    """Makes a keeper of some jobs; `wanted` is what the file says when it is read again, `open` the ports that answer."""
    keepers = []

    def make(*jobs):
        keep.wanted = list(jobs)
        monkeypatch.setattr(running, "jobs_of", lambda plan: list(keep.wanted))
        monkeypatch.setattr(running, "answers", lambda port: port in keep.open)
        keep.keeper = Keeper(None, lambda: None, keep.said.append)
        keepers.append(keep.keeper)
        return keep.keeper

    keep = make
    keep.open, keep.said = set(), []
    yield keep
    for keeper in keepers:
        keeper._stop(keeper._kept)


def living(keeper):
    return {one.job.name: one.process.pid for one in keeper._kept if one.process is not None}


def test_one_comes_up_after_the_other_and_what_needs_it_follows(keep):
    keeper = keep(job("a", port=1), job("a, worker", after=1), job("b", port=2))
    keeper.turn(0)
    keeper.turn(1)
    assert [*living(keeper)] == ["a"]

    keep.open = {1}
    keeper.turn(2)
    assert [*living(keeper)] == ["a", "a, worker", "b"]
    assert keep.said == ["a: at 127.0.0.1:1"]


def test_one_that_never_answers_holds_the_others_up_for_a_while_alone(keep):
    keeper = keep(job("a", port=1), job("b", port=2))
    keeper.turn(0)
    keeper.turn(running.COMES_UP_SECONDS - 1)
    assert [*living(keeper)] == ["a"]

    keeper.turn(running.COMES_UP_SECONDS + 1)
    assert [*living(keeper)] == ["a", "b"]


def test_what_ends_is_started_again_ever_later_and_at_once_after_a_steady_life(keep):
    keeper = keep(job("a"))
    (one,) = keeper._kept
    now, waits = 0.0, []
    for life in (0, 0, 0, 0, running.STEADY_SECONDS):
        keeper.turn(now)
        one.process.kill()
        one.process.wait()
        now += life
        keeper.turn(now)
        assert living(keeper) == {}
        waits.append(one.wait)
        now += one.wait
    assert waits == [1, 2, 4, 8, 1]
    assert keep.said[0] == "a: ended with -9; started again in 1 s"


def test_what_cannot_be_started_is_said_and_tried_again(keep):
    keeper = keep(job("a", "/no/such/program"))
    keeper.turn(0)
    keeper.turn(0.5)
    keeper.turn(1)

    assert keep.said == [
        "a: cannot be started: No such file or directory; tried again in 1 s",
        "a: cannot be started: No such file or directory; tried again in 2 s",
    ]


def test_the_file_read_again_touches_what_changed_alone(keep):
    keeper = keep(job("a"), job("b"), job("c"))
    keeper.turn(0)
    before = living(keeper)
    keep.wanted = [job("a"), job("b", "sleep", "61"), job("d")]

    keeper._follow()
    keeper.turn(1)

    after = living(keeper)
    assert [*after] == ["a", "b", "d"]
    assert after["a"] == before["a"]
    assert after["b"] != before["b"]
    with pytest.raises(ProcessLookupError):
        os.kill(before["c"], 0)


def test_a_file_that_cannot_be_used_any_more_changes_nothing(keep, monkeypatch):
    keeper = keep(job("a"))
    keeper.turn(0)
    before = living(keeper)

    def bad(plan):
        raise BadPlan("port 1 stands twice")

    monkeypatch.setattr(running, "jobs_of", bad)
    keeper._follow()

    assert living(keeper) == before
    assert keep.said == ["the file is not followed: port 1 stands twice"]


def test_what_does_not_end_is_killed_with_all_that_it_started(keep, monkeypatch, tmp_path):
    monkeypatch.setattr(running, "STOP_SECONDS", 0.3)
    script = f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/child; touch {tmp_path}/up; wait; wait"
    keeper = keep(job("a", "bash", "-c", script))
    keeper.turn(0)
    while not (tmp_path / "up").exists():
        subprocess.run(["sleep", "0.02"], check=True)

    keeper._stop(keeper._kept)

    child = int((tmp_path / "child").read_text())
    until = time.monotonic() + 30  # it is told to go, and goes when the machine has a moment for it
    while is_running(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_running(child)


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_second_run_is_refused_and_a_stop_finds_the_first(told):
    plan = plans.of(told)
    assert running.running(plan) == 0
    with running.only_run(plan):
        assert running.running(plan) == os.getpid()
        with pytest.raises(running.OtherRun, match=str(os.getpid())), running.only_run(plan):
            pass
    assert running.running(plan) == 0
