"""All that changed in one test on one page, and what can be approved there."""

import json
import re
from dataclasses import replace

import pytest

from recviewer.changes.once import told_once
from recviewer.difference.model import Churn
from recviewer.memory.ranges import report_of
from recviewer.pages.deciding import hurry
from recviewer.pages.difference.text import Room
from recviewer.pages.ranges import one_test
from recviewer.review.models import Decision
from recviewer.review.undoing import undo
from tests.conftest import exchange

TEST = "tests/test_sky.py::test_moons[small]"
ITEM = re.compile(r'name="item" value="([^"]+)" checked')
URL = "/do/test"


@pytest.fixture
def write(root, db):
    """Return a function that writes a call of the test: its place, and answers in a row with the questions between."""

    def write(name, *answers, asked="Which planet?", test=TEST):
        document = exchange(asked=asked, answered=answers[-1], test=test)
        turns = [{"role": "user", "content": asked}]
        for at, answer in enumerate(answers[:-1]):
            turns += [{"role": "assistant", "content": answer}, {"role": "user", "content": f"And then ({at})?"}]
        document["request"]["body"]["messages"] = turns
        place = root / f"tests/recordings/{name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(document))

    return write


@pytest.fixture
def spec(write, commit):
    """A range in which both calls of a test have other answers; another test changed, too, and a call came."""
    write("a", "Saturn.")
    write("b", "Saturn.", "Titan.")
    write("c", "Old.", asked="Else?", test="tests/test_sky.py::test_else")
    base = commit("before")
    write("a", "It is Saturn.")
    write("b", "It is Saturn.", "It is Titan.")
    write("c", "New.", asked="Else?", test="tests/test_sky.py::test_else")
    write("d", "Rhea.", asked="Which other moon?")
    return f"{base}..{commit('after')}"


def page_of(client, spec, test=TEST):
    return client.get(f"/changes/{spec}", {"read": test})


def approve(client, spec, items, test=TEST):
    return client.post(URL, {"range": spec, "test": test, "item": items})


def verdicts(spec):
    return {one.side.name: one.verdict for one in report_of(spec).found.changes}


def test_a_test_is_told_call_by_call_and_each_thing_once(client, spec):
    answer = page_of(client, spec)
    page, html = answer.context["page"], answer.content.decode()

    assert [call.change.side.name for call in page.calls] == ["a.json", "b.json"]
    assert [len(call.repeated) for call in page.calls] == [0, 1]
    assert [one.change.side.name for one in page.apart] == ["d.json"]
    assert (page.words, page.words_by_call) == (4, 6)
    assert "as told by call 1" in html
    assert len(ITEM.findall(html)) == page.count == 2
    assert page.left == 1
    assert len(set(re.findall(r' id="([^"]+)"', html))) == len(re.findall(r' id="([^"]+)"', html))


def test_the_landing_page_leads_there(client, spec):
    rows = client.get(f"/changes/{spec}?by=test").context["page"].tests
    urls = {row.test.short: row.url for row in rows}

    assert client.get(urls["moons"]).context["page"].test.whole == TEST
    assert client.get(urls["else"]).context["page"].next_url == urls["moons"]


def test_what_is_ticked_is_approved_by_a_rule_that_names_changes_alone(client, spec):
    items = ITEM.findall(page_of(client, spec).content.decode())

    answer = approve(client, spec, items)

    assert answer.status_code == 303
    assert verdicts(spec) == {"a.json": "approved", "b.json": "approved", "c.json": "", "d.json": ""}
    assert {one.rule for one in Decision.objects.all()} == {"a test read as a whole"}
    assert all(one.fingerprint.startswith("change:") for one in Decision.objects.all())
    page = page_of(client, spec).context["page"]
    assert (page.count, page.left) == (0, 1)
    assert "All of it is decided" not in page_of(client, spec).content.decode()


def test_one_undo_takes_it_back(client, spec):
    approve(client, spec, ITEM.findall(page_of(client, spec).content.decode()))

    undo(actor=Decision.objects.first().reviewer)

    assert set(verdicts(spec).values()) == {""}


def test_only_what_is_ticked_is_approved(client, spec):
    approve(client, spec, ITEM.findall(page_of(client, spec).content.decode())[1:])

    assert verdicts(spec) == {"a.json": "", "b.json": "approved", "c.json": "", "d.json": ""}


