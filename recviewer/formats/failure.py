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
    if isinstance(error, dict):
        kind = error.get("type")
        code = error.get("code")
        message = error.get("message")
        return Failure(
            type=_text(kind) or _text(code),
            status=raw.status,
            message=message if isinstance(message, str) else _text(message),
            code=_text(code),
        )
    if isinstance(error, str):
        return Failure("", raw.status, error)
    if isinstance(body, dict):
        message = body.get("message", body.get("detail"))
        return Failure(_text(body.get("type")) or _text(body.get("code")), raw.status, _text(message))
    return Failure("", raw.status, _text(body))


def _is_error_body(body: dict[str, Json]) -> bool:
    return body.get("type") == "error" or set(body) <= {"error", "type", "request_id", "object"}


def _text(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)
