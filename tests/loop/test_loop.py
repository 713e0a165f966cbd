"""The loop end to end, against each host: webhook, fetch, status and comment, decisions, a push, and back again."""

import json
import os

import pytest
from django.test import Client

from recviewer.loop import looking
from recviewer.loop.models import HostJob, WatchedRequest
from recviewer.memory import ranges
from tests.hosts.test_deliveries import delivered, payload
from tests.loop.conftest import SECRET


def send(loop, number=3, *, name="1f2e", secret=SECRET, **how):
    headers, body = delivered(loop.kind, payload(loop.kind, number), secret=secret, name=name, **how)
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/hooks/{loop.kind}", body, content_type="application/json", headers=headers)


@pytest.mark.slow
def test_from_a_push_to_a_green_status_and_round_again(loop, quiet):
    head = loop.push(3, "new answers", ada="ada is there.", cleo="cleo is new.")

    assert send(loop).status_code == 202
    loop.work()
    assert loop.states() == ["pending"]
    status = loop.stand_in.statuses[0]
    assert (status["sha"], "2 recordings" in status["description"]) == (head, True), status
    row = WatchedRequest.objects.get(number=3)
    assert status["target_url"] == f"https://recordings.example.com/changes/{row.base}..{head}"
    assert len(loop.ours()) == 1
    first = loop.ours()[0]
    assert first.startswith("<!-- recviewer-report -->\n")
    assert row.files == 2

    loop.decide(3, only="ada")
    loop.work(quiet)
    assert set(loop.states()) == {"pending"}
    assert loop.ours()[0] != first
    loop.decide(3)
    loop.work(quiet)
    assert loop.states()[-1] == "success"
    assert len(loop.ours()) == 1
    approved = loop.ours()[0]

    second = loop.push(3, "another", bob="bob is gone.")
    assert send(loop, name="3a4b").status_code == 202
    loop.work()
    assert loop.states(second) == ["pending"]
    assert len(loop.ours()) == 1
    assert loop.ours()[0] != approved

    loop.decide(3, "reject")
    loop.work(quiet)
    assert loop.states(second)[-1] in ("failure", "failed")


@pytest.mark.slow
def test_nothing_is_told_twice(loop, quiet):
    loop.push(3, "new answers", ada="ada is there.")
    send(loop)
    loop.work()
    calls = len(loop.stand_in.calls)

    loop.work(quiet)
    loop.work(60)
    assert len(loop.stand_in.calls) == calls

    send(loop, name="again")
    loop.work()
    posted = [one for one in loop.stand_in.calls[calls:] if one[0] != "GET"]
    assert posted == []


@pytest.mark.slow
def test_without_webhooks_the_list_is_asked_for(loop):
    head = loop.push(3, "new answers", ada="ada is there.")
    other = loop.push(4, "more", ada="ada is there.", bob="bob is gone.")

    loop.work()
    assert (loop.states(head), loop.states(other)) == (["pending"], ["pending"])
    assert len(loop.ours()) == 2
    lists = loop.stand_in.count("GET", "pulls") + loop.stand_in.count("GET", "merge_requests")

    loop.work(100)
    assert loop.stand_in.count("GET", "pulls") + loop.stand_in.count("GET", "merge_requests") == lists
    pushed = loop.push(4, "another", bob="bob is back.")
    loop.work(301)
    assert loop.states(pushed) == ["pending"]


@pytest.mark.slow
def test_a_request_that_was_closed_is_left_alone(loop, quiet):
    head = loop.push(3, "new answers", ada="ada is there.")
    loop.work()

    loop.stand_in.put(3, head, state="closed")
    loop.work(301)
    assert not WatchedRequest.objects.get(number=3).is_open
    calls = len(loop.stand_in.calls)
    loop.decide(3)
    loop.work(quiet)
    assert len(loop.stand_in.calls) == calls

    loop.stand_in.put(3, head)
    send(loop)
    loop.work()
    assert loop.states()[-1] == "success"


@pytest.mark.slow
def test_a_request_without_recordings_gets_a_status_and_no_comment(loop):
    (loop.author.top / "README").write_text("words")
    head = loop.push(3, "words")

    loop.work()

    assert loop.states(head) == ["success"]
    assert loop.ours() == []


@pytest.mark.slow
def test_the_comment_goes_on_where_recordings_went_out_of_the_request(loop):
    loop.push(3, "new answers", cleo="cleo is new.")
    loop.work()
    assert len(loop.ours()) == 1

    head = loop.push(3, "not so", cleo=None)
    send(loop)
    loop.work()
    assert loop.states(head) == ["success"]
    assert len(loop.ours()) == 1


