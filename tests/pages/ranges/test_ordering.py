"""The page of a plan offers what the code host may be asked for, and asks once more before."""

import dataclasses
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recviewer.hosts.configured import ConfiguredHost
from recviewer.hosts.contract import RecordRun
from recviewer.loop.models import HostJob, HostOrder, WatchedRequest
from recviewer.memory import ranges
from recviewer.pages.models import Membership
from recviewer.review import ranges as saying
from recviewer.review.audit import Action
from recviewer.review.models import AuditEvent
from recviewer.review.subjects import Seen
from tests.settings_of import put_doors


@pytest.fixture
def request_(repo, settings, root, db):
    """A range that is request 7 of the host, with a recording to delete and one to re-record; returns its spec."""
    for name in ("ada", "bob"):
        repo.put(f"recordings/{name}.json", id=name, answered=f"{name} is here.", asked=f"Who is {name}?")
    base = repo.commit("start")
    for name in ("ada", "bob"):
        repo.put(f"recordings/{name}.json", id=name, answered=f"{name} is there.", asked=f"Who is {name}?")
    head = repo.commit("again")
    settings.REPOSITORY = repo.top
    settings.PUBLIC_URL = "https://recordings.example.com"
    record = RecordRun("main", "record.yml")
    settings.HOST = ConfiguredHost(
        "GITHUB", "a/b", "http://127.0.0.1:1", 300, token="t" * 20, pushes=True, record=record
    )
    WatchedRequest.objects.create(number=7, head=head, base=base)
    spec = f"{base}..{head}"
    found = ranges.report_of(spec).found
    for name, verdict in (("ada", "delete"), ("bob", "reject")):
        seen = [Seen(one.side.path, one.side.blob) for one in found.changes if name in one.side.path]
        saying.say(lambda: ranges.report_of(spec).found, seen, actor="ana", verdict=verdict, note="so")
    return spec


def seen_on(page):
    return re.search(r'name="seen" value="([0-9a-f]{64})"', page)[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "asks", "action"),
    [
        ("branch", "Push the plan for #7", Action.PUSH),
        ("record", "Start re-recording for #7", Action.RECORD),
    ],
)
def test_a_question_comes_before(client, request_, kind, asks, action):
    plan = client.get(f"/plan/{request_}").content.decode()
    assert f"/do/order?range={request_}&amp;kind={kind}" in plan

    page = client.get("/do/order", {"range": request_, "kind": kind}).content.decode()
    assert asks in page
    assert not HostOrder.objects.exists()
    answer = client.post("/do/order", {"range": request_, "kind": kind, "seen": seen_on(page)})

    assert (answer.status_code, answer.url) == (303, f"/plan/{request_}")
    order = HostOrder.objects.get()
    assert (order.kind, order.number, order.state) == (kind, 7, "waiting")
    assert HostJob.objects.get(kind=kind).number == order.pk
    assert AuditEvent.objects.latest("pk").action == action
    assert "asked for" in client.get(f"/plan/{request_}").content.decode()
    assert "asked for" in client.get("/operations/").content.decode()
    assert client.post("/do/order", {"range": request_, "kind": kind, "seen": order.digest}).status_code == 422
    assert HostOrder.objects.count() == 1


@pytest.mark.slow
def test_what_came_of_it_is_told_in_both_places(client, request_):
    page = client.get("/do/order", {"range": request_, "kind": "branch"}).content.decode()
    client.post("/do/order", {"range": request_, "kind": "branch", "seen": seen_on(page)})
    HostOrder.objects.update(state="refused", told="The head moved since.")
    HostJob.objects.update(attempts=1, error="the remote hung up")

    assert "The head moved since." in client.get(f"/plan/{request_}").content.decode()
    operations = client.get("/operations/").content.decode()
    assert "The head moved since." in operations
    assert "push the plan #7" in operations


@pytest.mark.slow
def test_what_somebody_did_not_see_is_refused(client, request_):
    answer = client.post("/do/order", {"range": request_, "kind": "branch", "seen": "0" * 64})

    assert answer.status_code == 422
    assert "The plan has changed" in answer.content.decode()
    assert not HostOrder.objects.exists()


@pytest.mark.slow
def test_nothing_is_offered_that_the_operator_did_not_turn_on(client, request_, settings):
    settings.HOST = dataclasses.replace(settings.HOST, pushes=False, record=None)

    assert "On the code host" not in client.get(f"/plan/{request_}").content.decode()
    for kind in ("branch", "record", "tell", ""):
        assert client.get("/do/order", {"range": request_, "kind": kind}).status_code == 404
    settings.HOST = None
    assert client.post("/do/order", {"range": request_, "kind": "branch"}).status_code == 404
    assert "On the code host" not in client.get("/plan/").content.decode()


@pytest.mark.slow
def test_a_range_that_is_no_request_has_no_order(client, request_):
    WatchedRequest.objects.update(is_open=False)

    assert "On the code host" not in client.get(f"/plan/{request_}").content.decode()
    assert client.get("/do/order", {"range": request_, "kind": "branch"}).status_code == 422
    assert client.get("/do/order", {"range": "nowhere..else", "kind": "branch"}).status_code == 404


@pytest.mark.slow
def test_only_maintainers_are_offered_it(request_, settings):
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, False, False
    put_doors(settings)
    pages = {}
    for role in ("reviewer", "maintainer"):
        user = User.objects.create_user(role)
        Membership.objects.create(user=user, role=role)
        client = Client()
        client.force_login(user)
        pages[role] = (
            client.get(f"/plan/{request_}").content.decode(),
            client.get("/do/order", {"range": request_, "kind": "branch"}),
        )

    assert "/do/order" not in pages["reviewer"][0]
    assert "Maintainers push this plan" in pages["reviewer"][0]
    assert pages["reviewer"][1]["X-Needs-Role"] == "maintainer"
    assert "/do/order" in pages["maintainer"][0]
    assert pages["maintainer"][1].status_code == 200
