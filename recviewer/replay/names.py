"""The name that each rule gives a recording, and whether the file can be found by the name it has."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import field
from datetime import date
from enum import StrEnum

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.model import Json
from recviewer.replay.bodies import Body, nests_too_deep, to_json
from recviewer.replay.calls import HashedCall, call_of, models_digest
from recviewer.replay.rule import CallKind, NameRule
from recviewer.replay.rules import DIGITS, NEEDLES, rules_for
from recviewer.replay.steps import DropStep, TextStep

_HASH_NAME = re.compile(rf"(?:{DIGITS}|models-(?:{DIGITS})-[0-9a-f]{{8}})\.json")


class ReplayState(StrEnum):
    """Whether a recording's file name is the one that its request is looked up by. Part of the public contract.

    current: the newest rule gives the name. older: only an older rule does, so replay looks elsewhere. edited: no rule
    gives it, but one gave it to earlier bytes of the file; only a caller who knows the history can tell. unknown: no
    rule gives it. unverifiable: the name is not a hash, or part of what was hashed is not stored.
    """

    CURRENT = "current"
    OLDER = "older"
    EDITED = "edited"
    UNKNOWN = "unknown"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class Replay:
    """The result of `name_state`. rule: the newest rule that gives the name, "" if none does.

    expected: the file name by the newest rule, "" if it cannot be computed.
    """

    state: ReplayState
    rule: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class RuleName:
    """The file name by one rule, "" if it cannot be computed.

    since, on_main, says: as in `NameRule`. matches: whether the file has this name.
    """

    rule: str
    since: date
    on_main: bool
    says: str
    name: str
    matches: bool


def name_state(document: Json, file_name: str) -> Replay:
    """Return which rule, if any, gives a recording its name.

    document: the recording's decoded JSON, normally an object with `request`, `response` and perhaps `test_id`. It must
    keep what was recorded: an integer decoded as a float is hashed as a float, and no rule will match. file_name: the
    last component of the recording's path, with `.json`. Never raises on decoded JSON, whatever its shape.
    """
    try:
        return _state(document, file_name)
    except ValueError:  # an integer too long to print
        return Replay(ReplayState.UNVERIFIABLE)


def explain(document: Json, file_name: str) -> list[RuleName]:
    """List the rules that cover a recording's request, newest first, each with the name by it.

    document, file_name: as for `name_state`. Empty if there is no request that any rule covers. Never raises on decoded
    JSON, whatever its shape.
    """
    call = _followed(document)
    if call is None:
        return []
    try:
        return list(_explained(_Names(call), file_name))
    except ValueError:
        return []


def _followed(document: Json) -> HashedCall | None:
    """The hashed parts of a recording; None if there are none, or if they are nested too deep to be serialized."""
    call = call_of(document)
    if call is None or nests_too_deep(call.body, call.test_id, *call.fields.values()):
        return None
    return call


def _state(document: Json, file_name: str) -> Replay:
    call = _followed(document)
    if call is None:
        return Replay(ReplayState.UNVERIFIABLE)
    names = _Names(call)
    rules = rules_for(call.kind)
    expected = names.by(rules[0])
    if file_name == expected:
        return Replay(ReplayState.CURRENT, rules[0].slug, expected)
    if not expected or not _HASH_NAME.fullmatch(file_name):
        return Replay(ReplayState.UNVERIFIABLE, expected=expected)
    for rule in rules[1:]:
        if names.gives(rule, file_name):
            return Replay(ReplayState.OLDER, rule.slug, expected)
    return Replay(ReplayState.UNKNOWN, expected=expected)


def _explained(names: _Names, file_name: str) -> Iterator[RuleName]:
    for rule in rules_for(names.call.kind):
        matches = names.gives(rule, file_name)
        yield RuleName(rule.slug, rule.since, rule.on_main, rule.says, names.by(rule), matches)


@dataclass(slots=True)
class _Names:
    """The names of one recording. Each body text, hash and digest is computed once, however many rules share it."""

    call: HashedCall
    _bodies: dict[tuple[DropStep, ...], Body] = field(default_factory=dict)
    _hashes: dict[tuple[tuple[DropStep, ...], tuple[TextStep, ...], str], str] = field(default_factory=dict)
    _fields: dict[str, str] = field(default_factory=dict)
    _digest: str | None = None
    _test_id: str = ""

    def by(self, rule: NameRule) -> str:
        """The file name by a rule, "" if it cannot be computed."""
        if rule.unstored:
            return ""
        digits = self._hash(rule)[: rule.hex_digits]
        if not self._is_model_list(rule):
            return f"{digits}.json"
        if self._digest is None:
            self._digest = models_digest(self.call)
        return self._digest and f"models-{digits}-{self._digest}.json"

    def gives(self, rule: NameRule, file_name: str) -> bool:
        """Whether a file name is one that a rule gives."""
        if self.by(rule) == file_name:
            return True
        plain = rule.plain_model_lists and self._is_model_list(rule)
        return plain and f"{self._hash(rule)[: rule.hex_digits]}.json" == file_name

    def _is_model_list(self, rule: NameRule) -> bool:
        return self.call.kind is CallKind.INFERENCE and rule.lists_models(self.call.endpoint, self.call.host)

    def _test(self, rule: NameRule) -> str:
        """The hashed test id as JSON; "" if it is not hashed."""
        call = self.call
        if call.kind not in rule.test_id:
            return ""
        if call.kind is CallKind.INFERENCE and rule.lists_models(call.path, call.host):
            return "null" if rule.model_list_null else ""
        if not self._test_id:
            self._test_id = to_json(call.test_id)
        return self._test_id

    def _hash(self, rule: NameRule) -> str:
        drops = self._drops(rule)
        body = self._body(drops)
        # Tool arguments are hashed unchanged.
        rewrites = body.effective(rule.rewrites) if self.call.kind is not CallKind.TOOL else ()
        key = drops, rewrites, self._test(rule)
        known = self._hashes.get(key)
        if known is None:
            text = self._text(body.after(rewrites), key[2])
            known = self._hashes[key] = hashlib.sha256(text.encode()).hexdigest()
        return known

    def _drops(self, rule: NameRule) -> tuple[DropStep, ...]:
        """The dropping steps of a rule that can change the body."""
        if not rule.drops or self.call.kind is CallKind.TOOL:
            return ()
        text, host = self._body(()).text, self.call.host
        return tuple([step for step in rule.drops if step.may_change(text, host)])

    def _body(self, drops: tuple[DropStep, ...]) -> Body:
        known = self._bodies.get(drops)
        if known is None:
            value = self.call.body
            for step in drops:
                value = step.applied(value)
            known = self._bodies[drops] = Body.of(value, NEEDLES)
        return known

    def _text(self, body_text: str, test: str) -> str:
        """The hashed text: a JSON object with sorted keys, assembled around the body's text."""
        if not self._fields:
            self._fields = {key: to_json(value) for key, value in self.call.fields.items()}
        members = self._fields | {self.call.part: body_text}
        if test:
            members["test_id"] = test
        return "{" + ", ".join([f'"{key}": {members[key]}' for key in sorted(members)]) + "}"
