"""Which changes of a request move the hash that names a recording, and which of them the newest rule normalises away."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from recviewer.difference.values import ABSENT, Keys, ValueChange, changes, is_equal
from recviewer.exchange.model import Json
from recviewer.replay.calls import HashedCall, call_of
from recviewer.replay.rules import CallKind, NameRule, rules_for
from recviewer.replay.steps import rewritten


@dataclass(frozen=True, slots=True)
class Field:
    """One change of a request. moves: it gives the recording another name. why: a clause, for those that do not.

    hashed: what the old and the new value are hashed as, `ABSENT` for what is not hashed.
    """

    change: ValueChange
    moves: bool
    why: str = ""
    hashed: tuple[Json, Json] = (ABSENT, ABSENT)


@dataclass(frozen=True, slots=True)
class RequestChange:
    """How two requests differ. rule: the newest one for this kind of call, "" where the hash cannot be worked out."""

    fields: tuple[Field, ...]
    rule: str

    @property
    def moving(self) -> int:
        """How many changes move the hash."""
        return sum(field.moves for field in self.fields)


def compare_requests(old: Json, new: Json) -> RequestChange:
    """Compare the requests of two decoded recordings, field by field. Never raises on decoded JSON."""
    before, after = call_of(old), call_of(new)
    found = tuple(changes(_request(old), _request(new)))
    if before is None or after is None or before.kind is not after.kind:
        return RequestChange(tuple(Field(change, moves=True) for change in found), "")
    rule = rules_for(before.kind)[0]
    if rule.unstored:
        return RequestChange(tuple(Field(change, moves=True) for change in found), "")
    hashed = (_hashed(before, rule), _hashed(after, rule))
    return RequestChange(tuple(_field(change, hashed, before) for change in found), rule.slug)


def _request(document: Json) -> dict[str, Json]:
    """Return the request with its test id, and its URL in the parts that count differently."""
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
    return made


def _hashed(call: HashedCall, rule: NameRule) -> dict[str, Json]:
    """Return what is hashed, under the names of `_request`."""
    made: dict[str, Json] = dict(call.fields)
    if call.kind is CallKind.INFERENCE:
        made["url path"] = made.pop("endpoint")
    if call.part:
        made[call.part] = _normalised(call.body, call, rule)
    is_list = call.kind is CallKind.INFERENCE and rule.lists_models(call.path)
    if call.kind in rule.test_id and not is_list:
        made["test_id"] = call.test_id
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
    """Follow a way through objects and lists; `ABSENT` where it ends."""
    for key in keys:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and key < len(value) else ABSENT
        else:
            value = value.get(key, ABSENT) if isinstance(value, dict) else ABSENT
    return value
