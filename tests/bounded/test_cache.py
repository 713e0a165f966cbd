from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread
from time import sleep

import pytest

from recviewer.bounded.cache import Recent, Shared


def test_what_was_not_used_for_longest_goes_first():
    kept = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    kept.get("a")
    kept.put("c", 3)

    assert kept.get("b") is None
    assert list(kept) == [1, 3]


def test_asking_for_many_keeps_them_too():
    kept = Recent(2)
    kept.update({"a": 1, "b": 2})

    assert kept.among(["a", "x"]) == {"a": 1}
    kept.put("c", 3)
    assert kept.among("abc") == {"a": 1, "c": 3}


@pytest.mark.parametrize(("at_least", "left"), [(0, []), (1, ["heavy one"])])
def test_what_is_too_heavy_by_itself_is_kept_only_where_that_is_asked(at_least, left):
    kept = Recent(9, weigh=len, limit=5, at_least=at_least)
    kept.put("a", "ab")
    kept.put("b", "heavy one")

    assert list(kept) == left


def test_weights_are_added_up_and_taken_off_again():
    kept = Recent(9, weigh=len, limit=5, at_least=0)
    for key, value in [("a", "123"), ("a", "12"), ("b", "123"), ("c", "1")]:
        kept.put(key, value)

    assert list(kept) == ["123", "1"]
    kept.clear()
    kept.update({"d": "12345", "e": ""})
    assert list(kept) == ["12345", ""]


def test_number_holds_also_where_something_is_always_kept():
    kept = Recent(1, at_least=5)
    kept.update({"a": 1, "b": 2})

    assert list(kept) == [2]


def test_a_thing_is_made_once_and_nothing_is_held_up_meanwhile():
    kept = Recent(9)
    asked = []

    def make():
        other = Thread(target=lambda: asked.append(kept.get("other")))
        other.start()
        other.join(10)
        return []

    first = kept.made("a", make)

    assert asked == [None]
    assert kept.made("a", make) is first
    assert asked == [None]


def test_what_takes_much_is_made_by_one_thread_while_others_wait():
    kept, made, begun = Recent(4, once=True), [], Barrier(5)

    def ask(key):
        begun.wait()
        return kept.made(key, lambda: made.append(key) or sleep(0.05) or object())

    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(ask, ["a", "a", "a", "b", "b"]))

    assert sorted(made) == ["a", "b"]
    assert len(set(map(id, found))) == 2


def test_a_thread_that_waited_makes_what_another_failed_to_make():
    kept = Recent(4, once=True)

    with pytest.raises(ZeroDivisionError):
        kept.made("a", lambda: 1 / 0)

    assert kept.made("a", lambda: "made") == "made"


def test_what_is_not_kept_is_begun_after_each_asking_and_shared_by_those_who_wait():
    shared, begun, go_on = Shared(), [], Event()

    def make():
        begun.append(len(begun) + 1)
        go_on.wait(5)
        return begun[-1]

    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(shared.made, make)
        while not begun:
            sleep(0.001)
        others = [pool.submit(shared.made, make) for _ in range(5)]
        while shared._waiting < 6:
            sleep(0.001)
        go_on.set()

        assert first.result() == 1
        assert {one.result() for one in others} == {2}
    assert shared.made(make) == 3
    assert shared._last is None


def test_what_holds_for_a_past_state_goes_before_the_next_is_made():
    kept, seen = Recent(9, once=True, state_of=lambda key: key[0]), []
    kept.made((1, "a"), lambda: "old")
    kept.made((1, "b"), lambda: "old")
    assert len(kept) == 2

    kept.made((2, "a"), lambda: seen.append(len(kept)) or "new")

    assert seen == [0]
    assert list(kept) == ["new"]


def test_weights_begin_anew_with_a_state():
    kept = Recent(9, weigh=len, limit=5, state_of=lambda key: key[0])
    kept.put((1, "a"), "12345")
    kept.put((2, "a"), "123")
    kept.put((2, "b"), "12")

    assert list(kept) == ["123", "12"]
