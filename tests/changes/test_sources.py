import pytest

from recviewer.changes import sources
from recviewer.changes.sources import Spec, parse
from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("main...work", Spec("main", "work")),
        ("main..work", Spec("main", "work", is_direct=True)),
        ("main...", Spec("main", "")),
        ("HEAD~2", Spec("HEAD~2", "")),
    ],
)
def test_ranges_as_people_write_them(text, spec):
    assert parse(text) == spec


@pytest.mark.parametrize("text", ["", "...x", "a...b...c", "-x...y", "a...--all", "a:b...c", "a b"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(GitFailed):
        parse(text)


def test_a_mirror_has_no_files_on_disk(tree, tmp_path):
    tree.commit()
    tree.git("clone", "-q", "--mirror", str(tree.top), str(tmp_path / "m.git"))

    with pytest.raises(GitFailed, match="no working tree"):
        sources.open_range(opened(tmp_path / "m.git"), parse("main"))