@pytest.mark.slow
def test_decisions_that_concern_no_request_tell_nothing(loop, quiet):
    loop.push(3, "new answers", ada="ada is there.")
    loop.push(4, "more", bob="bob is gone.")
    loop.author.git("checkout", "-q", "main")
    loop.author.git("checkout", "-q", "-b", "other")
    head = loop.push(5, "else", eve="eve is new.")
    loop.work()
    calls = len(loop.stand_in.calls)

    loop.decide(5)
    loop.work(quiet)

    told = loop.stand_in.calls[calls:]
    assert len(told) == 2
    assert head in told[0][1]


@pytest.mark.slow
def test_many_decisions_are_told_once(loop, quiet):
    loop.push(3, "new answers", **{f"r{n}": f"answer {n}" for n in range(6)})
    loop.work()
    calls = len(loop.stand_in.calls)

    for n in range(6):
        loop.decide(3, only=f"r{n}")
        loop.work(1)
    assert len(loop.stand_in.calls) == calls
    loop.work(quiet)

    assert loop.states()[-1] == "success"
    assert len(loop.stand_in.calls) - calls == 2


@pytest.mark.slow
def test_who_decides_without_end_is_told_of_after_a_minute(loop):
    loop.push(3, "new answers", **{f"r{n}": f"answer {n}" for n in range(6)})
    loop.work()
    calls = len(loop.stand_in.calls)

    loop.decide(3, only="r1")
    loop.work(61)

    assert len(loop.stand_in.calls) > calls


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["github"])
def test_a_comment_that_somebody_deleted_is_written_again(loop, quiet):
    loop.push(3, "new answers", ada="ada is there.")
    loop.work()
    loop.stand_in.comments.clear()

    loop.decide(3)
    loop.work(quiet)

    assert len(loop.ours()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["github"])
def test_our_comment_is_found_again_after_the_database_was_lost(loop):
    loop.push(3, "new answers", ada="ada is there.")
    loop.stand_in.comment(3, "<!-- recviewer-report -->\nmerge me", "mallory")
    loop.work()
    WatchedRequest.objects.all().delete()
    HostJob.objects.all().delete()

    loop.work()

    assert len(loop.ours()) == 1
    assert loop.stand_in.comments[0]["body"].endswith("merge me")


def test_the_hook_is_shut_to_who_does_not_know_the_secret(loop):
    loop.push(3, "new answers", ada="ada is there.")

    assert send(loop, secret="a-secret-of-somebody").status_code == 403
    assert not HostJob.objects.exists()


def test_a_delivery_that_comes_again_does_nothing(loop):
    loop.push(3, "new answers", ada="ada is there.")

    assert [send(loop).content, send(loop).content] == [b"noted\n", b"nothing to do\n"]
    assert HostJob.objects.get().asked == 1


def test_many_deliveries_are_one_job(loop):
    loop.push(3, "new answers", ada="ada is there.")

    for n in range(5):
        send(loop, name=f"n{n}")

    assert HostJob.objects.count() == 1


@pytest.mark.parametrize("kind", ["github"])
def test_hooks_that_are_not_taken(loop, settings):
    assert send(loop, body=b"x" * 4_000_001).status_code == 413
    assert send(loop, body=b"no JSON").status_code == 400
    assert Client().get("/hooks/github").status_code == 405
    assert Client().post("/hooks/gitlab").status_code == 404
    settings.HOST = None
    assert send(loop).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["github"])
def test_what_a_delivery_claims_is_not_believed(loop):
    """A payload may say anything of head and base: the host is asked."""
    head = loop.push(3, "new answers", ada="ada is there.")
    data = payload("github") | {"pull_request": {"head": {"sha": "f" * 40}, "base": {"ref": "--upload-pack=x"}}}
    headers, body = delivered("github", data)
    Client().post("/hooks/github", body, content_type="application/json", headers=headers)

    loop.work()

    assert [one["sha"] for one in loop.stand_in.statuses] == [head]
    assert json.loads(body)["number"] == 3


@pytest.mark.slow
def test_pages_take_what_the_worker_worked_out(loop, settings, monkeypatch):
    loop.push(3, "new answers", ada="ada is there.")
    loop.work()
    ranges._known.clear()  # as in a process of its own
    monkeypatch.setattr(ranges.changeset, "load", None)

    assert len(looking.report_of(WatchedRequest.objects.get(number=3)).found.changes) == 1

    folder = settings.DATA_DIR / "ranges"
    for one in folder.glob("*.range"):
        os.utime(one, (1, 1))
    loop.work(3601)
    assert list(folder.glob("*.range")) == []
