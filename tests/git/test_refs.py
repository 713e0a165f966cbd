import pytest

from recviewer.git import refs, repository
from recviewer.git.ranges import opened
from recviewer.git.repository import BadRevision, NoCommit


@pytest.fixture
def started(monkeypatch):
    """The runs of git, by their words."""
    runs, start = [], repository.BoundProcess

    def counted(words, **how):
        runs.append(words)
        return start(words, **how)

    monkeypatch.setattr(repository, "BoundProcess", counted)
    return runs


def test_several_names_are_looked_up_in_one_run(work_tree, started):
    first = work_tree.commit("first", a="1")
    second = work_tree.commit("second", a="2")
    work_tree.git("tag", "-a", "-m", "x", "v1")
    here = opened(work_tree.top)
    started.clear()

    assert refs.commits_of(here, ["v1", "HEAD~1", second[:9], "main@{0}"]) == [second, first, second, second]
    assert len(started) == 1


@pytest.mark.parametrize("name", ["nothing", "0" * 40, "main~9", "v0"])
def test_a_name_of_no_commit_is_said_as_if_it_were_alone(work_tree, name):
    work_tree.commit("first", a="1")
    work_tree.git("tag", "v0", work_tree.git("rev-parse", "HEAD^{tree}"))
    here = opened(work_tree.top)
    with pytest.raises(NoCommit) as alone:
        refs.commit_of(here, name)

    with pytest.raises(NoCommit) as among:
        refs.commits_of(here, ["main", name])

    assert str(among.value) == str(alone.value)
    assert among.value.revision == name


@pytest.mark.parametrize("name", ["--all", "HEAD:", "a\nb", "", "HEAD^{tree}"])
def test_what_is_no_revision_is_not_asked(work_tree, started, name):
    work_tree.commit("first", a="1")
    here = opened(work_tree.top)
    started.clear()

    with pytest.raises(BadRevision):
        refs.commits_of(here, [name, "main"])

    assert not started
