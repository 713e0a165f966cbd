"""What holds for every recorder, tried on its files in `cases/<name>/` and on what is left of them when cut short."""

import itertools
from pathlib import Path

import pytest

from recviewer.recorders import registry
from recviewer.recorders.reading import bytes_of, read_file

CASES = sorted((Path(__file__).parent / "cases").glob("*/*"))
_URL = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@pytest.fixture(params=CASES, ids=[f"{path.parent.name}/{path.name}" for path in CASES])
def case(request, list_recorder):
    recorder = next(one for one in registry.recorders() if one.name == request.param.parent.name)
    home = f"{min(recorder.homes).decode()}/" if getattr(recorder, "is_at_home_only", False) else ""
    return recorder, home + request.param.name, request.param.read_bytes()


def test_every_recorder_has_a_case(list_recorder):
    assert {one.name for one in registry.recorders()} == {path.parent.name for path in CASES}


def test_a_recorder_knows_its_own_files(case):
    recorder, name, data = case

    assert recorder.recognizes(data)
    assert registry.recorder_of(name, data) is recorder


def test_parts_have_names_for_addresses_and_places_that_do_not_overlap(case):
    recorder, _, data = case

    parts = list(recorder.parts(data))

    names = [part.name for part in parts]
    assert len(set(names)) == len(names) > 0
    assert all(set(name) <= _URL for name in names)
    assert "" not in names or len(names) == 1
    ends = [0, *(place for part in parts for place in (part.start, part.end)), len(data)]
    assert ends == sorted(ends)


def test_names_do_not_hang_on_how_exactly_numbers_are_read(case):
    recorder, _, data = case

    assert [part.name for part in recorder.parts(data)] == [part.name for part in recorder.parts(data, exact=True)]


def test_the_bytes_of_an_exchange_alone_are_read_as_it(case):
    _, name, data = case

    for part in read_file(data, name):
        [alone] = read_file(bytes_of(data, part), name)
        assert alone.reading.exchange == part.reading.exchange


def test_what_is_cut_short_is_read_as_far_as_it_goes_or_said_to_be_unreadable(case):
    recorder, _, data = case

    for size in range(0, len(data), max(1, len(data) // 40)):
        assert list(recorder.parts(data[:size]))


def test_a_file_without_some_parts_has_every_other_byte_of_the_rest(case):
    recorder, _, data = case
    parts = list(recorder.parts(data))

    for count in range(1, len(parts)):
        for some in itertools.combinations(parts, count):
            left = recorder.without(data, {part.name for part in some})
            if left is not None:
                kept = [data[part.start : part.end] for part in parts if part not in some]
                assert [left[part.start : part.end] for part in recorder.parts(left)] == kept
                assert recorder.recognizes(left)
