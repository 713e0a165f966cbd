import pytest

from recviewer.bounded.cache import Recent
from recviewer.git.repository import GitFailed
from recviewer.memory import range_files, ranges


@pytest.fixture
def specs(commit, make_recording):
    """Three ranges of one recording each."""
    made = []
    for number in range(3):
        make_recording("tests/recordings/moon.json", answered=f"The moon is {number} km away.")
        base = commit("before")
        make_recording("tests/recordings/moon.json", answered=f"The moon is {number}00 km away.")
        made.append(f"{base}...{commit('after')}")
    return made


@pytest.fixture
def loads(monkeypatch):
    """Forget all ranges; returns the list of those that are read from then on."""
    ranges._known.clear()
    seen = []
    load = ranges.changeset.load
    monkeypatch.setattr(
        ranges.changeset, "load", lambda asked, library: (seen.append(str(asked.spec)), load(asked, library))[1]
    )
    return seen


@pytest.mark.slow
def test_a_range_is_read_once(specs, loads):
    first, again = ranges.report_of(specs[0]), ranges.report_of(specs[0])

    assert loads == [specs[0]]
    assert first.found.changes == again.found.changes


@pytest.mark.slow
def test_ranges_are_let_go_by_size_but_for_the_last(specs, loads, monkeypatch):
    monkeypatch.setattr(ranges, "_known", Recent(weigh=lambda known: known.size, limit=1))
    monkeypatch.setattr(range_files, "read", lambda asked: None)

    for spec in (*specs, specs[2], specs[0]):
        ranges.report_of(spec)

    assert loads == [*specs, specs[0]]
    assert len(ranges._known) == 1


def test_a_hosted_instance_keeps_to_itself_where_its_repository_lies(specs, root, settings):
    with pytest.raises(GitFailed) as failed:
        ranges.report_of("HEAD...refs/pull/77/head")

    assert str(root) in ranges.told(failed.value)
    settings.HOSTED = True
    assert str(root) not in ranges.told(failed.value)
    assert "`git fetch origin refs/pull/77/head:refs/pull/77/head` may bring it" in ranges.told(failed.value)
