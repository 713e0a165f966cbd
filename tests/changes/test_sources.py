import contextlib
import json

import pytest
from django.core.management import call_command

from recviewer.changes import sources
from recviewer.changes.sources import Spec, parse
from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed
from recviewer.report.forms import FORMS


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


@pytest.fixture
def crossed(tree, make):
    """Two branches that were merged into one another crosswise, so that either parting point is a base."""
    tree.put(make.chat("One?"))
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    tree.put(make.chat("Two?"))
    ours = tree.commit()
    tree.git("checkout", "-q", "main")
    tree.put(make.chat("Three?"))
    theirs = tree.commit()
    tree.git("merge", "-q", "-m", "into main", ours)
    tree.git("checkout", "-q", "work")
    tree.git("merge", "-q", "-m", "into work", theirs)
    tree.put(make.chat("Four?"))
    tree.commit()
    return tree, {ours, theirs}


def test_several_merge_bases_are_said(crossed):
    tree, bases = crossed
    for spec in ("main...work", "main...", "main"):
        asked = sources.open_range(opened(tree.top), parse(spec))

        assert set(asked.merge_bases) == bases
        assert asked.base == asked.merge_bases[0] == tree.git("merge-base", "main", "work")
        assert f"2 merge bases: compared from {asked.base[:9]}" in asked.note
        assert asked.merge_bases[1][:9] in asked.note


@pytest.mark.slow
def test_one_base_is_not_worth_a_word(crossed):
    tree, _ = crossed

    for spec in ("main..work", "main~1...main", "HEAD", "work..."):
        assert sources.open_range(opened(tree.top), parse(spec)).note == ""


@pytest.mark.slow
@pytest.mark.django_db
def test_every_form_of_the_report_says_which_base_was_taken(crossed, capfdbinary):
    tree, bases = crossed
    asked = sources.open_range(opened(tree.top), parse("main...work"))

    for form in FORMS:
        with contextlib.suppress(SystemExit):
            call_command("report", "main...work", repo=str(tree.top), format=form)
        out, err = capfdbinary.readouterr()
        assert asked.note.encode() in err
        if form == "json":
            assert set(json.loads(out)["merge_bases"]) == bases
        elif form not in ("status", "status-json"):
            assert b"2 merge bases" in out, form
