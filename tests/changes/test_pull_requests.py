"""Seven real pull requests, where they are at hand: the bundle or mirror that RECVIEWER_PULLS names."""

import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from recviewer.git.ranges import opened
from recviewer.report import markdown, report, sentence
from recviewer.report.links import links
from recviewer.report.lists import TITLES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.corpus,
    pytest.mark.skipif("RECVIEWER_PULLS" not in os.environ, reason="RECVIEWER_PULLS names no pull requests"),
]

NUMBERS = {1: (25, 0, 0), 2: (12, 0, 63), 3: (69, 0, 85), 4: (21, 1, 0), 5: (0, 242, 0), 6: (150, 0, 0), 7: (0, 0, 36)}
"""Added, modified and deleted recordings, as `git diff --no-renames` counts them."""


@pytest.fixture(scope="module")
def pulls(tmp_path_factory):
    place = Path(os.environ["RECVIEWER_PULLS"])
    if place.is_dir():
        return place
    mirror = tmp_path_factory.mktemp("pulls") / "pulls.git"
    subprocess.run(["git", "clone", "-q", "--mirror", str(place), str(mirror)], check=True)
    return mirror


@pytest.fixture(scope="module")
def told(pulls):
    return {n: report.make(opened(pulls), f"base-{n}...refs/pull/{n}/head") for n in NUMBERS}


@pytest.mark.parametrize("number", NUMBERS)
def test_the_numbers_are_those_of_git(told, pulls, number):
    made = report.as_json(told[number])
    words = ["diff", "--numstat", "--no-renames", f"base-{number}...refs/pull/{number}/head"]
    out = subprocess.run(["git", "--git-dir", str(pulls), *words], capture_output=True, check=True).stdout.decode()
    lines = sum(int(count) for row in out.splitlines() for count in row.split("\t")[:2])

    assert (made["added"], made["modified"], made["deleted"]) == NUMBERS[number]
    assert made["raw_diff_lines"] == lines
    assert made["files_changed"] == sum(change.recordings for change in told[number].found.changes)
    assert len(sentence.status(told[number].found)) <= 140


@pytest.mark.parametrize("number", NUMBERS)
def test_every_recording_that_git_names_is_in_one_change(told, pulls, number):
    changes = report.as_json(told[number])["changes"]
    words = ["diff", "--name-only", "-z", "--no-renames", f"base-{number}...refs/pull/{number}/head"]
    out = subprocess.run(["git", "--git-dir", str(pulls), *words], capture_output=True, check=True).stdout.decode()

    named = [{side["path"] for side in (change["old"], change["new"]) if side} for change in changes]
    assert sorted(path for paths in named for path in paths) == sorted(out.split("\0")[:-1])


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("site", ["", "https://recordings.example.com"])
def test_the_comment_fits_and_names_every_class(told, number, site):
    text = markdown.comment(told[number], links=links(told[number], site))

    assert len(text.replace("\n", "\r\n").encode()) <= markdown.LIMIT
    for churn, tally in told[number].found.classes().items():
        assert (f"<summary>{TITLES[churn]}: {tally.changes:,}</summary>" in text) == (tally.changes > 0)


def test_pull_request_2_has_its_predecessors_but_for_lists_whose_test_lives_on(told):
    assert told[2].numbers.pairs == 10
    sure = Counter(change.pair.sure.value for change in told[2].found.changes if change.pair)
    assert sure == {"certain": 4, "possible": 6}, "lists of models came from another provider"


def test_pull_request_3_has_its_predecessors_though_the_model_was_renamed(told):
    pairs = [change for change in told[3].found.changes if change.pair]

    spoken = [change for change in pairs if change.new.exchange.request.messages]
    assert len(spoken) == 54
    for change in spoken:
        old, new = change.old, change.new
        assert new.test_id.replace("openai.gpt-oss-20b-1:0", "openai.gpt-oss-20b") == old.test_id
        asked = [
            [m.parts for m in side.exchange.request.messages if m.role in ("user", "system")] for side in (old, new)
        ]
        assert asked[0] == asked[1]


def test_pull_request_3_leaked_its_thinking_and_lists_the_models_of_another_provider(told):
    found = {finding.rule: len(finding.on) for finding in told[3].findings}

    assert found == {"leaked-reasoning": 52, "model-list-host": 8}


def test_pull_request_5_is_one_rename_and_four_that_went_wrong(told):
    groups = sorted(((one.count, one.label) for one in told[5].found.alike), reverse=True)

    assert [count for count, _ in groups] == [156, 36, 20, 14, 12, 2]
    assert all("stack → ogx" in label for _, label in groups[:4])
    assert groups[4][1].startswith("__type__ llama_stack_api.tools.ToolInvocationResu")
    assert (told[5].numbers.need_you, told[5].numbers.need_you_items) == (242, 6)
