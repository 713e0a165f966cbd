"""How the recorder names a file: a hash over the parts of a request that decide which answer is replayed."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import urlsplit

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
REWRITES = (
    (re.compile(r"score:\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"), "score: __NORMALIZED__"),
    (re.compile(r",?\s*attributes:\s*\{[^}]*\}"), ""),
    (re.compile(rf"document_id:\s*{UUID}"), "document_id: __NORMALIZED__"),
    (re.compile(rf"<\|{UUID}\|>"), "<|__NORMALIZED__|>"),
)
DECIMALS = re.compile(r"(-?\d+\.\d{4,})")
WITHOUT_TEST_ID = {"/api/tags", "/v1/models", "/v1/openai/v1/models"}


def settle(value: Any, *, rewrite: bool) -> Any:
    """Remove what differs between two runs of one test: late decimals and, on request, search scores and ids."""
    if isinstance(value, dict):
        return {key: settle(item, rewrite=rewrite) for key, item in value.items()}
    if isinstance(value, list):
        return [settle(item, rewrite=rewrite) for item in value]
    if isinstance(value, float):
        return round(value, 5)
    if not isinstance(value, str):
        return value
    if rewrite:
        for pattern, replacement in REWRITES:
            value = pattern.sub(replacement, value)
    return DECIMALS.sub(lambda found: f"{float(found[1]):.5f}", value)


def request_hash(request: dict[str, Any], test_id: str | None, *, rule: str = "current") -> str:
    """Hash a request.

    rule: "current"; "scores", before search scores were evened out; "first", of the days without test ids.
    """
    return hashlib.sha256(json.dumps(hashed(request, test_id, rule=rule), sort_keys=True).encode()).hexdigest()


def hashed(request: dict[str, Any], test_id: str | None, *, rule: str) -> dict[str, Any]:
    """Pick the parts of a request that are hashed."""
    rewrite = rule == "current"
    if "tool_name" in request:
        return {key: request[key] for key in ("provider", "tool_name", "kwargs")}
    if "file_id" in request:
        sizes = {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}
        strategy = {"type": "static", "static": sizes}
        return {"test_id": test_id, "api": request["api"], "file_id": request["file_id"], "chunking_strategy": strategy}
    if "payload" in request:
        payload = settle(request["payload"], rewrite=rewrite)
        return {"test_id": test_id, "url": request["url"], "method": request["method"], "payload": payload}
    address = urlsplit(request["url"])
    parts: dict[str, Any] = {"method": request["method"].upper(), "endpoint": address.path, "body": request["body"]}
    if rule == "first":
        return parts
    body = settle(request["body"], rewrite=rewrite)
    if "bedrock" in address.netloc:
        body.pop("stream_options", None)
    parts["body"] = body
    if address.path not in WITHOUT_TEST_ID:
        parts["test_id"] = test_id
    return parts


def models_digest(names: list[str]) -> str:
    """Return a digest that distinguishes the model lists of one request by their models."""
    return hashlib.sha256("|".join(sorted(set(names))).encode()).hexdigest()[:8]
