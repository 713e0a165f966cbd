"""Headers: what says something counts, what is new each time or says nothing does not."""

import pytest

from recviewer.recorders.headers import counted


@pytest.mark.parametrize(
    "name",
    [
        "content-type",
        "retry-after",
        "retry-after-ms",
        "next-retry-time",
        "x-next-page-token",
        "location",
        "anthropic-version",
        "anthropic-beta",
        "openai-beta",
        "openai-version",
        "openai-model",
        "x-should-retry",
        "x-max-retry-attempts-reached",
        "prefer",
        "accept",
        "accept-language",
        "www-authenticate",
        "x-amz-target",
        "x-amzn-errortype",
        "x-amzn-bedrock-guardrailidentifier",
        "x-amzn-bedrock-performanceconfig-latency",
        "x-goog-request-params",
        "x-goog-upload-command",
        "x-ms-error-code",
        "x-ms-served-model",
        "x-inference-provider",
        "cf-aig-cache-ttl",
        "cf-mitigated",
        "x-vercel-error",
        "sec-websocket-protocol",
        "x-audio-duration",
        "x-api-warning",
        "x-upstream-model",
        "x-upstream-status",
        "x-expiration-time",
        "x-content-type",
        "azureai-model",
        "x-a-new-one",
    ],
)
def test_what_says_something_counts(name):
    assert counted({name.title(): ["one"]}) == {name: "one"}


@pytest.mark.parametrize(
    "name",
    [
        "Date",
        "x-request-id",
        "apim-request-id",
        "x-ms-client-request-id",
        "X-Amzn-RequestId",
        "x-amz-cf-id",
        "amz-sdk-invocation-id",
        "x-generation-id",
        "serpapi-search-id",
        "cf-ray",
        "openai-processing-ms",
        "x-envoy-upstream-service-time",
        "x-amzn-bedrock-invocation-latency",
        "x-ratelimit-remaining-tokens",
        "x-trial-endpoint-call-remaining",
        "num_tokens",
        "x-time-per-token",
        "user-agent",
        "x-stainless-os",
        "openai-organization",
        "cookie",
        "set-cookie",
        "accept-encoding",
    ],
)
def test_what_is_new_each_time_or_says_nothing_does_not(name):
    assert counted({name: ["one"]}) == {}


@pytest.mark.parametrize(
    "name",
    [
        *("Cache-Control", "x-service-tier", "x-cache-status", "x-amzn-bedrock-invocation-latency"),
        *("accept-charset", "x-ms-region", "max-response-time", "etag", "fly-prefer-region"),
    ],
)
def test_what_a_request_wants_counts_where_a_reply_only_tells_how_it_came(name):
    assert counted({name: ["one"]}, is_request=True) == {name.lower(): "one"}
    assert counted({name: ["one"]}) == {}


def test_a_client_that_accepts_anything_says_nothing_by_it():
    assert counted({"Accept": ["*/*"]}) == {}
    assert counted({"Accept": ["text/event-stream"]}) == {"accept": "text/event-stream"}


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "cf-aig-authorization",
        "x-api-key",
        "Ocp-Apim-Subscription-Key",
        "x-functions-key",
        "X-Amz-Security-Token",
        "x-goog-iam-authorization-token",
        "x-subscription-token",
        "x-webhook-secret",
        "x-hub-signature-256",
    ],
)
def test_of_credentials_it_is_told_that_there_is_one(name):
    assert counted({name: ["topsecret"]}) == {"credentials": True}
    assert counted({name: ["topsecret"]}, is_request=True) == {"credentials": name.lower()}


def test_a_request_tells_which_credentials_it_sends_but_for_those_of_a_session():
    sent = {"Authorization": "AWS4-HMAC-SHA256 x", "x-amz-security-token": "topsecret"}

    assert (
        counted(sent, is_request=True)
        == counted({"authorization": "y"}, is_request=True)
        == {"credentials": "authorization"}
    )
    assert counted({"x-api-key": "y"}, is_request=True) == {"credentials": "x-api-key"}
    assert counted({"x-api-key": [""]}, is_request=True) == {"credentials": "x-api-key (empty)"}


def test_a_header_that_comes_twice_in_two_spellings_has_both_values():
    assert counted({"Anthropic-Beta": ["a"], "anthropic-beta": "b"}) == {"anthropic-beta": "a, b"}


def test_no_credential_is_in_an_address_that_a_header_names():
    assert counted({"location": "https://x.test/?sig=topsecret&a=1"}) == {
        "location": "https://x.test/?sig=(credential)&a=1"
    }


def test_a_disposition_counts_by_the_name_that_it_gives_a_file():
    def named(value):
        return counted({"Content-Disposition": [value]})

    assert named("attachment") == {}
    assert named('attachment; filename="wages.csv"') != named('attachment; filename="names.csv"')
    assert named('attachment; filename="batch_6a7a261ffa188190ac63_output.jsonl"') == named(
        'attachment; filename="batch_6a85c08a63188190982c56b4_output.jsonl"'
    )
