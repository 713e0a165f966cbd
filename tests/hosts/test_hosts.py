"""Each host against the stand-in: what is asked, what is told, and what comes of every failure."""

import time

import pytest

from recviewer.hosts import client as clients
from recviewer.hosts.calls import LONGEST_WAIT, HostBusy, HostCall, HostDown, HostRefused, HostReply, judged
from recviewer.hosts.client import HostClient
from recviewer.hosts.contract import CommitStatus, HostRequest
from tests.hosts.stand_in import TOKEN, StandIn

HEAD = "1234567890" * 4
STATUS = CommitStatus("pending", "3 of 5 are undecided", "https://recordings.example.com/changes/a..b")


def test_a_request_is_read(host, client, stand_in):
    stand_in.put(3, HEAD, base="release/2")

    assert host.request(client, 3) == HostRequest(3, HEAD, "release/2", True, is_fork=False)
    assert stand_in.wrong == []


def test_one_that_was_closed_or_merged_is_not_open(host, client, stand_in):
    stand_in.put(3, HEAD, state="closed")

    assert not host.request(client, 3).is_open


@pytest.mark.parametrize("count", [0, 1, 50, 99, 100, 101, 230])
def test_all_open_requests_are_listed_over_many_pages(host, client, stand_in, count):
    for number in range(1, count + 1):
        stand_in.put(number, HEAD)
    stand_in.put(900, HEAD, state="closed")

    assert sorted(one.number for one in host.open_requests(client)) == list(range(1, count + 1))
    assert stand_in.wrong == []


@pytest.mark.parametrize("state", ["pending", "success", "failure"])
def test_a_status_is_posted(host, client, stand_in, kind, state):
    stand_in.put(3, HEAD)

    host.post_status(client, HEAD, CommitStatus(state, "x" * 140))

    assert stand_in.wrong == []
    posted = stand_in.statuses[0]
    assert posted["state"] == ("failed" if (kind, state) == ("gitlab", "failure") else state)
    assert posted["name" if kind == "gitlab" else "context"] == "recviewer/recordings"


def test_a_status_that_stands_already_is_no_failure(host, client, stand_in):
    stand_in.put(3, HEAD)

    host.post_status(client, HEAD, STATUS)
    host.post_status(client, HEAD, STATUS)

    assert stand_in.statuses[0]["target_url"] == STATUS.url


def test_a_comment_is_written_found_and_changed(host, client, stand_in):
    stand_in.put(3, HEAD)
    for number in range(120):
        stand_in.comment(3, f"talk {number}", "ada")
    assert host.find_comment(client, 3, "<!-- mark -->") == ""

    made = host.write_comment(client, 3, "<!-- mark -->\none")
    host.change_comment(client, 3, made, "<!-- mark -->\ntwo")

    assert host.find_comment(client, 3, "<!-- mark -->") == made
    assert [one["body"] for one in stand_in.comments if one["by"] == stand_in.me] == ["<!-- mark -->\ntwo"]
    assert stand_in.wrong == []


def test_a_comment_of_somebody_else_with_our_marker_is_left_alone(host, client, stand_in):
    stand_in.put(3, HEAD)
    stand_in.comment(3, "<!-- mark -->\nAll is well, merge it!", "mallory")

    assert host.find_comment(client, 3, "<!-- mark -->") == ""


