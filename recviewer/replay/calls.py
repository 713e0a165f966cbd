"""The parts of a recording's request that determine its name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlparse

from recviewer.exchange.model import Json
from recviewer.replay.rule import CallKind


@dataclass(slots=True)
class HashedCall:
    """The hashed parts of a request.

    part: the key that `body` is under. fields: the others, except the test id. path, host: of the URL, "" if no rule
    uses them. endpoint: as recorded, "" if there is none. response: as recorded, for lists of models.
    """

    kind: CallKind
    part: str
    body: Json
    fields: dict[str, Json]
    test_id: Json
    path: str = ""
    host: str = ""
    endpoint: str = ""
    response: Json = None


def call_of(document: Json) -> HashedCall | None:
    """Extract the hashed parts from a decoded recording; None if they are incomplete. Never raises.

    The kinds are recognized by their keys: `tool_name` for tool invocations, `file_id` for file processors, `payload`
    for HTTP requests, `body` for inference. A missing test id counts as null.
    """
    request = document.get("request") if isinstance(document, dict) else None
    if not isinstance(request, dict):
        return None
    test_id = document.get("test_id")
    if "tool_name" in request:
        return _tool_call(request, test_id)
    if "file_id" in request:
        return HashedCall(CallKind.FILE_PROCESSOR, "", None, {}, test_id)
    return _sent_call(request, test_id, document.get("response"))


def _tool_call(request: dict[str, Json], test_id: Json) -> HashedCall | None:
    if "kwargs" not in request or "provider" not in request:
        return None
    fields = {"provider": request["provider"], "tool_name": request["tool_name"]}
    return HashedCall(CallKind.TOOL, "kwargs", request["kwargs"], fields, test_id)


def _sent_call(request: dict[str, Json], test_id: Json, response: Json) -> HashedCall | None:
    method, url, endpoint = request.get("method"), request.get("url"), request.get("endpoint")
    if not isinstance(method, str) or not isinstance(url, str):
        return None
    if "payload" in request:
        return HashedCall(CallKind.HTTP, "payload", request["payload"], {"method": method.upper(), "url": url}, test_id)
    place = _place(url)
    if "body" not in request or place is None:
        return None
    path, host = place
    fields = {"endpoint": path, "method": method.upper()}
    known = endpoint if isinstance(endpoint, str) else ""
    return HashedCall(CallKind.INFERENCE, "body", request["body"], fields, test_id, path, host, known, response)


@lru_cache(maxsize=256)
def _place(url: str) -> tuple[str, str] | None:
    """The path and the host of a URL; None if it is invalid."""
    try:
        parsed = urlparse(url)
    except ValueError:
        return None
    return parsed.path, parsed.netloc


def models_digest(call: HashedCall) -> str:
    """The digest of the models in a response; "" if it is not a list of models.

    The first eight digits of sha256 over the sorted distinct ids joined by `|`. Recorder since 2025-09-03.
    """
    models = models_of(call)
    if models is None:
        return ""
    return hashlib.sha256("|".join(sorted(models)).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def models_of(call: HashedCall) -> dict[str, Json] | None:
    """The models in a response by id, the last of each; None if it is not a list of models.

    Keyed by each model's id or, in Ollama's /api/tags, its model name.
    """
    body = _data(_member(call.response, "body"))
    models = body.get("models") if isinstance(body, dict) else body
    if not isinstance(models, list):
        return None
    key = "model" if call.endpoint == "/api/tags" else "id"
    found = {}
    for model in map(_data, models):
        one = model.get(key) if isinstance(model, dict) else None
        if not isinstance(one, str):
            return None
        found[one] = model
    return found


def _data(value: Json) -> Json:
    """The content of a typed value (`{"__type__": …, "__data__": …}`), or the value itself."""
    return value["__data__"] if isinstance(value, dict) and "__data__" in value else value


def _member(value: Json, key: str) -> Json:
    return value.get(key) if isinstance(value, dict) else None
