"""One number for one thing: on the page, in the comment, the status, the JSON and the queue of a range."""

import json
import re

import pytest

from recviewer.changes.numbers import count
from recviewer.changes.overview import decided, subjects
from recviewer.difference.model import Churn
from recviewer.git.ranges import opened
from recviewer.report import forms, report
from recviewer.report.report import Report


@pytest.fixture
def mixed(tree, make):
    """A range with some of everything: pairs at two paths, items of several, churn, red churn, no test, new and gone."""
    names = [make.id_of("test_a", name) for name in "abc"]
    moved, stays = make.chat("Moves?"), make.chat("Cut?", chunks=3)
    tree.put(*[make.chat(answer="Saturn.", test=test) for test in names], moved, make.chat("Gone?", test=None))
    tree.put(make.chat("Old?"))
    tree.write("tests/integration/chat/recordings/cut.json", make.bytes_of(stays))
    tree.commit()
    for path in (tree.top / "tests").rglob("*.json"):
        path.unlink()
    tree.put(
        *[make.chat(answer="Jupiter.", test=test) for test in names], make.chat("Newer?", test=make.id_of("test_b"))
    )
    tree.put(make.chat("Old, but not too old?"))
    tree.write(f"tests/integration/chat/recordings/{'0' * 64}.json", make.bytes_of(moved))
    tree.write("tests/integration/chat/recordings/cut.json", make.bytes_of(make.chat("Cut?", chunks=2)))
    tree.commit()
    return report.make(opened(tree.top), "HEAD~1...HEAD")


def test_numbers_add_up(mixed):
    found, numbers = mixed.found, mixed.numbers

    assert numbers.recordings == found.source.files
    assert numbers.changes == len(found.changes) == sum(one.changes for one in found.classes().values())
    assert numbers.undecided == numbers.need_you + numbers.churn
    assert numbers.items < numbers.changes < numbers.recordings
    assert numbers.churn == 1
    assert numbers.red == 1


def test_what_is_red_needs_you_though_it_means_the_same(mixed):
    (red,) = [change for change in mixed.found.changes if change.severity == "red"]

    assert (red.churn, red.needs_you) == (Churn.DETAILS, True)
    verdicts = {change.subject: "approved" for change in mixed.found.changes if change.subject != red.subject}
    rest = Report(decided(mixed.found, verdicts))
    assert rest.numbers.need_you == 1
    told = json.loads("".join(forms.pieces(rest, "status-json")))
    assert told["state"] == "failure"
    assert told["description"].startswith("1 needs you;")


def test_that_no_test_is_known_is_no_test(mixed):
    known = {change.about.test_id for change in mixed.found.changes}

    assert "" in known
    assert mixed.numbers.tests == len(known) - 1
    assert count([change for change in mixed.found.changes if not change.about.test_id]).tests == 0


def test_every_form_of_a_report_tells_the_same_numbers(mixed):
    numbers = mixed.numbers
    told = {form: "".join(forms.pieces(mixed, form)) for form in forms.FORMS}
    made = json.loads(told["json"])

    needs = f"{numbers.need_you} need you, as {numbers.need_you_items} items"
    opening = f"{numbers.recordings} recordings touched in {numbers.changes} changes"
    for form in ("md", "summary", "status"):
        assert needs in told[form], form
        assert opening in told[form], form
    anchors, ids = (set(re.findall(name, told["html"])) for name in (r'href="#([^"]+)"', r'id="([^"]+)"'))
    assert anchors <= ids
    plain = re.sub(r"<[^>]+>", "", told["html"])
    assert needs in plain
    assert opening in plain
    assert made["numbers"]["need_you"] == numbers.need_you
    assert made["undecided"] == numbers.undecided == sum(change["verdict"] is None for change in made["changes"])
    assert made["files_changed"] == numbers.recordings
    assert len(made["changes"]) == numbers.changes
    alone = sum(change["item"] is None for change in made["changes"])
    assert numbers.items_by_call == alone + len({change["item"] for change in made["changes"]} - {None})
    assert sum(change["severity"] == "red" for change in made["changes"]) == numbers.red
    rows = re.findall(r"^\| [^|]+ \| (\d+) \| (\d+) \| (\d+) \| [^|]+ \| (\d+) \|$", told["md"], re.MULTILINE)
    changes, recordings, _, undecided = (sum(int(row[at]) for row in rows) for at in range(4))
    assert (changes, recordings, undecided) == (numbers.changes, numbers.recordings, numbers.undecided)


def test_what_could_not_be_looked_at_is_not_nothing(mixed):
    from dataclasses import replace

    approved = decided(mixed.found, dict.fromkeys(subjects(mixed.found.changes), "approved"))
    whole = Report(approved)
    lacking = Report(replace(approved, source=replace(approved.source, problems=("tests/x: not readable",))))

    assert json.loads("".join(forms.pieces(whole, "status-json")))["state"] == "success"
    told = json.loads("".join(forms.pieces(lacking, "status-json")))
    assert told["state"] == "pending"
    assert "nothing needs you" not in told["description"]
    assert told["description"].startswith("1 not looked at;")
