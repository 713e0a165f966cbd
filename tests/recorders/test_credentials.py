"""No credential reaches a document; what is none is as it was."""

import json

import pytest

from recviewer.recorders.credentials import in_reply, in_request, in_url
from recviewer.recorders.http_exchange import HttpExchange, document_of


@pytest.mark.parametrize(
    "url",
    [
        "https://x.test/a?key=AIzaTopSecret0123456789&alt=sse",
        "https://x.test/a?alt=sse&api_key=topsecret",
        "https://x.test/a?alt=sse&api-key=topsecret#b",
        "https://x.test/a?alt=sse&access_token=topsecret",
        "https://x.test/a?alt=sse&sig=topsecret%3D",
        "https://x.test/a?alt=sse&X-Amz-Signature=topsecret",
        "https://x.test/a?alt=sse&X-Goog-Credential=topsecret",
        "https://x.test/a?alt=sse&subscription-key=topsecret",
        "https://x.test/a?alt=sse&upload_id=topsecret",
        "https://topsecret:x@x.test/a?alt=sse",
        "wss://x.test/a?alt=sse#access_token=topsecret",
    ],
)
def test_no_credential_is_in_an_address(url):
    found = in_url(url)
    assert "secret" not in found.lower()
    assert "(credential)" in found
    assert "alt=sse" in found


@pytest.mark.parametrize(
    "url", ["https://x.test/a?key=colour", "https://x.test/a?pageToken=abc", "https://x.test/@b/c", "/a?q=key=1", ""]
)
def test_addresses_without_one_are_as_they_were(url):
    assert in_url(url) == url


def test_redacted_keys_of_addresses_are_alike():
    assert in_url("/a?key=<GEMINI_API_KEY>") == in_url("/a?key=REDACTED") == "/a?key=(credential)"


@pytest.mark.parametrize(
    "body",
    [
        "grant_type=client_credentials&client_id=app&client_secret=topsecret",
        "client_id=app&assertion=topsecret&grant_type=urn%3Aietf%3Ajwt-bearer",
        "grant_type=authorization_code&code=topsecret",
        {"grant_type": "authorization_code", "code": "topsecret", "client_secret": "topsecret"},
        {"tools": [{"type": "mcp", "server_url": "https://m.test", "authorization": "topsecret"}]},
        {"tools": [{"type": "mcp", "headers": {"Authorization": "Bearer topsecret", "X-Api-Key": "topsecret"}}]},
        {"sent": [{"after": 0, "data": {"session": {"tools": [{"type": "mcp", "authorization": "topsecret"}]}}}]},
        {"mcp_servers": [{"url": "https://m.test", "authorization_token": "topsecret"}]},
    ],
)
def test_no_credential_is_in_what_was_sent(body):
    found = json.dumps(in_request(body))
    assert "topsecret" not in found
    assert "(credential)" in found


@pytest.mark.parametrize(
    "body",
    [
        "assertion=this holds&topic=grammar",
        {"messages": [{"role": "user", "content": "x", "authorization": "said"}], "model": "m"},
        {"input": [{"type": "function_call", "arguments": '{"password": "p"}'}]},
        {"tools": [{"name": "login", "input_schema": {"properties": {"password": {"type": "string"}}}}]},
        {"tools": [{"name": "login", "parameters": {"authorization": "x"}}]},
        ["topsecret"],
        None,
    ],
)
def test_what_was_said_is_as_it_was(body):
    assert in_request(body) == body


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": "topsecret", "token_type": "Bearer", "refresh_token": "topsecret"},
        {"value": "ek_topsecret", "expires_at": 1},
        {"client_secret": {"value": "topsecret", "expires_at": 1}},
        {"session": {"client_secret": {"value": "topsecret"}}},
        [{"type": "session.created", "session": {"client_secret": {"value": "topsecret"}}}],
    ],
)
def test_no_credential_is_in_what_came_back(body):
    assert "topsecret" not in json.dumps(in_reply(body))


def test_the_name_of_a_part_stays_when_a_key_is_another():
    one = HttpExchange("POST", "https://x.test/a?key=AIzaTopSecret0123456789")
    other = HttpExchange("POST", "https://x.test/a?key=<KEY>")
    assert one.asked == other.asked


def test_nothing_sent_is_told_from_an_empty_object():
    assert document_of(HttpExchange("POST", "/a")) != document_of(HttpExchange("POST", "/a", {}, "{}"))


@pytest.mark.parametrize(
    "body",
    [
        {"accessToken": "topsecret", "tokenType": "Bearer", "expiresIn": 9},
        {"clientId": "app", "clientSecret": "topsecret"},
        {"roleCredentials": {"accessKeyId": "topsecret", "secretAccessKey": "topsecret", "sessionToken": "topsecret"}},
        {"Credentials": {"AccessKeyId": "topsecret", "SecretAccessKey": "topsecret", "SessionToken": "topsecret"}},
    ],
)
def test_no_key_that_a_cloud_gave_out_is_in_a_reply(body):
    found = json.dumps(in_reply(body))
    assert "topsecret" not in found
    assert "(credential)" in found


def test_credentials_of_another_kind_are_as_they_were():
    body = {"credentials": {"expiration": 9}, "Credentials": "none"}
    assert in_reply(body) == body
