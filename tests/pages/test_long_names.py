"""Names and address parameters of any length: no page grows with them, and no two names become one."""

import json
import re
from urllib.parse import quote, urlencode

import pytest

from recviewer.pages.recordings import facet_markup
from recviewer.pages.text.test_ids import LONG, stand_in
from recviewer.review.models import Decision
from tests.pages.bad_files import LISTS, pages, range_pages

BYTES = 400_000
LENGTH = 12_000
ATTRIBUTE = 60_000
FOLDER = "tests/recordings"


def long(word):
    return word + "\u200b\u202e" * (LENGTH // 2)


def recorded(answered):
    """Return a recording all of whose names are long."""
    call = {"id": long("call"), "type": "function", "function": {"name": long("tool"), "arguments": "{}"}}
    message = {"role": long("assistant"), "content": answered, "tool_calls": [call]}
    answer = {"id": long("id"), "model": long("model"), "service_tier": long("tier")}
    answer["choices"] = [{"index": 0, "finish_reason": long("stop"), "message": message}]
    tool = {"type": "function", "function": {"name": long("tool"), "description": "d", "parameters": {}}}
    body = {
        "model": long("model"),
        "messages": [{"role": long("role"), "content": "Hi"}],
        "tools": [tool],
        long("k"): 1,
    }
    request = {
        "method": long("POST"),
        "url": f"https://{'h' * 200}.example/{long('u')}",
        "headers": {long("X"): long("v")},
    }
    request |= {"endpoint": f"/v1/{long('chat')}", "model": long("model"), "body": body}
    told = {"__type__": "openai.types.chat.chat_completion.ChatCompletion", "__data__": answer}
    made = {"test_id": f"tests/test_a.py::test_{long('x')}[{long('p')}]", "request": request}
    return json.dumps(made | {"response": {"body": told, "is_streaming": False}, long("top"): long("value")}).encode()


@pytest.fixture
def named(make_recording, client, commit):
    """Recordings with long names, decided on, tagged and trashed, and a range in which they changed."""
    client.raise_request_exception = False
    for name in ("bad", "other", "gone"):
        make_recording(f"{FOLDER}/{name}.json", data=recorded(name))
    first = commit("first")
    made = {name: make_recording(f"{FOLDER}/{name}.json", data=recorded(f"{name} anew")) for name in ("bad", "other")}
    gone = make_recording(f"{FOLDER}/gone.json", data=recorded("gone too"))
    acts = [
        (made["bad"], "decide", {"verdict": "delete"}),
        (made["other"], "decide", {"verdict": "reject", "note": "n"}),
    ]
    acts += [(made["bad"], "tag", {"name": "odd"}), (made["bad"], "note", {"body": "Look."})]
    acts += [(gone, "trash", {"confirmed": "1"})]
    for one, act, more in acts:
        sent = {"key": quote(one.path, safe=""), "seen": one.blob, "next": "/", **more}
        assert client.post(f"/do/{act}", sent).status_code == 303
    commit("second")
    return first, made["bad"], made["other"]


def is_markup(answer):
    return answer.headers.get("Content-Type", "").startswith("text/html")


def too_much(client, addresses):
    """Return what is a fault, or grows with a name: markup of a page, or an attribute of it."""
    found = []
    for address in addresses:
        answer = client.get(address)
        body = answer.content.decode() if is_markup(answer) else ""
        longest = max(map(len, re.findall(r'="([^"]*)"', body)), default=0)
        if answer.status_code >= 500 or len(body) > BYTES or longest > ATTRIBUTE:
            found.append((address[:100], answer.status_code, len(body), longest))
    return found


@pytest.mark.slow
def test_no_page_grows_with_the_names_in_a_recording(client, named):
    first, bad, other = named
    spec = f"{first}...HEAD"

    assert too_much(client, [*LISTS, *pages(bad.path, bad.blob, other.path, other.blob)]) == []
    assert too_much(client, [one for one in range_pages(spec, bad.path) if "as=" not in one]) == []
    assert too_much(client, [f"/changes/{quote(spec)}?by=test", f"/changes/{quote(spec)}?class=changed"]) == []


PARAMETERS = (
    "q", "test", "model", "kind", "tag", "state", "host", "path", "in", "old", "new", "from", "at", "base", "to",
    "change", "class", "rule", "severity", "view", "mode", "open", "anchor", "who", "action", "range", "key", "item", "next",
    "page", "line", "lines", "row", "gap", "event", "sort", "needs", "verdict", "findings",
)  # fmt: skip


@pytest.mark.slow
def test_no_page_grows_with_a_parameter_of_its_address(client, named):
    first, bad, _ = named
    spec = quote(f"{first}...HEAD")
    places = ["/", "/queue/", "/bulk/", "/activity/", "/tags/", "/trash/", "/changes/", f"/changes/{spec}", "/login"]
    places += [f"/report/{spec}", f"/plan/{spec}", f"/r/{bad.path}", f"/difference/{bad.path}", "/difference/"]
    places += [f"/history/{bad.path}", "/do/trash", f"/do/churn?range={spec}", f"/do/pair?range={spec}"]
    long_ones = urlencode(dict.fromkeys(PARAMETERS, "\u202e" * 3_000))

    assert too_much(client, [f"{place}{'&' if '?' in place else '?'}{long_ones}" for place in places]) == []


@pytest.mark.slow
def test_a_long_test_is_asked_for_by_its_digest_and_no_other_is_meant(client, make_recording, commit):
    ids = [f"tests/test_a.py::test_x{'p' * LENGTH}{number}" for number in range(2)]
    for number, test in enumerate(ids):
        make_recording(f"{FOLDER}/{number}.json", test=test, asked=f"Question {number}?", answered="Before.")
    first = commit("first")
    for number, test in enumerate(ids):
        make_recording(f"{FOLDER}/{number}.json", test=test, asked=f"Question {number}?", answered=f"After {number}.")
    commit("second")

    rows = client.get(f"/changes/{first}...HEAD").context["page"].tests
    assert [row.test.whole for row in rows] == ids
    for row in rows:
        assert client.get(row.url).context["page"].change.about.test_id == row.test.whole
    for test in (ids[0], stand_in(ids[0])):
        assert client.get(f"/changes/{first}...HEAD?{urlencode({'test': test})}").context["page"].numbers.changes == 1


def test_what_looks_like_a_digest_is_not_taken_for_one():
    test = "x" * (LONG + 1)

    assert stand_in("short") == "short"
    assert stand_in(test) != test
    assert stand_in(stand_in(test)) != stand_in(test)


def test_a_facet_lists_so_many_values_and_counts_all(client, make_recording, monkeypatch):
    monkeypatch.setattr(facet_markup, "LISTED", 10)
    for number in range(15):
        make_recording(f"a{number}/recordings/one.json", answered=f"{number}")

    body = client.get("/").content.decode()

    assert "9 more</summary>" in body
    assert "and 5 more: search for them by name" in body


def test_a_plan_of_many_names_some_and_copies_none(client, make_recording, monkeypatch):
    monkeypatch.setattr("recviewer.pages.deciding.plan_page.COPIED", 50)
    made = [
        make_recording(f"{FOLDER}/{number}.json", test=f"t.py::test_{number}", id=f"{number}", asked=f"q{number}?")
        for number in range(9)
    ]
    for one in made:
        sent = {"key": quote(one.path, safe=""), "seen": one.blob, "verdict": "reject", "note": "n"}
        client.post("/do/decide", {**sent, "next": "/"})

    page = client.get("/plan/").context["page"]

    assert Decision.objects.count() == 9
    assert page.test_ids == page.recording == ""
    assert "Copy all" not in client.get("/plan/").content.decode()
