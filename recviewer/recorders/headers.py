"""Which HTTP headers count: all except those without meaning and those that differ at each recording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from recviewer.exchange.model import Json
from recviewer.exchange.shape import names_file
from recviewer.recorders import credentials

PASSED = re.compile(
    # when and how this message was transported
    r"date|age|source-age|etag|expires|last-modified|server|server-timing|via|alt-svc|nel|report-to|reporting-endpoints|vary"
    r"|pragma|connection|keep-alive|transfer-encoding|content-length|content-encoding|host|cache-control"
    r"|te|upgrade|priority|traceparent|tracestate|traceresponse|baggage|sentry-trace|x-cloud-trace-context|request-context"
    r"|cf-(?:ray|cache-status|connecting-ip|ipcountry|visitor|placement|worker)|cdn-loop|x-b3-.*|x-forwarded-.*|x-real-ip"
    r"|x-client-ip|x-envoy-.*|x-kong-.*|x-cache(?:-(?:hits?|status|lookup|remote|info))?|x-proxy-cache|x-origin-cache|x-served-by|x-timer|x-hostname|x-accel-.*|x-guploader-uploadid"
    r"|x-amz-(?:date|content-sha256|cf-.*|id-2|request-id|user-agent|apigw-id)|x-amzn-(?:requestid|trace-id)|amz-sdk-.*"
    r"|fly-.*|x-render-.*|x-vercel-(?:id|cache|execution-region)|x-azure-ref|x-github-.*-region|cookie2?|set-cookie2?"
    # ids generated for each message
    r"|.*request-?id|.*trace-?id|.*correlation-?id|.*invocation-?id|.*generation-id|.*search-id|inference-id|idempotency-key"
    r"|x-ms-(?:client-.*|date|request-.*|region|ests-server|middleware-.*|activity-id|operation-id)|sec-websocket-(?:key|accept)"
    # durations, and remaining quotas
    r"|.*processing-ms|(?!.*performanceconfig).*-latency|(?!.*(?:retry|expir|schedul|dead)).*-time|x-runtime|.*response-duration|x-metrics-.*-ms"
    r"|x-time-per-token|x-api-(?:received|call-start|call-end)|x-ratelimit-.*|ratelimit.*|anthropic-ratelimit-.*"
    r"|.*-call-(?:remaining|limit)|x-amzn-bedrock-.*-token-count|num[-_](?:tokens|chars)|x-compute-characters|.*price-estimate"
    # client, server, and account
    r"|.*user-agent|x-stainless-.*|x-fern-.*|x-goog-api-client|x-goog-hash|.*-sdk-version|x-crewai-version|x-powered-by"
    r"|openai-organization|openai-project|.*organization-id|.*workspace-id|dg-project-id|x-groq-region|x-ms-region|x-ppl-region"
    r"|azureml-(?:model-session|served-by-.*)|azureai-(?:fe|requested|processed)-.*|.*service-tier|x-inference-(?:version|id)|x-xai-model-address|x-ms-is-spilled-over|x-build-.*|x-openai-proxy-wasm"
    r"|x-goog-upload-(?:url|control-url|header-x-google-.*|header-vary|header-content-length|chunk-granularity)"
    # instructions for browsers, or about them
    r"|strict-transport-security|access-control-.*|x-content-type-options|x-frame-options|x-xss-protection|referrer-policy"
    r"|content-security-policy.*|permissions-policy|cross-origin-.*|x-permitted-cross-domain-policies|x-download-options"
    r"|x-dns-prefetch-control|origin-agent-cluster|expect-ct|timing-allow-origin|x-robots-tag|sec-fetch-.*|sec-ch-.*"
    r"|accept-(?:encoding|ranges|charset)|upgrade-insecure-requests|x-debug-.*-id",
    re.IGNORECASE,
)
"""Headers that are left out of replies. Others count: types, locations, versions, accepted types, retry times."""

SENT = re.compile(
    # when and how this message was transported
    r"date|host|via|connection|keep-alive|transfer-encoding|content-length|te|upgrade|priority|accept-encoding|cookie2?|x-time"
    r"|traceparent|tracestate|baggage|sentry-trace|x-cloud-trace-context|x-b3-.*|cdn-loop|x-forwarded-.*|x-real-ip|x-client-ip"
    r"|cf-(?:ray|connecting-ip|ipcountry|visitor|worker)|x-amz-(?:date|content-sha256|user-agent)|amz-sdk-.*"
    # ids generated for each message
    r"|.*request-?id|.*trace-?id|.*correlation-?id|.*invocation-?id|idempotency-key"
    r"|x-ms-(?:client-.*|date|request-.*)|sec-websocket-(?:key|accept)"
    # client and account
    r"|.*user-agent|x-stainless-.*|x-fern-.*|x-goog-api-client|.*-sdk-version|x-crewai-version|openai-organization|openai-project"
    r"|.*organization-id|.*workspace-id|dg-project-id|x-goog-upload-header-content-length"
    # of browsers
    r"|sec-fetch-.*|sec-ch-.*|upgrade-insecure-requests|access-control-request-.*|.*referrer-policy",
    re.IGNORECASE,
)
"""Headers that are left out of requests. All others count: there they ask for something."""

_MEANINGLESS = frozenset({("accept", "*/*"), ("x-content-type", "nosniff")})
"""Headers that say nothing by this value: the client accepts everything; a browser shall take a type as it is."""


_MADE_NAME = re.compile(r"(?:(?:msg)?batch_|file[-_])(?=[A-Za-z]*\d)[0-9A-Za-z]{16,}")
"""Generated parts in the names of downloaded files: the ids of batches and files."""

_OF_A_SESSION = frozenset({"x-amz-security-token", "x-csrf-token", "x-xsrf-token"})
"""Session credentials that accompany others; they do not affect what is requested."""


@lru_cache(maxsize=2048)
def _kind_of(name: str, passed: re.Pattern[str]) -> tuple[str, bool, bool]:
    """Return a header's name in lower case, whether it is left out, and whether its value is a credential."""
    name = name.strip().lower()
    return name, passed.fullmatch(name) is not None, credentials.HEADERS.fullmatch(name) is not None


