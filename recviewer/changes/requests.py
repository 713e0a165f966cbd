"""Which changes of a request affect the hash that names a recording, and which the newest rule normalizes away."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from recviewer.difference.values import ABSENT, Keys, ValueChange, changes, is_equal
from recviewer.exchange.model import Json
from recviewer.formats.reading import Matching
from recviewer.replay.calls import HashedCall, call_of
from recviewer.replay.rule import CallKind, NameRule
from recviewer.replay.rules import rules_for
from recviewer.replay.steps import rewritten


@dataclass(frozen=True, slots=True)
class Field:
    """One change of a request. moves: it changes the recording's name. why: a clause, if it does not.

    hashed: the hashed forms of the old and the new value, `ABSENT` if not hashed.
    """

    change: ValueChange
    moves: bool
    why: str = ""
    hashed: tuple[Json, Json] = (ABSENT, ABSENT)


@dataclass(frozen=True, slots=True)
class RequestChange:
    """How two requests differ. rule: the newest one for this kind of call, "" if the hash cannot be computed.

    matching: for recorders without hashes, how they find an exchange at replay, which then determines `Field.moves`.
    """

    fields: tuple[Field, ...]
    rule: str
    matching: Matching | None = None

    @property
    def moving(self) -> int:
        """How many changes affect the name."""
        return sum(field.moves for field in self.fields)


def compare_requests(old: Json, new: Json, matching: Matching | None = None) -> RequestChange:
    """Compare the requests of two decoded recordings, field by field. Never raises on decoded JSON.

    matching: see `RequestChange`.
    """
    if matching is not None and "headers" in matching.on:
        found = tuple(changes(_with_all_headers(old), _with_all_headers(new)))
    else:
        found = tuple(changes(_request(old), _request(new)))
    if matching is not None:
        return RequestChange(tuple([_matched(change, matching) for change in found]), "", matching)
    before, after = call_of(old), call_of(new)
    if before is None or after is None or before.kind is not after.kind:
        return RequestChange(tuple(Field(change, moves=True) for change in found), "")
    rule = rules_for(before.kind)[0]
    if rule.unstored:
        return RequestChange(tuple(Field(change, moves=True) for change in found), "")
    hashed = (_hashed(before, rule), _hashed(after, rule))
    return RequestChange(tuple(_field(change, hashed, before) for change in found), rule.slug)


def _with_all_headers(document: Json) -> dict[str, Json]:
    """Return the request including the known headers that do not count."""
    made = _request(document)
    shown = document.get("shown") if isinstance(document, dict) else None
    held, more = made.get("headers"), shown.get("headers") if isinstance(shown, dict) else None
    if isinstance(held, dict) and isinstance(more, dict):
        made["headers"] = {**more, **held}
    return made


def _matched(change: ValueChange, matching: Matching) -> Field:
    """Tell whether a change prevents a recorder from finding an exchange. Unknown for credentials, which are never shown."""
    key = change.keys[0]
    moves = ("url" if isinstance(key, str) and key.startswith("url ") else key) in matching.on
    return Field(change, moves=moves, why="" if moves else UNMATCHED)


UNMATCHED = "not matched on"
MATCHED = {"method": "method", "url": "address", "headers": "headers", "body": "body"}
"""Display names of the request keys that recorders match on."""


def _request(document: Json) -> dict[str, Json]:
    """Return the request with its test id, and its URL split into the parts that count differently."""
    if not isinstance(document, dict):
        return {}
    request = document.get("request")
    made = dict(request) if isinstance(request, dict) else {}
    made["test_id"] = document.get("test_id")
    url = made.get("url")
    if isinstance(url, str) and "payload" not in made:
        try:
            parts = urlsplit(url)
        except ValueError:
            return made
        del made["url"]
        made["url path"], made["url host"] = parts.path, f"{parts.scheme}://{parts.netloc}"
        if parts.query:
            made["url query"] = parts.query
    return made


def _hashed(call: HashedCall, rule: NameRule) -> dict[str, Json]:
    """Return what is hashed, by the keys of `_request`."""
    made: dict[str, Json] = dict(call.fields)
    if call.kind is CallKind.INFERENCE:
        made["url path"] = made.pop("endpoint")
    if call.part:
        made[call.part] = _normalised(call.body, call, rule)
    is_list = call.kind is CallKind.INFERENCE and rule.lists_models(call.path, call.host)
    if call.kind in rule.test_id and (rule.model_list_null or not is_list):
        made["test_id"] = None if is_list else call.test_id
    return made


def _normalised(body: Json, call: HashedCall, rule: NameRule) -> Json:
    if call.kind is CallKind.TOOL:
        return body
    for step in rule.drops:
        if step.may_change('"' + '""'.join(getattr(step, "keys", ())) + '"', call.host):
            body = step.applied(body)
    return _rewritten(body, rule, 0)


def _rewritten(value: Json, rule: NameRule, depth: int) -> Json:
    if depth > 200:
        return value
    if isinstance(value, dict):
        return {key: _rewritten(item, rule, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_rewritten(item, rule, depth + 1) for item in value]
    if isinstance(value, str | float):
        for step in rule.rewrites:
            value = rewritten(value, step)
    return value


def _field(change: ValueChange, hashed: tuple[dict[str, Json], dict[str, Json]], call: HashedCall) -> Field:
    before, after = _at(hashed[0], change.keys), _at(hashed[1], change.new_keys)
    if before is not ABSENT or after is not ABSENT:
        if not is_equal(before, after):
            return Field(change, moves=True, hashed=(before, after))
        return Field(change, moves=False, why="normalised away", hashed=(before, after))
    is_in_body = bool(call.part) and change.keys[0] == call.part
    return Field(change, moves=False, why="left out before hashing" if is_in_body else "not hashed")


def _at(value: Json, keys: Keys) -> Json:
    """Follow a path through objects and lists; `ABSENT` if it ends early."""
    for key in keys:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and key < len(value) else ABSENT
        else:
            value = value.get(key, ABSENT) if isinstance(value, dict) else ABSENT
    return value
