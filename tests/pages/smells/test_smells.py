"""What is odd in the tree: by rule, decided where it stands, let be, and asked for in the list."""

import json
import threading
import time
from datetime import date
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from django.urls import reverse

from recviewer.catalog import indexer, tree_findings
from recviewer.catalog.models import Recording
from recviewer.language.tree import Term
from recviewer.pages.smells.entries import _beyond
from recviewer.review.models import Suppression
from recviewer.review.narrowing import narrowed
from tests.conftest import pytest_runtest_teardown
from tests.trees import FOLDER, bytes_of, chat, id_of, name_of

pytestmark = pytest.mark.django_db

ERROR, CUT, GOOD = chat("Slow?", error="slow down"), chat("Cut?", finish="length"), chat()
OLD = f"{FOLDER}/{'0' * 64}.json"


def cut_name(document):
    name = name_of(document)
    return f"{name[:8]}…{name[-9:]}"


def path_of(document):
    return f"{FOLDER}/{name_of(document)}"


@pytest.fixture
def tree_of(root):
    """Files of recordings, indexed and looked at."""

    def put(*documents, **more):
        for path, document in [*((path_of(one), one) for one in documents), *more.items()]:
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(bytes_of(document))
        indexer.refresh(processes=1)
        tree_findings.look()

    return put


def told(client, address="/smells/.json"):
    return client.get(address).json()


def rules(client):
    return {one["rule"]: one["counts"] for one in told(client)["rules"] if any(one["counts"].values())}


def test_before_anything_was_looked_for_the_page_says_so(client, root):
    indexer.refresh(processes=1)

    assert "Nothing was checked yet" in client.get("/smells/").content.decode()
    assert told(client)["is_looked_at"] is False


@pytest.mark.slow
def test_a_check_that_failed_is_told_with_its_reason_until_one_succeeds(client, tree_of, monkeypatch):
    monkeypatch.setattr(tree_findings, "_trouble", "")
    monkeypatch.setattr(tree_findings, "connection", Mock())
    indexer.refresh(processes=1)
    tree_findings._looking.acquire()
    with monkeypatch.context() as patch:
        patch.setattr(tree_findings, "_PROCESS", "recviewer.nowhere")
        tree_findings._look()

    page = client.get("/smells/").content.decode()

    assert "The recordings could not be checked" in page
    assert "No module named recviewer.nowhere" in page
    tree_of(GOOD)
    assert tree_findings.trouble()
    assert "No module named" not in client.get("/smells/").content.decode()


def test_a_check_in_the_background_ends_with_the_test_that_had_it_started(root, db, settings, monkeypatch):
    settings.REFRESH_IN_BACKGROUND = True
    monkeypatch.setattr(tree_findings, "_last_failed", -1e9)
    monkeypatch.setattr(tree_findings, "connection", Mock())
    ended = threading.Event()
    monkeypatch.setattr(tree_findings, "look", lambda: time.sleep(0.2) or ended.set())
    assert tree_findings.nudge()

    pytest_runtest_teardown()

    assert ended.is_set()
    assert not tree_findings._looking.locked()


def test_the_page_of_a_rule_says_so_too(client, root):
    response = client.get("/smells/recorded-error")

    assert response.status_code == 200
    assert "Nothing was checked yet" in response.content.decode()
    assert told(client, "/smells/recorded-error.json")["is_looked_at"] is False


@pytest.mark.slow
def test_findings_stand_by_rule_with_numbers(client, tree_of):
    tree_of(ERROR, CUT, GOOD)

    assert rules(client)["broke-off"] == {"red": 1, "amber": 0, "grey": 0}
    assert told(client)["recordings"] == 3
    html = client.get("/smells/").content.decode()
    assert 'href="/smells/broke-off"' in html
    assert "2 rules found something on <b>2</b> of <b>3 recordings</b>" in html
    assert "The answer did not end well" in client.get("/smells/?level=red").content.decode()


@pytest.mark.slow
def test_a_recording_counts_once_by_the_worst_that_was_found_on_it(client, tree_of):
    tree_of(ERROR, CUT, GOOD)

    page = client.get("/smells/").context["page"]
    choices = {one.title: one.count for one in page.choices}
    told = [line for level in page.levels for line in (*level.told, *level.lines)]

    assert choices["any finding"] == page.found_on == sum(level.recordings for level in page.levels) == 2
    assert choices["any finding"] == choices["wrong"] + choices["worth a look"] + choices["to know"]
    assert [line.mark.count for line in told] == [1, 1]
    assert {one.url for line in told for one in line.examples} == {f"/r/{path_of(CUT)}", f"/r/{path_of(ERROR)}"}