def counted(headers: Mapping[str, Json], *, is_request: bool = False) -> dict[str, Json]:
    """Return the headers that count, by lower-case name; of credentials in a request their names, in a reply only that
    there are some.
    """
    made: dict[str, Json] = {}
    signing: set[str] = set()
    for name, value in headers.items():
        name, is_passed, is_credential = _kind_of(name, SENT if is_request else PASSED)
        if is_passed:
            continue
        text = ", ".join(map(text_of, value if isinstance(value, list) else [value]))
        if is_credential:
            signing.add(name if value and text.strip() else f"{name} (empty)")
            continue
        if name == "content-disposition":
            if not names_file(text):
                continue
            text = _MADE_NAME.sub("#", text)
        if (name, text) not in _MEANINGLESS:
            told = credentials.in_url(text)
            made[name] = f"{made[name]}, {told}" if made.get(name, told) != told else told
    if signing:
        made["credentials"] = ", ".join(sorted(signing - _OF_A_SESSION or signing)) if is_request else True
    return dict(sorted(made.items()))


_MARK = re.compile(
    r"\W*(?:[A-Z0-9]+[-_ ])*(?:XXX+|REDACTED(?:_\d+)?|Redacted|redacted|Sanitized|SANITIZED|sanitized|scrubbed|SCRUBBED"
    r"|FILTERED|filtered)\W*"
    r"|(?:Bearer |Basic )?<[A-Z][A-Z0-9_ -]*>|\*{3,}"
)
"""Placeholders that recorders and test filters write instead of confidential values."""


def marked_in(headers: Mapping[str, Json]) -> list[str]:
    """Return the names of headers with a placeholder as their value."""
    texts = ((name, value[0] if isinstance(value, list) and value else value) for name, value in headers.items())
    return [name for name, value in texts if value and _MARK.fullmatch(text_of(value))]


_PRIVATE = re.compile(r"(?:set-)?cookie2?|.*(?:key|token|secret|signature).*", re.IGNORECASE)


def passed_over(headers: Mapping[str, Json]) -> dict[str, Json]:
    """Return the headers of a request that do not count, without cookies and credentials: recorders may match on them."""
    made = {name.strip().lower(): value for name, value in headers.items()}
    return {
        name: ", ".join(map(text_of, value if isinstance(value, list) else [value]))
        for name, value in sorted(made.items())
        if SENT.fullmatch(name) and not _PRIVATE.fullmatch(name) and not credentials.HEADERS.fullmatch(name)
    }


def text_of(value: object) -> str:
    """Return a header's value as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
