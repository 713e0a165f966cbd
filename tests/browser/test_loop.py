"""The loop with a code host, seen by two people: a request is pushed, both decide, and the host is told by itself."""

import re
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from recviewer.pages.models import Membership
from tests.hosts.test_deliveries import delivered, payload
from tests.loop.conftest import SECRET, loop, quiet, stand_in

from .test_following import look
from .test_presence import hosted, live_server, sign_in

__all__ = ["hosted", "live_server", "loop", "quiet", "stand_in"]
"""Fixtures that stand elsewhere."""


@pytest.fixture
def kind():
    return "github"


def deliver(loop, live_server, name):
    """Send the host's webhook to the server."""
    headers, body = delivered(loop.kind, payload(loop.kind, 3), secret=SECRET, name=name)
    told = {"Content-Type": "application/json"} | headers
    request = urllib.request.Request(f"{live_server.url}/hooks/{loop.kind}", body, told)
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202


def test_two_people_see_a_request_to_its_green_status_and_a_push_after_it(
    hosted, live_server, open_page, loop, quiet, django_user_model
):
    for user in django_user_model.objects.all():
        Membership.objects.create(user=user, role="reviewer")
    head = loop.push(3, "new answers", ada="ada is there.", cleo="cleo is new.")
    deliver(loop, live_server, "1f2e")
    loop.work()
    assert loop.states(head) == ["pending"]
    address = urlsplit(loop.stand_in.statuses[0]["target_url"]).path
    ana, ben = open_page(), open_page()
    sign_in(ana, "ana", address)
    sign_in(ben, "ben", address)
    for page in (ana, ben):
        expect(page.locator(".changes-sentence")).to_contain_text("2 need you")

    ana.get_by_role("link", name=re.compile("^(Start|Go on|Review)")).first.click()
    ana.get_by_role("button", name=re.compile("^Approve")).first.click()
    expect(ana.get_by_role("heading", level=1)).to_have_text("All 2 changes are decided")
    look(ben)
    expect(ben.locator(".changes-sentence")).to_contain_text("nothing needs you")
    loop.work(quiet)
    assert loop.states(head) == ["pending", "success"]
    (told,) = loop.ours()
    assert "nothing needs you" in told

    second = loop.push(3, "another", bob="bob is gone.")
    deliver(loop, live_server, "3a4b")
    loop.work()
    assert loop.states(second) == ["pending"]
    assert loop.ours() != [told]
    address = urlsplit(loop.stand_in.statuses[-1]["target_url"]).path
    ana.goto(address)
    expect(ana.locator(".changes-sentence")).to_contain_text("1 needs you")
    ben.goto(address)
    ben.get_by_role("link", name=re.compile("^(Start|Go on|Review)")).first.click()
    ben.get_by_role("button", name=re.compile("Re-record…")).click()
    ben.locator("#bar-note").fill("bob is there")
    ben.locator("#bar").get_by_role("button", name=re.compile("^Save")).click()
    expect(ben.get_by_role("heading", level=1)).to_contain_text("decided")
    look(ana)
    expect(ana.locator(".changes-sentence")).to_contain_text("nothing needs you")
    loop.work(quiet)
    assert loop.states(second)[-1] == "failure"
    assert len(loop.ours()) == 1
