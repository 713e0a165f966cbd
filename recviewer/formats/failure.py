"""Recorded failures, in the two shapes they come in: exceptions of the client, and HTTP replies with an error body."""

from __future__ import annotations

from recviewer.exchange.model import Failure, Json, Problem
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw, unwrap


def exception_of(raw: Raw, problems: list[Problem]) -> Failure:
    """Read `exception_data`; where it is missing, `exception_message` is all there is."""
    response = Lookup(raw.response, "response", problems)
    data = response.object("exception_data")
    body = data.data.get("body")
    code = body.get("code") if isinstance(body, dict) else None
    return Failure(
        type=data.text("type"),
        status=data.integer("status_code"),
        message=data.text("message") or response.text("exception_message"),
        category=data.text("category"),
        provider=data.text("provider"),
        code="" if code is None else str(code),
    )


def http_error_of(raw: Raw) -> Failure | None:
    """Return the failure that an HTTP reply reports, None where it reports none.

    A failure is a status of 400 or more, or an untyped body whose only word is `error`.
    """
    body = unwrap(raw.reply)
    error = body.get("error") if isinstance(body, dict) else None
    failed = raw.status is not None and raw.status >= 400
    if not failed and not (error and not raw.type_name and _is_error_body(body)):
        return None
    return failure_of(body, raw.status)


def failure_of(body: Json, status: int | None) -> Failure:
    """Return the failure that an error body, or an error event of a stream, tells of."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        code = _text(error.get("code"))
        return Failure(_text(error.get("type")) or code, status, _text(error.get("message")), code=code)
    if isinstance(error, str):
        return Failure("", status, error)
    if isinstance(body, dict):
        message = body.get("message", body.get("detail"))
        return Failure(_text(body.get("type")) or _text(body.get("code")), status, _text(message))
    return Failure("", status, _text(body))


def _is_error_body(body: dict[str, Json]) -> bool:
    return body.get("type") == "error" or set(body) <= {"error", "type", "request_id", "object"}


def _text(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)
