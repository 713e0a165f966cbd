from dataclasses import replace

import pytest

from recviewer.git.ranges import opened
from recviewer.report import report, static
from recviewer.report.links import Links
from recviewer.report.markdown import comment
from recviewer.review import ranges
from recviewer.smells import Severity

TEST = "t/test_sky.py::test_comet"
USAGE = {"stream_options": {"include_usage": True}}


@pytest.fixture
def stacked(make, tree):
    """Commits three generations of a call and deletes them all; `again` is what was recorded then. Returns its report."""

    def run(*again):
        generations = [
            make.chat("Name a comet.", "Biela.", test=TEST),
            make.chat("Name a comet.", "Encke.", test=TEST, params={"parallel_tool_calls": True}),
            make.chat("Name a comet.", "Halley's.", test=TEST, params=USAGE | {"parallel_tool_calls": True}),
        ]
        paths = tree.put(*generations)
        tree.commit()
        for path in paths:
            (tree.top / path).unlink()
        tree.put(*again)
        tree.commit()
        return report.make(opened(tree.top), "HEAD~1..HEAD")

    return run


def test_older_generations_are_told_with_their_call(make, stacked):
    again = make.chat("Name a comet.", "Olbers.", test=TEST, params=USAGE | {"parallel_tool_calls": True, "seed": 1})

    first, *rest = stacked(again).found.changes

    assert first.old.exchange.outputs[0].content == "Halley's."
    assert first.summary.endswith("; 2 older generations, deleted too")
    assert [(change.is_older, change.group) for change in rest] == [(True, first.group)] * 2
    assert all(change.summary.startswith("older generation of a call that was re-recorded; ") for change in rest)


def test_generations_that_are_all_gone_are_told_with_the_newest(stacked):
    first, *rest = stacked().found.changes

    assert first.summary == "Halley's.; 2 older generations, deleted too"
    assert not first.is_older
    assert {change.summary for change in rest} == {
        "older generation of a call that was deleted; Biela.",
        "older generation of a call that was deleted; Encke.",
    }


def test_each_generation_is_one_entry_and_is_decided_on_by_itself(make, stacked):
    again = make.chat("Name a comet.", "Olbers.", test=TEST, params=USAGE | {"parallel_tool_calls": True, "seed": 1})

    made = stacked(again)

    told = report.as_json(made)
    assert (told["deleted"], told["added"], told["pairs"], len(told["changes"])) == (3, 1, 1, 3)
    assert len({change.subject for change in made.found.changes}) == 3
    assert all(change.alike is None for change in made.found.changes)


def test_the_static_report_has_them_below_their_call(make, stacked):
    again = make.chat("Name a comet.", "Olbers.", test=TEST, params=USAGE | {"parallel_tool_calls": True, "seed": 1})

    html = "".join(static.page(stacked(again)))

    call, first, second = (html.index(f'<details id="c{place}">') for place in range(3))
    fold = html.index("<b>2 older generations, deleted too</b>")
    assert call < fold < first < second
    assert "<h2>deleted " in html
    assert "2, 2 of them below the call of which they are older generations" in html
    assert html.index("Encke.") < html.index("</details></details>", second) > html.index("Biela.")


def test_a_report_counts_them_in_one_line(make, stacked):
    again = make.chat("Name a comet.", "Olbers.", test=TEST, params=USAGE | {"parallel_tool_calls": True, "seed": 1})

    text = comment(stacked(again), links=Links())

    assert "2 older generations, deleted too" in text
    assert "older generations of a call: 2" in text


def test_the_rule_for_older_generations_passes_over_those_on_which_something_was_found(stacked):
    newest, older, _ = stacked().found.changes

    assert ranges.is_older(older)
    assert not ranges.is_older(newest)
    assert not any(ranges.is_older(replace(older, severity=severity)) for severity in Severity)
