"""Webhooks: what is signed, by whom, and the one thing that is read of it."""

import hashlib
import hmac
import json

import pytest

from recviewer.hosts.deliveries import BadDelivery, NotSigned
from tests.hosts.stand_in import PROJECT

SECRET = "a-secret-of-the-hook"


def delivered(kind, data, *, secret=SECRET, event="", name="1f2e", body=None):
    """Return headers and body as a host sends them."""
    body = json.dumps(data).encode() if body is None else body
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "github": {
            "x-github-event": event or "pull_request",
            "x-github-delivery": name,
            "x-hub-signature-256": f"sha256={signature}",
        },
        "forgejo": {
            "x-forgejo-event": event or "pull_request_sync",
            "x-gitea-event": event or "pull_request_sync",
            "x-forgejo-delivery": name,
            "x-forgejo-signature": signature,
        },
        "gitlab": {
            "x-gitlab-event": event or "Merge Request Hook",
            "idempotency-key": name,
            "x-gitlab-token": secret,
        },
    }[kind], body


def payload(kind, number=3, project=PROJECT):
    """Return what a host sends about a request, as far as it is read."""
    if kind == "gitlab":
        return {
            "object_kind": "merge_request",
            "project": {"path_with_namespace": project},
            "object_attributes": {"iid": number, "id": 99},
        }
    return {"action": "synchronize", "number": number, "repository": {"full_name": project}}


def test_a_signed_delivery_names_a_request(host, kind):
    headers, body = delivered(kind, payload(kind))

    found = host.delivery(headers, body, SECRET)

    assert (found.id, found.number) == ("1f2e", 3)


def test_another_secret_is_refused(host, kind):
    headers, body = delivered(kind, payload(kind), secret="a-secret-of-somebody")

    with pytest.raises(NotSigned):
        host.delivery(headers, body, SECRET)


@pytest.mark.parametrize("given", ["", "sha256=", "sha1=00", "é", "\udcff"])
def test_what_is_no_signature_is_refused(host, kind, given):
    headers, body = delivered(kind, payload(kind))
    for name in ("x-hub-signature-256", "x-forgejo-signature", "x-gitlab-token"):
        headers[name] = given

    with pytest.raises(NotSigned):
        host.delivery(headers, body, SECRET)


@pytest.mark.parametrize("kind", ["github", "forgejo"])
def test_a_body_that_was_changed_is_refused(host, kind):
    headers, body = delivered(kind, payload(kind))

    with pytest.raises(NotSigned):
        host.delivery(headers, body + b" ", SECRET)


def test_nothing_is_read_before_the_signature(host, kind):
    headers, _ = delivered(kind, payload(kind), secret="a-secret-of-somebody")

    with pytest.raises(NotSigned):
        host.delivery(headers, b"\xff no JSON", SECRET)


@pytest.mark.parametrize("body", [b"", b"[]", b"no JSON", b"[" * 100_000, b"\xff", b'{"number": "3"'])
def test_a_signed_one_that_is_nonsense_is_told_so(host, kind, body):
    headers, body = delivered(kind, None, body=body)

    with pytest.raises(BadDelivery):
        host.delivery(headers, body, SECRET)


@pytest.mark.parametrize("number", ["3", True, 0, -1, 2**31, 1.5, None, [3], {"a": 1}])
def test_what_is_no_number_is_told_so(host, kind, number):
    headers, body = delivered(kind, payload(kind, number))

    with pytest.raises(BadDelivery):
        host.delivery(headers, body, SECRET)


def test_another_project_is_none_of_ours(host, kind):
    headers, body = delivered(kind, payload(kind, project="acme/other"))

    assert host.delivery(headers, body, SECRET).number == 0


def test_other_events_are_none_of_ours(host, kind):
    data = payload(kind) | {"object_kind": "push"}
    headers, body = delivered(kind, data, event="push")

    assert host.delivery(headers, body, SECRET).number == 0


def test_one_without_a_name_is_known_by_its_body(host, kind):
    headers, body = delivered(kind, payload(kind), name="")

    assert host.delivery(headers, body, SECRET).id == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("kind", ["forgejo"])
def test_a_bad_signature_is_not_saved_by_a_second_one(host, kind):
    headers, body = delivered(kind, payload(kind))
    headers["x-gitea-signature"] = headers["x-forgejo-signature"]
    headers["x-forgejo-signature"] = "00"

    with pytest.raises(NotSigned):
        host.delivery(headers, body, SECRET)


@pytest.mark.parametrize("kind", ["forgejo"])
@pytest.mark.parametrize("event", ["pull_request_comment", "pull_request_review_approved", "pull_request_label"])
def test_what_is_said_on_a_request_is_none_of_ours(host, kind, event):
    headers, body = delivered(kind, {"action": "created", "issue": {"number": 3}, "is_pull": True}, event=event)

    assert host.delivery(headers, body, SECRET).number == 0
