import json
import re

import pytest
from django.test import RequestFactory

from recviewer.memory.ranges import report_of
from recviewer.pages.deciding import double_clicks
from recviewer.pages.ranges import older_told
from recviewer.pages.site import next_page
from recviewer.review.models import Decision
from recviewer.review.undoing import undo
from tests.conftest import exchange

TEST = "t/test_sky.py::test_comet"
TICKED = re.compile(r'name="item"[^>]* checked>')
NAMES = ("Halley", "Encke", "Biela")


@pytest.fixture
def spec(request, commit, make_recording, root):
    """A range that deletes three generations of one call, of which the newest alone can be replayed; also with thoughts."""
    usage, parallel = {"stream_options": {"include_usage": True}}, {"parallel_tool_calls": True}
    for name, params in zip(NAMES, (usage | parallel, parallel, {}), strict=True):
        document = exchange(asked="Name a comet.", answered=f"{name}.", test=TEST)
        document["request"]["body"] |= params
        if getattr(request, "param", False):
            document["response"]["body"]["__data__"]["choices"][0]["message"]["reasoning"] = f"Hm, {name}?"
        make_recording(f"t/recordings/{name}.json", data=json.dumps(document).encode())
    base = commit("before")
    for name in NAMES:
        (root / f"t/recordings/{name}.json").unlink()
    make_recording("t/recordings/other.json", asked="Else?", test="t/test_a.py::test_b")
    return f"{base}..{commit('after')}"


def listed(client, spec, query="by=change"):
    return client.get(f"/changes/{spec}?{query}").context["page"]


@pytest.mark.slow
def test_older_generations_stand_below_their_call(client, spec):
    page = listed(client, spec)

    (row,) = [row for row in page.changes if row.older]
    assert len(row.older) == 2
    assert not any(other.change.is_older for other in page.changes)
    assert all(client.get(url).status_code == 200 for _, url in row.older)
    assert "2 older generations, deleted too" in client.get(f"/changes/{spec}?by=change").content.decode()


@pytest.mark.slow
def test_the_queue_stops_once_for_a_call_until_its_older_generations_are_decided_too(client, spec):
    rows = listed(client, spec)
    (row,) = [row for row in rows.changes if row.older]
    page = client.get(row.url)
    shown = page.context["page"]
    assert (rows.numbers.changes, rows.numbers.items, rows.numbers.need_you_items) == (4, 2, 2)
    assert (shown.bar.queue.total, [entry.older for entry in shown.beside.rows]) == (2, [0, 2])
    assert "A verdict here does not reach them." in page.content.decode()
    for change in (row.change, next(other.change for other in rows.changes if other is not row)):
        _approve(client, spec, change)

    end = client.get(f"/changes/{spec}?end=1")
    assert "2 of 4 changes still undecided" in end.content.decode()
    assert "1 deletion approved" in client.get(f"/changes/{spec}").content.decode()

    url = client.get(f"/changes/{spec}?end=1").context["page"].first_url
    assert next_page.leads_to_page(RequestFactory().get("/"), url)  # so that a decision before it leads there
    asked = client.get(url).context["page"]
    assert (asked.count, asked.queue.place, asked.queue.undecided) == (2, 2, 1)
    client.post("/do/older", _fields(client, url, only=1))

    url = client.get(f"/changes/{spec}?end=1").context["page"].first_url  # a single one has its own page
    asked = client.get(url).context["page"]
    assert (asked.change.is_older, asked.change.verdict, asked.bar.queue.place) == (True, "", 2)
    _approve(client, spec, asked.change)
    assert "All 4 changes are decided" in client.get(f"/changes/{spec}?end=1").content.decode()
    assert client.get(row.url).context["page"].older_open == 0


@pytest.mark.slow
def test_one_older_generation_leads_to_the_next(client, spec):
    (row,) = [row for row in listed(client, spec).changes if row.older]
    first, second = (url for _, url in row.older)

    assert client.get(first).context["page"].bar.after == second
    assert "This is one of them. A verdict here reaches no other." in client.get(first).content.decode()


