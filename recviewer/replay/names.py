"""Which name each rule gives a recording, and whether the file can still be found by the name it has."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import urlparse

from recviewer.exchange.model import Json
from recviewer.replay.rules import CallKind, Rule, rules_for
from recviewer.replay.steps import DropStep, TextStep, rewrite

_HASH_NAME = re.compile(r"(?:[0-9a-f]{12}|[0-9a-f]{64}|models-(?:[0-9a-f]{12}|[0-9a-f]{64})-[0-9a-f]{8})\.json")
# What the recorder's json.dumps(…, sort_keys=True) writes, without looking for cycles that decoded JSON cannot have.
_to_json = json.JSONEncoder(sort_keys=True, check_circular=False).encode


class ReplayState(StrEnum):
    """Whether a recording's file name is what its request is looked up by. Part of the public contract.

    current: the newest rule gives the name. older: only an older rule does, so replay looks elsewhere. edited: no rule
    gives it, but one gave it to earlier bytes of the file; only a caller who knows the history can say so.
    unknown: no rule gives it. unverifiable: the name is not a hash, or part of what was hashed is not stored.
    """

    CURRENT = "current"
    OLDER = "older"
    EDITED = "edited"
    UNKNOWN = "unknown"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class Replay:
    """What `name_state` found. rule: the newest rule that gives the name, "" if none does.

    expected: the file name that the newest rule gives, "" where it cannot be worked out.
    """

    state: ReplayState
    rule: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class RuleName:
    """The file name one rule gives a recording, "" where it cannot be worked out. matches: it is the name it has."""

    rule: str
    since: date
    on_main: bool
    says: str
    name: str
    matches: bool


def name_state(document: Json, file_name: str) -> Replay:
    """Say which rule, if any, gives a recording its name.

    document: the recording's decoded JSON, normally an object with `request`, `response` and perhaps `test_id`.
    It must keep what was recorded: an integer read as a float is hashed as a float, and no rule will match.
    file_name: the last component of the recording's path, with `.json`.
    Never raises on decoded JSON, whatever its shape.
    """
    try:
        return _state(document, file_name)
    except (RecursionError, ValueError):  # nested too deeply, or an integer too long to print
        return Replay(ReplayState.UNVERIFIABLE)


def explain(document: Json, file_name: str) -> list[RuleName]:
    """List the rules that cover a recording's request, newest first, each with the name it gives.

    document, file_name: as for `name_state`. Empty if there is no request that any rule covers. Never raises on decoded
    JSON, whatever its shape.
    """
    call = _call(document)
    if call is None:
        return []
    try:
        return list(_explained(_Names(call, document), file_name))
    except (RecursionError, ValueError):
        return []


def _state(document: Json, file_name: str) -> Replay:
    call = _call(document)
    if call is None:
        return Replay(ReplayState.UNVERIFIABLE)
    names = _Names(call, document)
    newest, *older = rules_for(call.kind)
    expected = names.by(newest)
    if file_name == expected:
        return Replay(ReplayState.CURRENT, newest.slug, expected)
    if not expected or not _HASH_NAME.fullmatch(file_name):
        return Replay(ReplayState.UNVERIFIABLE, expected=expected)
    for rule in older:
        if names.gives(rule, file_name):
            return Replay(ReplayState.OLDER, rule.slug, expected)
    return Replay(ReplayState.UNKNOWN, expected=expected)


def _explained(names: _Names, file_name: str) -> Iterator[RuleName]:
    for rule in rules_for(names.call.kind):
        matches = names.gives(rule, file_name)
        yield RuleName(rule.slug, rule.since, rule.on_main, rule.says, names.by(rule), matches)


@dataclass(slots=True)
class _Call:
    """What of a request is hashed. part: the key under which `body` is; fields: the others, but for the test's id.

    path, host: of the URL, "" where no rule looks at them. endpoint: as recorded, "" where there is none.
    """

    kind: CallKind
    part: str
    body: Json
    fields: dict[str, Json]
    test_id: Json
    path: str = ""
    host: str = ""
    endpoint: str = ""


def _call(document: Json) -> _Call | None:
    request = document.get("request") if isinstance(document, dict) else None
    if not isinstance(request, dict):
        return None
    test_id = document.get("test_id")
    if "tool_name" in request:
        return _tool_call(request, test_id)
    if "file_id" in request:
        return _Call(CallKind.FILE_PROCESSOR, "", None, {}, test_id)
    return _sent_call(request, test_id)


def _tool_call(request: dict[str, Json], test_id: Json) -> _Call | None:
    if "kwargs" not in request or "provider" not in request:
        return None
    fields = {"provider": request["provider"], "tool_name": request["tool_name"]}
    return _Call(CallKind.TOOL, "kwargs", request["kwargs"], fields, test_id)


def _sent_call(request: dict[str, Json], test_id: Json) -> _Call | None:
    method, url, endpoint = request.get("method"), request.get("url"), request.get("endpoint")
    if not isinstance(method, str) or not isinstance(url, str):
        return None
    if "payload" in request:
        return _Call(CallKind.HTTP, "payload", request["payload"], {"method": method.upper(), "url": url}, test_id)
    place = _place(url)
    if "body" not in request or place is None:
        return None
    path, host = place
    fields = {"endpoint": path, "method": method.upper()}
    known = endpoint if isinstance(endpoint, str) else ""
    return _Call(CallKind.INFERENCE, "body", request["body"], fields, test_id, path, host, known)


@lru_cache(maxsize=256)
def _place(url: str) -> tuple[str, str] | None:
    """The path and the host of a URL; None for one that cannot be taken apart."""
    try:
        parsed = urlparse(url)
    except ValueError:
        return None
    return parsed.path, parsed.netloc


_Steps: TypeAlias = tuple[DropStep | TextStep, ...]


@dataclass(slots=True)
class _Names:
    """The names of one recording, each body text and each hash computed once however many rules share it."""

    call: _Call
    document: dict[str, Json]
    _texts: dict[_Steps, str] = field(default_factory=dict)
    _hashes: dict[tuple[_Steps, bool], str] = field(default_factory=dict)

    def by(self, rule: Rule) -> str:
        """The file name a rule gives, "" where it cannot be worked out."""
        if rule.unstored:
            return ""
        digits = self._hash(rule)[: rule.hex_digits]
        if not self._is_model_list(rule):
            return f"{digits}.json"
        digest = _digest(self.document.get("response"), self.call.endpoint)
        return digest and f"models-{digits}-{digest}.json"

    def gives(self, rule: Rule, file_name: str) -> bool:
        """Whether a file name is one that a rule gives."""
        if self.by(rule) == file_name:
            return True
        plain = rule.plain_model_lists and self._is_model_list(rule)
        return plain and f"{self._hash(rule)[: rule.hex_digits]}.json" == file_name

    def _is_model_list(self, rule: Rule) -> bool:
        return self.call.kind is CallKind.INFERENCE and rule.lists_models(self.call.endpoint)

    def _hash(self, rule: Rule) -> str:
        steps = self._steps(rule)
        counts = self._counts_test(rule)
        known = self._hashes.get((steps, counts))
        if known is None:
            known = self._hashes[steps, counts] = hashlib.sha256(self._text(steps, counts).encode()).hexdigest()
        return known

    def _counts_test(self, rule: Rule) -> bool:
        call = self.call
        return call.kind in rule.test_id and not (call.kind is CallKind.INFERENCE and rule.lists_models(call.path))

    def _steps(self, rule: Rule) -> _Steps:
        """Those of a rule's steps that can change this body.

        What a rewriting step leaves behind may be something for the next, so from the first that applies all follow.
        """
        if self.call.kind is CallKind.TOOL:
            return ()
        raw, host = self._body_text(()), self.call.host
        drops = tuple(step for step in rule.drops if step.may_change(raw, host))
        for position, step in enumerate(rule.rewrites):
            if step.may_change(raw, host):
                return drops + rule.rewrites[position:]
        return drops

    def _body_text(self, steps: _Steps) -> str:
        known = self._texts.get(steps)
        if known is None:
            known = self._texts[steps] = _to_json(_normalised(self.call.body, steps))
        return known

    def _text(self, steps: _Steps, counts_test: bool) -> str:
        """The text that is hashed: a JSON object with sorted keys, put together around the body's text."""
        members = {key: _to_json(value) for key, value in self.call.fields.items()}
        members[self.call.part] = self._body_text(steps)
        if counts_test:
            members["test_id"] = _to_json(self.call.test_id)
        return "{" + ", ".join([f'"{key}": {members[key]}' for key in sorted(members)]) + "}"