@pytest.mark.slow
def test_a_rule_tells_each_finding_with_its_place(client, tree_of):
    tree_of(CUT)

    html = client.get("/smells/broke-off").content.decode()
    assert path_of(CUT) in html
    assert "Decide on it…" in html
    (found,) = told(client, "/smells/broke-off.json")["findings"]
    assert (found["path"], found["level"], found["standing"]) == (path_of(CUT), "red", "counts")
    assert client.get("/smells/no-such-rule").status_code == 404


@pytest.mark.slow
def test_the_findings_of_one_function_stand_under_it_each_with_its_parameters(client, tree_of):
    ids = ("t.py::test_b[x=1]", "t.py::test_a[x=2]", "t.py::test_b[x=3]", "")
    tree_of(*(chat(f"Cut {number}?", finish="length", test=id) for number, id in enumerate(ids)))

    groups = client.get("/smells/broke-off").context["page"].groups

    assert [(one.test.short if one.test else "", len(one.entries)) for one in groups] == [("a", 1), ("b", 2), ("", 1)]
    assert [entry.label.parameters for entry in groups[1].entries] == ["x=1", "x=3"]


@pytest.mark.slow
def test_a_row_leaves_out_what_the_rule_says_of_all_and_cuts_long_hashes(client, tree_of):
    tree_of(CUT, **{OLD: CUT})

    html = client.get("/smells/cannot-replay").content.decode()
    (entry,) = client.get("/smells/cannot-replay").context["page"].groups[0].entries

    assert (
        entry.says
        == f"no known rule gives its name; replay looks for {cut_name(CUT)} in {FOLDER} and the shared folder"
    )
    assert name_of(CUT) in html  # whole, in the title
    assert [each for each, says in [("a", "a"), ("a", "A: b"), ("a", "a; b"), ("a", "ab")] if _beyond(says, each)] == [
        "a"
    ] * 3
    assert (_beyond("A: b", "a"), _beyond("ab", "a")) == ("b", "ab")


@pytest.mark.slow
def test_examples_are_of_different_tests_and_tell_whether_they_are_recorded_words(client, tree_of):
    ids = ("t.py::test_a", "t.py::test_a", "t.py::test_b", "t.py::test_c", "")
    tree_of(*(chat(f"Cut {number}?", finish="length", test=id) for number, id in enumerate(ids)))

    (level,) = [one for one in client.get("/smells/").context["page"].levels if one.mark.level == "red"]

    assert sorted(one.label.name for one in level.told[0].examples) == ["a", "b", "c"]


@pytest.mark.slow
def test_what_changed_since_is_left_out_and_said(client, tree_of, root):
    tree_of(CUT, ERROR)
    (root / path_of(CUT)).write_bytes(bytes_of(GOOD))
    indexer.refresh(processes=1)

    assert "broke-off" not in rules(client)
    assert (told(client)["changed_since"], told(client)["is_current"]) == (1, False)
    html = client.get("/smells/").content.decode()
    assert "1 finding on recordings that changed since is left out" in html
    assert "Recordings that have changed since the last check" in html


@pytest.mark.slow
def test_nothing_is_looked_for_again_where_nothing_changed(client, tree_of):
    tree_of(CUT)

    assert told(client)["is_current"] is True
    indexer.refresh(processes=1)
    assert told(client)["is_current"] is True


@pytest.mark.slow
def test_all_of_a_rule_lead_to_the_page_that_decides_on_many(client, tree_of):
    tree_of(CUT, chat("Cut too?", finish="length"), GOOD)
    html = client.get("/smells/broke-off").content.decode()
    items = html.partition('name="item" value="')[2].partition('"')[0]
    assert "Decide on all 2 recordings…" in html

    answer = client.post(reverse("bulk:choose"), {"item": items, "next": "/smells/broke-off"}, follow=True)

    shown = answer.content.decode()
    assert "2 selected recordings" in shown
    assert "Mark for deletion" in shown
    assert 'href="/smells/broke-off"' in shown


@pytest.mark.slow
def test_what_is_only_told_is_left_out_where_many_are_decided_on(client, tree_of):
    short = [chat(f"In short, {one}?", finish="length", params={"max_tokens": 20}) for one in "ab"]
    tree_of(*short)
    told_alone = client.get("/smells/broke-off")
    tree_of(*short, CUT)

    with_more = client.get("/smells/broke-off")
    of_grey = client.get("/smells/broke-off?level=grey").content.decode()

    assert (told_alone.context["page"].is_told, told_alone.context["page"].count) == (True, 2)
    assert "Decide on" not in told_alone.content.decode()
    assert "Open all 2 recordings together" in told_alone.content.decode()
    assert (with_more.context["page"].is_told, with_more.context["page"].count) == (False, 1)
    assert "Decide on it…" in with_more.content.decode()
    assert "Open all 2 recordings together" in of_grey