@pytest.mark.parametrize("name", ["c.json", "d.json"])
def test_what_the_page_does_not_show_as_a_pair_is_refused(client, spec, name):
    change = next(one for one in report_of(spec).found.changes if one.side.name == name)
    item = one_test.item_of(change.side.path, change.side.blob, change.own_subject)

    answer = approve(client, spec, [item])

    assert answer.status_code == 422
    assert not Decision.objects.exists()


def test_what_was_not_seen_as_it_is_now_is_refused(client, spec, write, commit):
    items = ITEM.findall(page_of(client, spec).content.decode())
    write("a", "It is Jupiter.")
    moved = f"{spec.partition('..')[0]}..{commit('later')}"

    assert approve(client, moved, items).status_code == 409
    assert approve(client, spec, [":".join(items[0].split(":")[:2])]).status_code == 422
    assert not Decision.objects.exists()


def test_a_call_that_is_too_long_is_left_to_its_page_and_so_is_what_it_tells_for_others(client, write, commit):
    write("a", "Saturn.")
    write("b", "Saturn.", "Titan.")
    base = commit("before")
    long = "word " * 5_000
    write("a", long)
    write("b", long, "It is Titan.")

    answer = page_of(client, f"{base}..{commit('after')}")

    assert [bool(call.item) for call in answer.context["page"].calls] == [False, False]
    assert answer.content.decode().count("too much of it changed") == 2


def test_values_that_are_folded_away_are_not_approved_here(client, write, commit):
    write("a", json.dumps({f"key{at}": at for at in range(60)}))
    base = commit("before")
    write("a", json.dumps({f"key{at}": at + 1_000 for at in range(60)}))

    (call,) = page_of(client, f"{base}..{commit('after')}").context["page"].calls

    assert (call.item, call.why_not) == ("", one_test.TOO_MUCH)


def test_what_a_range_did_not_read_is_not_approved_here(client, write, commit, monkeypatch):
    write("a", "Saturn.")
    base = commit("before")
    write("a", "It is Saturn.")
    spec = f"{base}..{commit('after')}"
    (change,) = report_of(spec).found.changes
    unread = replace(change, churn=Churn.UNREAD)

    assert one_test._why_not(told_once([change])[0], Room(one_test.ROOM)) == ""
    assert one_test._why_not(told_once([unread])[0], Room(one_test.ROOM)) == one_test.NOTHING


def test_a_file_that_cannot_be_read_any_more_is_not_approved_here(client, write, commit, root):
    write("a", "Saturn.")
    base = commit("before")
    (root / "tests/recordings/a.json").write_text("{")
    spec = f"{base}..{commit('after')}"

    page = page_of(client, spec).context["page"]

    assert not any(call.item for call in page.calls)
    assert page.left == 1


def test_red_is_left_to_its_own_page(client, write, commit):
    write("a", "Saturn.")
    base = commit("before")
    write("a", "<think>Well, they ask of a planet.</think>Saturn.")

    answer = page_of(client, f"{base}..{commit('after')}")

    (call,) = answer.context["page"].calls
    assert (call.item, call.why_not) == ("", "what was found on it is red")
    assert call.findings
    assert "Nothing can be approved here." in answer.content.decode()


def test_a_test_that_is_not_in_the_range_is_not_found(client, spec):
    assert page_of(client, spec, "tests/test_sky.py::test_no").status_code == 404
    assert page_of(client, spec, "").status_code == 404
    assert client.get(URL).status_code == 405


def test_the_way_goes_on_to_the_next_test_but_not_at_once(client, spec):
    page = page_of(client, spec).context["page"]
    items = ITEM.findall(page_of(client, spec).content.decode())
    sent = {"range": spec, "test": TEST, "item": items, "next": page.next_url, "here": page.here}

    soon = client.post(URL, sent | {"shown": page.shown + 100_000_000})
    assert soon["Location"] == page.next_url
    assert client.get(soon["Location"]).context["page"].test.short == "else"


def test_the_second_of_two_quick_clicks_decides_nothing(client, spec):
    page = page_of(client, spec).context["page"]
    items = ITEM.findall(page_of(client, spec).content.decode())
    sent = {"range": spec, "test": TEST, "item": items, "here": page.here, "shown": hurry.now()}

    assert client.post(URL, sent)["Location"] == page.here
    assert not Decision.objects.exists()


def test_words_are_no_markup(client, write, commit):
    write("a", "<b>old</b>", test="tests/test_x.py::test_<i>")
    base = commit("before")
    write("a", "<script>new</script>", test="tests/test_x.py::test_<i>")

    html = page_of(client, f"{base}..{commit('after')}", "tests/test_x.py::test_<i>").content.decode()

    assert "<script>new" not in html
    assert "test_<i>" not in html
