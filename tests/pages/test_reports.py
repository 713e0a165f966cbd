import pytest

from recviewer.git.repository import GitFailed
from recviewer.pages import reports


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
    reports._known.clear()
    seen = []
    load = reports.changeset.load
    monkeypatch.setattr(
        reports.changeset, "load", lambda asked, library: (seen.append(str(asked.spec)), load(asked, library))[1]
    )
    return seen


def test_a_range_is_read_once(specs, loads):
    first, again = reports.report_of(specs[0]), reports.report_of(specs[0])

    assert loads == [specs[0]]
    assert first.found.changes == again.found.changes


def test_ranges_are_let_go_by_size_but_for_the_last(specs, loads, monkeypatch):
    monkeypatch.setattr(reports, "KEPT_BYTES", 1)

    for spec in (*specs, specs[2], specs[0]):
        reports.report_of(spec)

    assert loads == [*specs, specs[0]]
    assert len(reports._known) == 1


def test_a_hosted_instance_keeps_to_itself_where_its_repository_lies(specs, root, settings):
    with pytest.raises(GitFailed) as failed:
        reports.report_of("HEAD...refs/pull/77/head")

    assert str(root) in reports.told(failed.value)
    settings.HOSTED = True
    assert str(root) not in reports.told(failed.value)
    assert "`git fetch origin refs/pull/77/head:refs/pull/77/head` may bring it" in reports.told(failed.value)
