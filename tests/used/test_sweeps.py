"""What is taken for a reader of everything, and what is not."""

import random

import pytest

from recviewer.used.sweeps import Sweeps

FILES = [b"tests/%d/recordings/%03d.json" % (number // 50, number) for number in range(300)]


def sweeps(opens, files=FILES, ours=False):
    looking = Sweeps(b"/nowhere", files, lambda some: ours)
    for raw, at in opens:
        looking.opened(raw, at)
    return looking.found


def paced(files, seconds, start=1000.0):
    return [(raw, start + place * seconds) for place, raw in enumerate(files)]


def shuffled(files, seed=1):
    return random.Random(seed).sample(files, len(files))


@pytest.mark.parametrize(
    ("opens", "count"),
    [
        (paced(FILES, 0.00005), 1),
        (paced(shuffled(FILES), 0.00005), 1),
        (paced(FILES, 0.0015), 1),
        (paced(FILES, 0.00005) + paced(FILES, 0.00005, 2000.0), 2),
        (paced(FILES, 0.005), 0),
        (paced(shuffled(FILES), 0.0015), 0),
        (paced(FILES[:250], 0.00005), 0),
        (paced(FILES[:100] * 3, 0.00005), 0),
    ],
    ids=[
        "at once",
        "at once in any order",
        "in order",
        "twice",
        "a suite in order",
        "a fast suite",
        "not all",
        "some often",
    ],
)
def test_readers(opens, count):
    assert len(sweeps(opens)) == count


def test_all_that_it_reads_is_its_own():
    (found,) = sweeps(paced(FILES, 0.0001))

    assert found.files == set(FILES)
    assert found.ended - found.began < 0.1


def test_a_suite_that_runs_meanwhile_is_not_swallowed():
    suite = paced(FILES[:20], 0.3, 997.0)
    opens = sorted(suite + paced(FILES, 0.0005), key=lambda one: one[1])

    (found,) = sweeps(opens)

    assert found.files == set(FILES)


def test_what_our_own_processes_read_is_no_sweep():
    assert not sweeps(paced(FILES, 0.00005), ours=True)


def test_few_files_are_no_everything():
    assert not sweeps(paced(FILES[:9], 0.00001), files=FILES[:9])
