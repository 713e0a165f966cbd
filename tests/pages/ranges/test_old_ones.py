"""Old recordings that are taken back: told on the landing page, asked first, and never more than was listed."""

import json
import re

import pytest

from recviewer.memory.ranges import report_of
from recviewer.pages.site.forms import item_of
from recviewer.replay.names import name_state
from recviewer.review.models import Decision
from tests.conftest import exchange

URL = "/do/old"
ITEM = re.compile(r'name="item" value="([^"]+)" checked')


@pytest.fixture
def write(root, db):
    """Return a function that writes a recording by the name that replay looks for; returns its path."""

    def write(**words):
        document = exchange(**words)
        path = f"t/recordings/{name_state(document, '').expected}"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(json.dumps(document, indent=2))
        return path

    return write


@pytest.fixture
def spec(write, commit):
    """A range in which the calls of two tests were made again unasked, and one new call came."""
    for name in "ab":
        write(asked=f"Which {name}?", answered="The old answer.", test=f"t.py::test_{name}")
    base = commit("before")
    for name in "ab":
        write(asked=f"Which {name}?", answered=f"Quite another {name}.", test=f"t.py::test_{name}")
    write(asked="Which c?", answered="New.", test="t.py::test_c")
    return f"{base}...{commit('after')}"


def states(spec):
    return {one.about.test_id[-1]: one.verdict for one in report_of(spec).found.changes}


def test_the_landing_page_says_how_many_and_asks_first(client, spec):
    page = client.get(f"/changes/{spec}")

    told = page.context["page"].made_again
    assert (told.count, told.offered, told.kept) == (2, 2, 0)
    assert "Take the 2 old ones back" in page.content.decode()
    asked = client.get(told.ask_url)
    assert len(ITEM.findall(asked.content.decode())) == 2
    assert set(states(spec).values()) == {""}


def test_what_is_ticked_is_taken_back_by_a_rule_and_undone_at_once(client, spec):
    items = ITEM.findall(client.get(URL, {"range": spec}).content.decode())

    answer = client.post(URL, {"range": spec, "item": items})

    assert answer.status_code == 303
    assert states(spec) == {"a": "revert", "b": "revert", "c": ""}
    assert {one.rule for one in Decision.objects.all()} == {"made again unasked"}
    page = client.get(f"/changes/{spec}").context["page"]
    assert (page.made_again.wanted, page.made_again.offered) == (2, 0)
    assert [(one.title, one.count) for one in page.verdicts if one.title == "old one back"] == [("old one back", 2)]
    plan = client.get(f"/plan/{spec}?as=json").json()
    assert [one["old"]["blob"] != one["new"]["blob"] for one in plan["take_back"]] == [True, True]
    assert "old one back" in client.get(f"/report/{spec}?as=md").content.decode()


def test_a_range_is_not_as_it_should_be_before_the_old_ones_are_back(client, spec):
    items = ITEM.findall(client.get(URL, {"range": spec}).content.decode())
    client.post(URL, {"range": spec, "item": items})
    (new,) = [one for one in report_of(spec).found.changes if not one.verdict]
    shown = client.get(f"/changes/{spec}", {"change": new.side.path}).context["page"]

    client.post("/do/change", dict(shown.bar.fields) | {"verdict": "approve"})

    told = json.loads(client.get(f"/report/{spec}?as=status-json").content)
    assert (told["state"], told["description"].partition(",")[0]) == ("pending", "2 old ones to take back")
    assert not report_of(spec).is_clean


def test_only_what_is_ticked_is_taken_back(client, spec):
    items = ITEM.findall(client.get(URL, {"range": spec}).content.decode())

    client.post(URL, {"range": spec, "item": items[:1]})

    assert sorted(states(spec).values()) == ["", "", "revert"]


def test_what_was_asked_for_cannot_be_taken_back(client, spec):
    change = next(one for one in report_of(spec).found.changes if one.about.test_id.endswith("c"))

    answer = client.post(URL, {"range": spec, "item": item_of(change.side.path, change.side.blob, change.own_subject)})

    assert answer.status_code == 422
    assert not Decision.objects.exists()


def test_what_changed_meanwhile_is_not_taken_back(client, spec, write, commit):
    items = ITEM.findall(client.get(URL, {"range": spec}).content.decode())
    write(asked="Which a?", answered="Yet another one.", test="t.py::test_a")
    moved = f"{spec.partition('...')[0]}...{commit('later')}"

    assert client.post(URL, {"range": moved, "item": items}).status_code in (409, 422)
    assert not Decision.objects.exists()


def test_one_is_taken_back_on_its_own_page(client, spec):
    change = next(one for one in report_of(spec).found.changes if one.unasked)
    shown = client.get(f"/changes/{spec}", {"change": change.side.path})
    assert "Take the old one back" in shown.content.decode()

    client.post("/do/change", dict(shown.context["page"].bar.fields) | {"verdict": "revert"})

    assert states(spec)[change.about.test_id[-1]] == "revert"
    asked = next(one for one in report_of(spec).found.changes if not one.unasked)
    page = client.get(f"/changes/{spec}", {"change": asked.side.path})
    assert "Take the old one back" not in page.content.decode()
    forced = client.post("/do/change", dict(page.context["page"].bar.fields) | {"verdict": "revert"})
    assert forced.status_code == 422
