"""Recorded failures: client exceptions, HTTP replies with an error body, and errors inside successful replies.

Source of the last: OpenRouter, "Handling errors during streaming" (`error` beside `choices`, `choices[].error`,
`finish_reason: error`); Ollama API (`{"error": ...}` as a line); vLLM (`object: error`); the Anthropic and OpenAI
Responses streams (an event `error`).
"""

from __future__ import annotations

from collections.abc import Iterable

from recviewer.exchange.model import Failure, Json, Problem
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw, unwrap


def exception_of(raw: Raw, problems: list[Problem]) -> Failure:
    """Read `exception_data`; if it is missing, only `exception_message` is known."""
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
        code=_text(code),
    )


def http_error_of(raw: Raw) -> Failure | None:
    """Return the failure that an HTTP reply reports, None if it reports none.

    A failure is a status of 400 or more, or an untyped body with `error` as its only content, also as the only element
    of a stream.
    """
    if raw.status is not None and raw.status >= 400:
        told = raw.first if isinstance(raw.reply, list) and raw.first else unwrap(raw.reply)
        return failure_of(raw.recorded if isinstance(told, list) else told, raw.status)
    if raw.type_name or not raw.heads:
        return None
    elements = raw.reply if isinstance(raw.reply, list) else [raw.reply]
    bodies = [element for element in elements if isinstance(element, dict)]
    if all(_is_error_body(body) for body in bodies):
        return failure_of(bodies[0], raw.status)
    return None


def error_in(element: Json, event: str = "") -> Failure | None:
    """Return the failure that a reply or a stream element reports beside its other content; None if it reports none.

    event: the name of the server-sent event, "" if it has none.
    """
    if not isinstance(element, dict):
        return failure_of(element, None) if event == "error" else None
    if element.get("error") or event == "error" or "error" in (element.get("type"), element.get("object")):
        return failure_of(element, None)
    return None


def first_error(elements: Iterable[Json]) -> Failure | None:
    """Return the first failure that elements of a stream report, None if there is none."""
    return next((found for found in map(error_in, map(unwrap, elements)) if found is not None), None)


def failure_of(body: Json, status: int | None) -> Failure:
    """Return the failure described by an error body, or by an error event of a stream."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        code = _text(error.get("code"))
        named = error.get("type") or (error["status"] if isinstance(error.get("status"), str) else "")
        return Failure(_text(named) or code, status, _text(error.get("message")), code=code)
    if isinstance(error, str):
        return Failure(_text(body.get("error_type")), status, error)
    if isinstance(body, dict):
        message = body.get("message", body.get("detail"))
        kind, code = _text(body.get("type")), _text(body.get("code"))
        return Failure(code or kind if kind == "error" else kind or code, status, _text(message))
    return Failure("", status, _text(body))


_BESIDE = frozenset({"error", "type", "request_id", "object", "error_type", "code", "status", "user_id"})
"""Keys that an error body may have besides `error`."""


def _is_error_body(body: dict[str, Json]) -> bool:
    if body.get("object") == "error":
        return True
    return bool(body.get("error")) and (body.get("type") == "error" or set(body) <= _BESIDE)


def _text(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return float.__repr__(value)  # the same in both modes, one of which keeps the source text
    return value if isinstance(value, str) else str(value)