ONE_OLD, TWO_OLD, NOW = (chat(f"[1] score: 0.{digits}, id file-247992711531") for digits in ("0077", "0081", "0031"))


@pytest.mark.slow
def test_surplus_of_a_rule_is_marked_for_deletion_from_where_it_stands(client, tree_of, root):
    lone = [chat(f"[2] score: 0.{digits}?", test=id_of("test_lone")) for digits in ("1234", "5678")]
    olds = {f"{FOLDER}/{number * 64}.json": one for number, one in zip("0123", [ONE_OLD, TWO_OLD, *lone], strict=True)}
    tree_of(NOW, **olds)
    html = client.get("/smells/stacked-generations").content.decode()
    items = html.partition('name="item" value="')[2].partition('"')[0]
    assert "Mark the 2 no longer needed for deletion…" in html
    assert "Decide on all 4 recordings…" in html
    found = told(client, "/smells/stacked-generations.json")["findings"]
    assert sorted(one["path"] for one in found if one["surplus"]) == list(olds)[:2]

    shown = client.post(reverse("bulk:choose"), {"item": items, "next": "/smells/"}, follow=True).content.decode()
    assert "2 selected recordings" in shown
    sent = [one.partition('"')[0] for one in shown.split('name="item" value="')[1:]]
    client.post(reverse("review:decide"), {"item": sent, "verdict": "delete", "next": "/smells/"})

    html = client.get("/smells/stacked-generations").content.decode()
    assert "2 recordings that are no longer needed are marked for deletion already" in html
    assert "no longer needed for" not in html
    plan = client.get("/plan/.json").json()
    assert sorted(one["path"] for one in plan["deletions"]) == list(olds)[:2]


@pytest.mark.slow
def test_no_page_offers_to_mark_what_something_asks_for(client, tree_of):
    tree_of(CUT, GOOD)

    assert "no longer needed" not in client.get("/smells/broke-off").content.decode()


@pytest.mark.slow
def test_words_that_a_finding_quotes_are_not_quoted_again(client, tree_of):
    tree_of(chat("The file file-d3bd9b63d2134199b3156206027b208e, please."))

    html = client.get("/smells/volatile-request").content.decode()

    assert html.count("file-d3bd9b63d2134199b3156206027b208e") == 2  # in the sentence, and in its title


def let_be(client, document, **more):
    found = told(client, "/smells/broke-off.json")["findings"][0]
    given = {"rule": "broke-off", "identity": found["identity"], "test": quote(found["test"], safe="")}
    given |= {"path": quote(found["path"], safe=""), "next": "/smells/broke-off", "reach": "finding", "reason": "Why."}
    return client.post("/smells/act", given | more)


WITH = {
    "finding": "",
    "test": " with all of this rule on its test",
    "path": " with all of this rule on its file",
    "folder": f" with all below {FOLDER}/",
}


@pytest.mark.slow
@pytest.mark.parametrize("reach", WITH)
def test_a_finding_is_let_be_and_counts_again(client, tree_of, reach):
    tree_of(CUT)

    answer = let_be(client, CUT, reach=reach, until="2999-01-01")

    assert (answer.status_code, answer.url) == (303, "/smells/broke-off")
    assert "broke-off" not in rules(client)
    html = client.get("/smells/broke-off").content.decode()
    assert f"Suppressed until 2999-01-01{WITH[reach]}: Why." in html
    assert "Decide on" not in html
    (found,) = told(client, "/smells/broke-off.json")["findings"]
    assert (found["standing"], found["reason"]) == ("suppressed", "Why.")

    let_be(client, CUT, lift="1")
    assert "broke-off" in rules(client)
    assert Suppression.objects.get().is_lifted


