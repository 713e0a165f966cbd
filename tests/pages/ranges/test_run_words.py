"""What runs of the suite say of a range, on its pages and in its report."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from recviewer.used.model import UsedTest
from recviewer.used.stored_runs import folder_of
from tests.used.building import keep, run_over

MOON, NEW, OLD = (f"tests/recordings/{name}.json" for name in ("moon", "new", "old"))
UNREAD, ASKED = "never read by openai", "asked for in vain by openai in 1 test, which failed"
PLUTO = UsedTest("tests/test_new.py::test_pluto", "passed")


@pytest.fixture
def keep_run(root, settings):
    """Return a function that keeps a run that read the moon, and of the new one so often."""

    def make(opens=0, missing=(OLD,), **more):
        run = run_over(root, {MOON: 1, NEW: opens}, tests=(PLUTO,), missing=missing, **more)
        return keep(run, folder_of(Path(settings.DATA_DIR)))

    return make


def page_of(client, spec, query=""):
    answer = client.get(f"/changes/{spec}{query}")
    assert answer.status_code == 200
    return answer.context["page"], answer.content.decode()


def test_without_a_run_nothing_is_said(client, spec):
    page, text = page_of(client, spec)

    assert page.by_runs is None
    assert "by a run" not in text


def test_a_run_that_read_all_says_nothing(client, spec, keep_run):
    keep_run(opens=1, missing=())

    page, text = page_of(client, spec)
    assert page.by_runs is None
    assert "by a run" not in text


def test_the_items_say_it_and_the_list_narrows_to_them(client, spec, keep_run):
    bare, _ = page_of(client, spec)
    keep_run()

    page, text = page_of(client, spec)
    assert (page.by_runs.count, page.by_runs.is_on) == (2, False)
    assert {row.test.short: row.by_runs for row in page.tests} == {
        "earth": (),
        "pluto": ("never read",),
        "old": ("missed by a run",),
    }
    assert (page.numbers, page.ending, page.findings) == (bare.numbers, bare.ending, bare.findings)

    narrow, text = page_of(client, spec, "?runs=1&by=change")
    assert [row.change.side.path for row in narrow.changes] == [NEW, OLD]
    assert (narrow.heading, narrow.by_runs.is_on) == ("never read, or missed by a run", True)
    assert UNREAD in text
    assert ASKED in text


@pytest.mark.slow
def test_the_page_of_a_change_says_it(client, spec, keep_run):
    keep_run()

    assert UNREAD in page_of(client, spec, f"?change={NEW}")[1]
    assert ASKED in page_of(client, spec, f"?change={OLD}")[1]
    assert "openai" not in page_of(client, spec, f"?change={MOON}")[1]


@pytest.mark.slow
def test_a_run_that_comes_or_goes_is_seen_at_once(client, spec, keep_run):
    assert UNREAD not in page_of(client, spec, f"?change={NEW}")[1]
    place = keep_run()
    assert UNREAD in page_of(client, spec, f"?change={NEW}")[1]
    place.unlink()
    assert UNREAD not in page_of(client, spec, f"?change={NEW}")[1]


def test_the_stop_of_a_test_says_it_of_each_call(client, commit, root, settings, make_recording):
    test = "tests/test_new.py::test_two"
    make_recording("tests/recordings/a.json", asked="One?", test=test)
    base = commit("before")
    for name in ("b", "c"):
        make_recording(f"tests/recordings/{name}.json", asked=f"Which is {name}?", answered=f"It is {name}.", test=test)
    spec = f"{base}...{commit('after')}"
    opens = {"tests/recordings/a.json": 1, "tests/recordings/b.json": 0, "tests/recordings/c.json": 1}
    keep(run_over(root, opens), folder_of(Path(settings.DATA_DIR)))

    answer = client.get(f"/changes/{spec}?read=tests/recordings/b.json", follow=True)

    assert {call.change.side.name: call.by_runs for call in answer.context["page"].calls} == {
        "b.json": (UNREAD,),
        "c.json": (),
    }
    assert answer.content.decode().count(UNREAD) == 1


@pytest.mark.slow
@pytest.mark.parametrize("form", ["md", "summary", "json", "html"])
def test_the_report_says_it_in_each_form(client, spec, keep_run, form):
    assert UNREAD not in client.get(f"/report/{spec}?as={form}").content.decode()
    keep_run()

    text = client.get(f"/report/{spec}?as={form}").content.decode()

    if form == "json":
        told = {
            one["new"]["path"] if one["new"] else one["old"]["path"]: one["runs"] for one in json.loads(text)["changes"]
        }
        assert told == {
            MOON: None,
            NEW: {"unread_by": ["openai"], "asked_by": [], "tests": 0, "failed": 0},
            OLD: {"unread_by": [], "asked_by": ["openai"], "tests": 1, "failed": 1},
        }
    else:
        assert UNREAD in text
        assert ASKED in text
        assert "1 new recording never read by a run of the suite that would have" in text


def test_the_state_of_a_commit_is_the_same(client, spec, keep_run):
    before = [client.get(f"/report/{spec}?as={form}").content for form in ("status", "status-json")]
    keep_run()

    assert [client.get(f"/report/{spec}?as={form}").content for form in ("status", "status-json")] == before


@pytest.mark.slow
def test_the_command_takes_runs_that_are_named_and_those_that_are_kept(
    spec, root, settings, keep_run, capsys, tmp_path
):
    def report(*words):
        call_command("report", spec, "--repo", str(root), "--format", "md", "--fail-on", "none", *words)
        return capsys.readouterr().out

    place = keep_run()
    moved = tmp_path / "ci" / "job" / place.name
    moved.parent.mkdir(parents=True)
    place.rename(moved)

    assert UNREAD not in report()
    assert UNREAD in report("--runs", str(moved))
    assert UNREAD in report("--runs", str(tmp_path / "ci"))
    assert UNREAD not in report("--runs", "")
