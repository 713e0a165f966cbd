"""What counts of a recording besides what its reader took as meaning: everything that is not known to be harmless."""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from recviewer.exchange.model import Failure, Json, Kind, Left, Reply
from recviewer.exchange.shape import Elements, Shape, without_ids
from recviewer.formats.contract import AddsElements, Format
from recviewer.formats.raw import Raw, unwrap

_TOP = frozenset({"test_id", "request", "response", "id_normalization_mapping"})
_WRAPPER = frozenset({"__type__", "__data__"})
_ASKED: dict[str, frozenset[str]] = {
    "http": frozenset({"payload"}),
    "inference": frozenset({"body"}),
    "tool": frozenset({"tool_name", "kwargs"}),
}
"""By kind of request, the keys that `Request.body` holds. Of a file processor's request it holds all."""

_ELSEWHERE = frozenset({"test_id", "url", "model", "provider_metadata"})
_FAILED = frozenset({"type", "status_code", "message", "body"})


def rest_of(raw: Raw, chosen: Format, reply: Reply | None, error: Failure | None, left: list[Left]) -> dict[str, Json]:
    """Return what counts besides, by where it stands: keys of the file, `request`, `response`, `types`, `body`.

    reply: None where no format read the body. left: gets what was not understood, with paths below the body.
    Not in it: where the recording stands (`place_of`), what the neutral model has, and what is harmless.
    """
    made: dict[str, Json] = {key: value for key, value in raw.document.items() if key not in _TOP}
    asked = _request(raw)
    if asked:
        made["request"] = asked
    answered = _response(raw, error)
    if answered:
        made["response"] = answered
    if reply is None:
        if raw.reply is not None:
            made["body"] = _failed_body(raw.reply)
    elif chosen.kind is not Kind.UNKNOWN:
        made |= _body(raw, chosen, reply, left)
    return made


def place_of(raw: Raw) -> dict[str, Json]:
    """Return where the recording stands, which may move without anything being said otherwise: test, host, provider."""
    made: dict[str, Json] = {}
    for holder, name in ((raw.document, "test_id"), (raw.request, "request.test_id")):
        if holder.get("test_id") is not None:
            made[name] = holder["test_id"]
    host = _split(raw.url)[0]
    if host:
        made["host"] = host
    metadata = raw.request.get("provider_metadata")
    if isinstance(metadata, dict):
        made |= {f"provider_metadata.{key}": item for key, item in metadata.items() if not _is_version(key)}
    elif metadata is not None:
        made["provider_metadata"] = metadata
    return made


def _is_version(key: str) -> bool:
    return key.endswith(("_version", "_build", "_build_date"))


def _split(url: str) -> tuple[str, str]:
    """Return scheme and host of a URL, and all that follows; a URL that is none is all path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", url
    host = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return host, urlunsplit(("", "", *parts[2:])) if host else url


def _request(raw: Raw) -> dict[str, Json]:
    asked = raw.request
    if raw.request_kind == "file_processor":
        return {}
    taken = _ASKED.get(raw.request_kind, frozenset())
    held = frozenset(key for key in taken if raw.request_kind == "tool" or isinstance(asked.get(key), dict))
    made = {key: value for key, value in asked.items() if key not in held and key not in _ELSEWHERE}
    if "headers" in made and made["headers"] == {}:
        del made["headers"]
    if "url" in asked:
        made["url"] = _split(raw.url)[1] if raw.url else asked["url"]
    if "model" in asked and asked["model"] != (raw.body.get("model") or ""):
        made["model"] = asked["model"]
    return made


def _response(raw: Raw, error: Failure | None) -> dict[str, Json]:
    made: dict[str, Json] = {}
    for key, value in raw.response.items():
        if key == "body" or (key == "exception_message" and error is not None and value == error.message):
            continue
        if key == "exception_data" and isinstance(value, dict):
            value = {name: item for name, item in value.items() if name not in _FAILED} | (
                {"body": _failed_body(value["body"])} if "body" in value else {}
            )
        made[key] = without_ids(value) if key.startswith("exception") else value
    return made


def _failed_body(body: Json) -> Json:
    """Return what counts of an error's body besides its type and message, which the neutral model has."""
    body = without_ids(body)
    if not isinstance(body, dict):
        return body
    wrapped = body.get("error")
    if isinstance(wrapped, dict):
        return {**body, "error": _without_words(wrapped)}
    return _without_words(body) if wrapped is None else body


def _without_words(error: dict[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in error.items() if not (key in ("message", "type") and isinstance(value, str))}


def _body(raw: Raw, chosen: Format, reply: Reply, left: list[Left]) -> dict[str, Json]:
    shape = getattr(chosen, "shape", None) or Shape(chosen.name, known=("*",))
    if reply.chunks:
        return {"chunks": _streamed(raw, chosen, shape, left)}
    body = raw.reply
    if isinstance(body, list):
        kept = [shape.rest([unwrap(item)], left)[0] for item in body]
        return _types(body) | {"body": _named(body, kept) if chosen.kind is Kind.MODELS else kept}
    found = shape.rest(unwrap(body), left)
    if chosen.kind is Kind.MODELS and isinstance(found, dict):
        listed = unwrap(body)
        for key, value in found.items():
            if isinstance(value, list) and isinstance(listed[key], list):
                found[key] = _named(listed[key], value)
    return _types([body]) | {"body": found}


def _types(items: list[Json]) -> dict[str, Json]:
    """Return the names of the types around the values, each once, and what else stands beside one."""
    with suppress(TypeError, KeyError, ValueError):  # nearly all: each wrapped, and by one type
        found = {item["__type__"] for item in items if "__data__" in item}
        if len(found) == 1 and sum(map(len, items)) == 2 * len(items) and all("__data__" in item for item in items):
            return {"__type__": list(found)}
    names: list[Json] = []
    beside: list[Json] = []
    for item in items:
        is_wrapped = type(item) is dict and "__data__" in item
        name = item.get("__type__") if is_wrapped else None
        if name not in names:
            names.append(name)
        if is_wrapped and len(item) > 2:
            beside.append({key: value for key, value in item.items() if key not in _WRAPPER})
    made: dict[str, Json] = {} if names == [None] or not names else {"__type__": names}
    return made | ({"beside __data__": beside} if beside else {})


def _named(items: list[Json], kept: list[Json]) -> dict[str, Json]:
    """Name the rows of a list whose order says nothing; rows of one name are told apart by what is left of them."""
    made: dict[str, list[Json]] = {}
    for item, rest in zip(items, kept, strict=True):
        row: Any = unwrap(item)
        name = next((row[key] for key in ("id", "model", "name") if key in row), "") if isinstance(row, dict) else ""
        made.setdefault(str(name), []).append(rest)
    return {name: rows[0] if len(rows) == 1 else sorted(rows, key=repr) for name, rows in made.items()}


def _streamed(raw: Raw, chosen: Format, shape: Shape, left: list[Left]) -> dict[str, Json]:
    made = Elements()
    if isinstance(chosen, AddsElements) and isinstance(raw.reply, list):
        chosen.add_elements(raw.reply, made, left)
        names = [name for name, _ in groupby(event.name for event in raw.sse_events)]
        return made.build() | _types(raw.reply) | ({"event": names} if any(names) else {})
    for chunk in chosen.chunks(raw):
        shape.add_element(chunk.element, made, left, event=chunk.event)
    return made.build() | (_types(raw.reply) if isinstance(raw.reply, list) else {})