@pytest.mark.slow
def test_they_stand_alone_where_their_call_is_not_on_the_list(client, spec):
    (row,) = [row for row in listed(client, spec).changes if row.older]
    fields = client.get(row.older[0][1]).context["page"].bar.fields
    client.post("/do/change", {**dict(fields), "verdict": "approve"})

    rows = listed(client, spec, "verdict=approved&by=change").changes
    assert [row.change.is_older for row in rows] == [True]


@pytest.mark.slow
def test_all_go_together_after_a_page_that_shows_each(client, spec):
    (row,) = [row for row in listed(client, spec).changes if row.older]

    answer = client.get(row.older_url)
    asked = answer.context["page"]
    said = {one.told.answers for one in asked.older}
    response = client.post("/do/older", {"range": spec, "item": [one.item for one in asked.older]}, follow=True)

    assert asked.count == 2
    assert all(text[0] in answer.content.decode() for text in said)
    assert "Approved the deletion of 2 recordings by the rule “older generations”." in response.content.decode()
    assert {row.rule for row in Decision.objects.all()} == {"older generations"}
    states = {change.side.name: change.verdict for change in _changes(client, spec)}
    assert sorted(states.values()) == ["", "", "approved", "approved"]
    undo(actor=Decision.objects.first().reviewer)
    assert {change.verdict for change in _changes(client, spec)} == {""}


@pytest.mark.slow
def test_nothing_else_goes_with_them(client, spec):
    (row,) = [row for row in listed(client, spec).changes if row.older]
    older = client.get(row.older_url).context["page"].older[0]
    call = row.change.side
    other = f"{call.blob}:{call.path.replace('/', '%2F')}"

    assert client.post("/do/older", {"range": spec, "item": [older.item, other]}).status_code == 422
    assert client.post("/do/older", {"range": spec, "item": [older.item.rpartition(":")[0]]}).status_code in (409, 422)
    assert not Decision.objects.exists()


def test_what_is_not_shown_whole_is_not_ticked_before(client, spec, monkeypatch):
    (row,) = [row for row in listed(client, spec).changes if row.older]
    before = client.get(row.older_url)
    assert len(TICKED.findall(before.content.decode())) == 2
    told = before.context["page"].older[0].told
    first = [*told.answers, *(text for _, text in told.asked)]
    monkeypatch.setattr(older_told, "ROOM", sum(map(len, first)) - 1)

    answer = client.get(row.older_url)

    assert TICKED.findall(answer.content.decode()) == []
    assert "Not all of it is shown" in answer.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("spec", [True], indirect=True)
def test_what_they_ask_otherwise_and_think_is_shown_before_they_go_together(client, spec):
    (row,) = [row for row in listed(client, spec).changes if row.older]

    answer = client.get(row.older_url)

    told = [one.told for one in answer.context["page"].older]
    others = [name for name in NAMES if f"{name}.json" != row.change.side.name]
    assert sorted(one.thoughts for one in told) == sorted([(f"Hm, {name}?",) for name in others])
    assert all(name.startswith("parameters ") for one in told for name, _ in one.asked)
    assert all(one.asked for one in told)
    assert "thinking, 2 words" in answer.content.decode()
    assert len(TICKED.findall(answer.content.decode())) == 2


@pytest.mark.slow
def test_the_second_of_two_presses_lets_nothing_go(client, spec):
    (row,) = [row for row in listed(client, spec).changes if row.older]
    fields = _fields(client, f"{row.older_url}&walk=1", shown=double_clicks.now())

    answer = client.post("/do/older", fields, follow=True)

    assert double_clicks.SENTENCE in answer.content.decode()
    assert not Decision.objects.exists()


def _fields(client, url, only=0, shown=0):
    """What the form of the question sends. only: so many of the generations."""
    page = client.get(url).context["page"]
    items = [one.item for one in page.older if one.item]
    here = {"here": page.here, "shown": str(shown or page.shown - 1_000)}
    return {"range": page.spec, "item": items[: only or None], "next": page.queue.after_url} | here


def _approve(client, spec, change):
    fields = dict(client.get(f"/changes/{spec}?change={change.side.path}").context["page"].bar.fields)
    client.post("/do/change", {**fields, "verdict": "approve"})


def _changes(client, spec):
    return report_of(spec).found.changes