@pytest.mark.slow
def test_all_that_is_let_be_stands_together_also_what_lets_nothing_be(client, tree_of, root):
    assert "Nothing is suppressed" in client.get("/smells/let-be/").content.decode()
    tree_of(CUT, GOOD)
    let_be(client, CUT, reach="folder")
    let_be_over = Suppression.objects.create(rule="twin", scope="test", subject="t.py::a", reason="Old.", author="Ada")
    let_be_over.until = date(2020, 1, 1)
    let_be_over.save()

    html = client.get("/smells/let-be/").content.decode()
    assert "<b>2 suppressions</b>" in html
    assert "1 finding" in html
    assert "over since 1 Jan 2020" in " ".join(html.split())
    some = {one["rule"]: one for one in told(client)["suppressions"]}
    assert (some["broke-off"]["findings"], some["broke-off"]["subject"]) == (1, f"{FOLDER}/")
    assert (some["twin"]["findings"], some["twin"]["is_over"]) == (0, True)

    sent = {"rule": "broke-off", "reach": "path", "subject": quote(f"{FOLDER}/", safe=""), "next": "/smells/let-be/"}
    answer = client.post("/smells/lift", sent)
    assert (answer.status_code, answer.url) == (303, "/smells/let-be/")
    assert "broke-off" in rules(client)
    assert client.post("/smells/lift", {"rule": "broke-off", "reach": "all", "subject": "x"}).status_code == 422


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [{"reason": ""}, {"reach": "all"}, {"until": "soon"}, {"rule": "no-such"}])
def test_what_cannot_be_let_be_is_refused(client, tree_of, wrong):
    tree_of(CUT)

    assert let_be(client, CUT, **wrong).status_code == 422
    assert not Suppression.objects.exists()


@pytest.mark.slow
def test_the_page_of_a_recording_tells_what_was_found_on_it(client, tree_of, root):
    tree_of(CUT, GOOD)
    address = f"/r/{path_of(CUT)}"

    assert 'href="/smells/broke-off"' in client.get(address).content.decode()
    assert "/smells/broke-off" not in client.get(f"/r/{path_of(GOOD)}").content.decode()
    let_be(client, CUT)
    assert "suppressed: " in client.get(address).content.decode()
    (root / path_of(CUT)).write_bytes(bytes_of(chat("Cut?", "Another.", finish="length")))
    assert "/smells/broke-off" not in client.get(address).content.decode()


@pytest.mark.slow
def test_words_of_recordings_are_escaped(client, tree_of):
    tree_of(chat("<b>?", finish="<script>alert(1)</script>"))

    html = client.get("/smells/broke-off").content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.slow
def test_any_rule_can_be_asked_for_in_the_list(client, tree_of):
    twin = chat("Once?")
    tree_of(CUT, GOOD, twin, **{OLD: twin})
    found = tree_findings.current()
    beyond = sorted(set(found.ids_by_rule) - {"broke-off", "cannot-replay", "leaked-reasoning", "recorded-error"})
    some = [name for name in beyond if found.ids_by_rule[name]]
    assert some
    for name in some:
        wanted = sorted(Recording.objects.filter(pk__in=found.ids_by_rule[name]).values_list("path", flat=True))
        assert sorted(narrowed([Term("smell", name)]).values_list("path", flat=True)) == wanted
        listed = client.get(reverse("recordings:json"), {"smell": name}).json()
        assert sorted(one["path"] for one in listed["recordings"]) == wanted
        assert listed["facets"]["smell"][name] == len(wanted)
        assert all(name in one["smells"] for one in listed["recordings"])
    none = narrowed([Term("smell", "")]).count()
    assert client.get(reverse("recordings:json"), {"smell": ""}).json()["total"] == none
    assert client.get(reverse("recordings:json"), {"smell": "no-such-rule"}).status_code == 400


@pytest.mark.slow
def test_a_list_says_that_its_findings_are_older_than_the_catalog(client, tree_of, root):
    def asked(smell):
        html = client.get(reverse("recordings:listing"), {"smell": smell}).content.decode()
        return "have changed since" in html, client.get(reverse("recordings:json"), {"smell": smell}).json()

    tree_of(CUT, GOOD)
    assert asked("twin")[0] is False
    assert asked("twin")[1]["smells_are_current"] is True
    (root / OLD).write_bytes(bytes_of(CUT))
    indexer.refresh(processes=1)

    assert asked("twin")[0] is True
    assert asked("")[0] is True
    assert asked("twin")[1]["smells_are_current"] is False
    assert asked("broke-off")[0] is False, "its answer follows from the rows"
    tree_findings.look()
    assert asked("twin")[0] is False
    assert asked("twin")[1]["total"] > 0


def test_a_list_says_that_nothing_was_looked_for_yet(client, root):
    indexer.refresh(processes=1)

    assert "The tree was not checked yet" in client.get(reverse("recordings:listing"), {"smell": ""}).content.decode()


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_as_none(client, tree_of):
    tree_of(CUT)
    tree_findings._place().write_bytes(json.dumps({"state": 1}).encode())

    assert told(client)["is_looked_at"] is False
