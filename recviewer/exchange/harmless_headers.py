"""Which HTTP headers are harmless where an SDK records those of a reply within its body."""

from __future__ import annotations

from recviewer.exchange.harmless_entry import HEADER, Harmless, HowHarmless

_HEADERS = (
    "date",
    "server-timing",
    "cf-ray",
    "cf-cache-status",
    "alt-svc",
    "age",
    "etag",
    "set-cookie",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "vary",
    "server",
    "via",
    "*-request-id",
    "request-id",
    "*-trace-id",
    "*-correlation-id",
    "*-processing-ms",
    "*ratelimit*",
    "*-invocation-latency",
    "*-upstream-latency",
    "*-proxy-latency",
    "*-service-time",
    "x-envoy-*",
    "x-kong-*",
    "x-amzn-requestid",
    "access-control-*",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
)
"""Headers of a reply, in lower case; `*` matches any text. Others count: retry-after, location, content-type, versions."""


def headers_at(holder: str) -> tuple[Harmless, ...]:
    """Return the entries for the headers of a reply that an SDK records within its body. holder: their path."""
    made = [Harmless(f"{holder}.{name}", HowHarmless.WHOLLY, HEADER) for name in _HEADERS]
    return (*made, Harmless(f"{holder}.content-disposition", HowHarmless.UNNAMED, "how a browser would show the reply"))