def _normalised(body: Json, steps: _Steps) -> Json:
    for step in steps:
        if isinstance(step, DropStep):
            body = step.applied(body)
    rewrites = tuple(step for step in steps if isinstance(step, TextStep))
    return rewrite(body, rewrites) if rewrites else body


def _digest(response: Json, endpoint: str) -> str:
    """The digest of the models a list names; "" for what is not a list of models.

    The first eight digits of sha256 over the sorted distinct ids joined by `|`: the id of each model, or, in Ollama's
    /api/tags, its model name. Recorder since 2025-09-03.
    """
    body = _data(response.get("body")) if isinstance(response, dict) else None
    models = body.get("models") if isinstance(body, dict) else body
    if not isinstance(models, list):
        return ""
    key = "model" if endpoint == "/api/tags" else "id"
    ids = [_member(_data(model), key) for model in models]
    if not all(isinstance(one, str) for one in ids):
        return ""
    return hashlib.sha256("|".join(sorted(set(ids))).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _data(value: Json) -> Json:
    """What is inside a typed value (`{"__type__": …, "__data__": …}`), or the value itself."""
    return value["__data__"] if isinstance(value, dict) and "__data__" in value else value


def _member(value: Json, key: str) -> Json:
    return value.get(key) if isinstance(value, dict) else None
