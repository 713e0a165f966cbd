"""Where git hangs, some threads of a process are left for pages that need none of it."""

import threading
import time

import pytest

from recviewer.git import concurrency, repository
from recviewer.git.concurrency import ConcurrencyLimit, NoSlot
from recviewer.git.repository import TooSlow


@pytest.fixture
def hold():
    """Return a function that has turns taken by threads of their own, until the test ends."""
    done, threads = threading.Event(), []

    def held(of, count):
        begun = threading.Barrier(count + 1)

        def run():
            with of.taken():
                begun.wait(5)
                done.wait(5)

        threads.extend(threading.Thread(target=run) for _ in range(count))
        for one in threads[-count:]:
            one.start()
        begun.wait(5)
        return done

    yield held
    done.set()
    for one in threads:
        one.join(5)


def test_who_waits_gets_the_turn_of_who_ends(hold):
    of = ConcurrencyLimit(2, 5)
    done = hold(of, 2)
    threading.Timer(0.05, done.set).start()

    with of.taken():
        assert done.is_set()


def test_nobody_waits_for_those_that_hang(hold):
    of = ConcurrencyLimit(2, 0.1)
    hold(of, 2)

    for longest in (0.2, 0.05):  # the second one comes when all have been at it for long
        began = time.monotonic()
        with pytest.raises(NoSlot), of.taken():
            pass
        assert time.monotonic() - began < longest


def test_what_a_thread_runs_while_it_has_its_turn_counts_with_it():
    of = ConcurrencyLimit(1, 0)
    with of.taken(), of.taken():
        pass
    with of.taken():
        pass


def test_a_page_that_gets_no_turn_says_so(hold, monkeypatch):
    monkeypatch.setattr(concurrency, "of_git", ConcurrencyLimit(1, 0))
    hold(concurrency.of_git, 1)

    with pytest.raises(TooSlow, match="git is slow to answer other pages"):
        repository.run(("version",), env=repository.environment())


def test_git_that_hung_twice_is_not_asked_for_a_while(fake, monkeypatch):
    fake("import time; time.sleep(9)")
    monkeypatch.setattr(repository, "TIMEOUT_SECONDS", 0.05)
    for _ in range(2):
        with pytest.raises(TooSlow, match="took more than"):
            repository.run(("version",), env=repository.environment(), seconds=0.05)
    began = time.monotonic()
    with pytest.raises(TooSlow, match="several times"):
        repository.run(("version",), env=repository.environment(), seconds=0.05)
    assert time.monotonic() - began < 0.04


def test_after_the_rest_git_is_asked_again(fake, monkeypatch):
    monkeypatch.setattr(concurrency, "REST_SECONDS", 0.05)
    for _ in range(concurrency.MOST_HANGS):
        concurrency.hangs.add()
    assert concurrency.hangs.are_too_many()
    time.sleep(0.06)
    fake("")
    repository.run(("version",), env=repository.environment())
    concurrency.hangs.add()  # the first one after one that went well
    assert not concurrency.hangs.are_too_many()


def test_what_may_take_short_time_only_is_no_hang(fake):
    fake("import time; time.sleep(9)")
    for _ in range(concurrency.MOST_HANGS):
        with pytest.raises(TooSlow):
            repository.run(("version",), env=repository.environment(), seconds=0.05)
    assert not concurrency.hangs.are_too_many()
