import json
import logging
import sys

import pytest
from django.test import Client

from recviewer.serving.request_log import REQUEST_ID, JsonLines, NamesOfPages, WithoutSecrets


def line_of(message, *arguments, **more):
    record = logging.LogRecord("x", logging.INFO, "f", 1, message, arguments, more.get("exc_info"))
    if "told" in more:
        record.told = more["told"]
    return JsonLines().format(record)


def test_each_answer_has_an_id_and_no_two_are_alike(client, db):
    found = {client.get("/healthz")["X-Request-Id"] for _ in range(3)}

    assert len(found) == 3
    assert REQUEST_ID.get() == ""


def test_the_id_of_the_proxy_is_kept_where_there_is_one(client, db, settings):
    given = {"X-Request-Id": "abcdef-0123456789"}
    assert client.get("/healthz", headers=given)["X-Request-Id"] != given["X-Request-Id"]

    settings.BEHIND_PROXY = True
    assert client.get("/healthz", headers=given)["X-Request-Id"] == given["X-Request-Id"]


@pytest.mark.slow
@pytest.mark.parametrize("given", ["short", "x" * 65, "with space here", "<script>alert</script>"])
def test_what_is_no_id_is_not_taken_over(client, db, settings, given):
    settings.BEHIND_PROXY = True

    assert client.get("/healthz", headers={"X-Request-Id": given})["X-Request-Id"] != given


def test_the_log_tells_what_came_of_a_request_and_not_what_it_was_about(client, make_recording, caplog):
    recording = make_recording("tests/recordings/secret-name.json", asked="What is the password?")
    with caplog.at_level(logging.INFO, "recviewer.request"):
        client.get(f"/r/{recording.path}?q=password")

    record = next(one for one in caplog.records if one.name == "recviewer.request")
    assert record.told["view"] == "recording:show"
    assert record.told["status"] == 200
    assert "secret" not in JsonLines().format(record)
    assert "password" not in JsonLines().format(record)


@pytest.mark.parametrize(("method", "name"), [("get", "django.request"), ("post", "django.security.csrf")])
@pytest.mark.parametrize("address", ["/r/secret-name.json", "/no/secret-name"])
def test_what_django_logs_of_a_request_names_its_page_and_no_path(root, db, caplog, method, name, address):
    client = Client(enforce_csrf_checks=True)
    client.raise_request_exception = False
    with caplog.at_level(logging.WARNING, name):
        answer = getattr(client, method)(address)

    records = [one for one in caplog.records if one.name.startswith("django.") and hasattr(one, "request")]
    assert [one for one in records if "secret-name" in one.getMessage()] == records != []
    for record in records:
        assert NamesOfPages().filter(record)
        told = json.loads(JsonLines().format(record))
        assert "secret-name" not in json.dumps(told)
        assert told["message"].endswith("recording:show" if address.startswith("/r/") else "no page")
        assert told["request"] == answer["X-Request-Id"]


def test_what_is_said_of_no_request_stays_as_it_is():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "%s at %s", ("one", "/r/a"), None)

    assert NamesOfPages().filter(record)
    assert record.getMessage() == "one at /r/a"


def test_a_line_is_one_json_object_that_steers_no_terminal():
    REQUEST_ID.set("abc")
    text = line_of("a\n\x1b[2J%s\u202e", "b", told={"status": 200})
    REQUEST_ID.set("")

    assert "\n" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    told = json.loads(text)
    assert told["message"] == "a\n\x1b[2Jb\u202e"
    assert (told["request"], told["status"]) == ("abc", 200)


def test_an_error_brings_its_traceback():
    try:
        raise ValueError("why")
    except ValueError:
        told = json.loads(line_of("it broke", exc_info=sys.exc_info()))

    assert "ValueError: why" in told["traceback"]


def test_a_secret_in_a_url_is_masked_in_the_log():
    secret = "sk-proj-" + "a1B2c3D4e5F6" * 4
    record = logging.LogRecord("django.request", logging.WARNING, "f", 1, "Not Found: %s", (f"/no/{secret}",), None)
    odd = logging.LogRecord("x", logging.WARNING, "f", 1, "one %s", ("two", "three"), None)

    assert [WithoutSecrets().filter(one) for one in (record, odd)] == [True, True]
    assert record.getMessage().startswith("Not Found: /no/sk-")
    assert secret[12:24] not in record.getMessage()
    assert odd.args == ("two", "three")