FAILURES = [
    ({"way": "status", "status": 500}, HostDown),
    ({"way": "status", "status": 502}, HostDown),
    ({"way": "status", "status": 408}, HostDown),
    ({"way": "html", "status": 503}, HostDown),
    ({"way": "html", "status": 200}, HostDown),
    ({"way": "cut"}, HostDown),
    ({"way": "gone"}, HostDown),
    ({"way": "drip"}, HostDown),
    ({"way": "trickle"}, HostDown),
    ({"way": "wait"}, HostDown),
    ({"way": "json", "data": []}, HostDown),
    ({"way": "json", "data": {"number": "3"}}, HostDown),
    ({"way": "json", "data": {"number": 3, "iid": 3, "sha": "x", "head": {"sha": "../.."}}}, HostDown),
    ({"way": "status", "status": 429}, HostBusy),
    ({"way": "status", "status": 503, "headers": {"Retry-After": "7"}}, HostBusy),
    ({"way": "status", "status": 403, "headers": {"Retry-After": "7"}}, HostBusy),
    ({"way": "status", "status": 403, "data": {"message": "You have exceeded a secondary rate limit."}}, HostBusy),
    ({"way": "status", "status": 401}, HostRefused),
    ({"way": "status", "status": 403}, HostRefused),
    ({"way": "status", "status": 404}, HostRefused),
    ({"way": "status", "status": 422}, HostRefused),
]


@pytest.mark.slow
@pytest.mark.parametrize(("how", "error"), FAILURES, ids=[str(how) for how, _ in FAILURES])
@pytest.mark.parametrize("kind", ["github"])
def test_every_failure_is_one_of_three(host, client, stand_in, how, error):
    stand_in.put(3, HEAD)
    stand_in.fail(**how)
    started = time.monotonic()

    with pytest.raises(error) as caught:
        host.request(client, 3)

    assert type(caught.value) is error
    assert TOKEN not in str(caught.value)
    assert time.monotonic() - started < 3
    assert how["way"] != "trickle" or "not answered within 1 seconds" in str(caught.value)


@pytest.mark.parametrize("kind", ["github"])
def test_nobody_there_is_a_host_that_is_down(host, stand_in):
    client = HostClient(stand_in.api, host.headers(TOKEN), seconds=1)
    stand_in.close()

    with pytest.raises(HostDown, match="GET /repos/acme/rockets/pulls/3 got no answer"):
        host.request(client, 3)


@pytest.mark.parametrize("kind", ["github"])
def test_a_redirect_is_not_followed(host, client, stand_in):
    other = StandIn("github")
    stand_in.fail("redirect", headers={"Location": f"{other.api}/repos/acme/rockets/pulls/3"})

    with pytest.raises(HostRefused, match="not followed"):
        host.request(client, 3)

    assert other.calls == []
    other.close()


@pytest.mark.parametrize("kind", ["github"])
def test_an_answer_without_end_is_not_read(host, client, stand_in, monkeypatch):
    monkeypatch.setattr(clients, "REPLY_BYTES", 1000)
    stand_in.fail("json", data=["x" * 5000])

    with pytest.raises(HostDown, match="more than 1,000 bytes"):
        host.request(client, 3)


WAITS = [
    (429, {"retry-after": "30"}, 30),
    (429, {}, 60),
    (429, {"retry-after": "999999"}, LONGEST_WAIT),
    (429, {"retry-after": "0"}, 1),
    (429, {"retry-after": "Sun, 29 Nov 2026 12:00:20 GMT"}, 20),
    (429, {"retry-after": "soon"}, 60),
    (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795953645"}, 45),
    (429, {"ratelimit-remaining": "0", "ratelimit-reset": "1795953645"}, 45),
    (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795950000"}, 1),
    (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "-5"}, 60),
]


@pytest.mark.parametrize(("status", "headers", "wait"), WAITS)
def test_how_long_a_host_wants_to_be_left_alone(status, headers, wait):
    with pytest.raises(HostBusy) as caught:
        judged(HostCall("GET", "/x?token=1"), HostReply(status, headers, None), now=1795953600)

    assert caught.value.wait == wait
    assert "token" not in str(caught.value)


def test_what_a_host_says_comes_along_in_one_line():
    with pytest.raises(HostRefused, match=r"^GET /x was answered with 404 \(Not \S+ Found\)$"):
        judged(HostCall("GET", "/x"), HostReply(404, {}, {"message": "Not\x1b[2J\n  Found"}))
