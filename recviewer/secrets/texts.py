"""Finds secrets in a text, and in a named value."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import AnyStr, NamedTuple

from recviewer.secrets.kind import LatePattern
from recviewer.secrets.kinds import KINDS, MADE_UP, Level, SecretKind, is_basic
from recviewer.secrets.live import is_fake, is_id, is_made, is_made_up, is_public, is_uuid, is_worn
from recviewer.secrets.mask import mask_of


class SecretAt(NamedTuple):
    """A secret in a text. start, end: the span that is masked, or reported. shown: its public prefix."""

    start: int
    end: int
    kind: SecretKind
    shown: str = ""


SHORTEST = 6
"""Shortest secret that is identified only by its name: a password."""

LEAST = 12
_LONG = re.compile(rf"\S{{{LEAST}}}")
"""Every secret recognized by its form has such a run without white space."""

OPAQUE = 2_000
"""A longer text without white space is considered data, such as an image: no key is as long."""

_SPACE = re.compile(r"\s")

_HINTS = frozenset(hint for kind in KINDS for hint in kind.hints)
_KINDS_BY_HINT = {hint: [place for place, kind in enumerate(KINDS) if hint in kind.hints] for hint in _HINTS}
_LOW_HINTS = tuple(sorted(hint for hint in _HINTS if hint == hint.lower()))
_EXACT_HINTS = tuple(sorted(_HINTS - set(_LOW_HINTS)))
_IN_MANY = ("=", "secret", "xox", "gl", "gh", "key", "_", "-", "")
"""Substrings common to several hints, so that these are skipped if it is missing; each hint has the first that applies."""

_LOW_HINTS_BY = tuple(
    [
        (shared, tuple([hint for hint in _LOW_HINTS if next(one for one in _IN_MANY if one in hint) == shared]))
        for shared in _IN_MANY
    ]
)
_ANY_HINT = re.compile("|".join(sorted({re.escape(hint.lower()) for hint in _HINTS})))

SHORT = 500
"""In texts up to this length, one pattern for all hints is faster than searching for each. It is applied to lower-cased
text, because case-insensitive matching is many times slower.
"""


DATA = 10_000
"""A longer run of base64 is certainly an image or another file: no key comes near."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_RUN = re.compile("[A-Za-z0-9+/]*")
_RUN_OF_BYTES = re.compile(rb"[A-Za-z0-9+/]*")
_BYTES = _LETTERS.encode()


def between_data(text: str) -> Iterator[tuple[int, str]]:
    """Yield the text around base64-encoded files, with its offset."""
    at = 0
    if len(text) >= DATA:
        for start, end in _data_in(text, _RUN, lambda before: len(before.rstrip(_LETTERS))):
            end += len(text[end : end + 2]) - len(text[end : end + 2].lstrip("="))
            yield at, text[at:start]
            at = end
    yield at, text[at:]


def without_data(text: bytes) -> bytes:
    """Return a text with each base64-encoded file replaced by a space."""
    if len(text) < DATA:
        return text
    made, at = [], 0
    for start, end in _data_in(text, _RUN_OF_BYTES, lambda before: len(before.rstrip(_BYTES))):
        made.append(text[at:start])
        at = end
    return b" ".join([*made, text[at:]]) if made else text


_STRIDE = 16_384
"""Bytes of a base64-encoded file that are examined at once."""


def _data_in(text: AnyStr, run: re.Pattern[AnyStr], kept: Callable[[AnyStr], int]) -> Iterator[tuple[int, int]]:
    """Yield the spans of encoded files. Each covers a window of half the minimal length, wherever it starts.

    kept: the length of a text without trailing base64 characters.
    """
    half, last, at = DATA // 2, 0, 0
    while at + half <= len(text):
        whole = run.match(text, at, at + half)
        if whole is None or whole.end() < at + half:
            at += half
            continue
        back = max(last, at - half)
        start = back + kept(text[back:at])
        at += half
        while isinstance(text, bytes) and at < len(text) and not text[at : at + _STRIDE].translate(None, _BYTES):
            at += _STRIDE  # several times as fast as matching
        rest = run.match(text, min(at, len(text)))
        last = at = rest.end() if rest else at
        if last - start >= DATA:
            yield start, last


def find(text: str) -> list[SecretAt]:
    """Return the secrets in a text, in order, disjoint."""
    if len(text) < DATA:
        return _find(text)
    return [
        one._replace(start=start + one.start, end=start + one.end)
        for start, piece in between_data(text)
        for one in _find(piece)
    ]


def _find(text: str) -> list[SecretAt]:
    if len(text) < LEAST or _LONG.search(text) is None:
        return []
    low = text.lower()
    if len(text) <= SHORT and _ANY_HINT.search(low) is None:
        return []
    hints = {hint for shared, some in _LOW_HINTS_BY if shared in low for hint in some if hint in low}
    hints.update([hint for hint in _EXACT_HINTS if hint in text])
    if not hints:
        return []
    made: list[SecretAt] = []
    for found in _every(text, low, hints):
        place = bisect_right(made, found.start, key=_start)
        under = next((at for at in (place - 1, place) if overlaps(found, made, at)), None)
        if under is None:
            made.insert(place, found)
        elif found.kind.is_masked and found.end > made[under].end:
            made[under] = made[under]._replace(end=found.end)
    return disjoint(made)


_start = attrgetter("start")


def overlaps(one: SecretAt, others: Sequence[SecretAt], at: int) -> bool:
    """Tell whether a secret overlaps the one at an index of others, if that index exists."""
    return 0 <= at < len(others) and one.start < others[at].end and others[at].start < one.end


def without_overlapping(some: Sequence[SecretAt], others: Sequence[SecretAt]) -> list[SecretAt]:
    """Return the secrets that overlap none of others, which are in order and disjoint."""
    places = [bisect_right(others, one.start, key=_start) for one in some]
    return [
        one
        for one, at in zip(some, places, strict=True)
        if not overlaps(one, others, at - 1) and not overlaps(one, others, at)
    ]


def disjoint(found: list[SecretAt]) -> list[SecretAt]:
    """Remove secrets that start before the end of the previous one."""
    return [one for place, one in enumerate(found) if not place or one.start >= found[place - 1].end]


def _every(text: str, low: str, hints: set[str]) -> Iterator[SecretAt]:
    """Yield the matches of each kind with a hint in the text. If several kinds match, the first is the most specific."""
    is_data = len(text) > OPAQUE and _SPACE.search(text) is None and "=" not in text[:-2]
    for place in sorted({place for hint in hints for place in _KINDS_BY_HINT[hint]}):
        kind = KINDS[place]
        if is_data and kind.name not in ("jwt", "short-jwt"):
            continue
        if kind.quick is not None and kind.quick.search(text) is None:
            continue
        if kind.quick_low is not None and kind.quick_low.search(low) is None:
            continue
        for match in kind.pattern.finditer(text):
            as_what = kind if kind.holds(match["secret"]) else MADE_UP.get(kind.name)
            if as_what is None or (as_what is not kind and not is_made_up(match["secret"])):
                continue
            if not (kind.name == "sk-key" and is_id(match["secret"])):
                shown = match["shown"] if "shown" in kind.pattern.groupindex else ""
                yield SecretAt(match.start("secret"), match.end("secret"), as_what, shown)


_NAMED = re.compile(
    r"(?i)(?:.*[-_.])?(?:api[-_]?key|apikey|x-api-key|subscription-key|access[-_]?key(?:[-_]id)?|secret(?:[-_]?(?:access)?[-_]?key(?:[-_]base)?)?"
    r"|client[-_]?secret|(?:auth|access|refresh|id|bearer|session|api|security|oauth|csrf|xsrf)[-_]?token|(?<!page[-_])(?<!continuation[-_])token|authorization(?:[-_]?token)?"
    r"|proxy-authorization|[a-z]{0,20}password|passwd|pwd|passphrase|credentials?|client-key-data|private[-_]?key(?:[-_]id)?|connection[-_]?string|jwt|key)"
)
_OF_PASSWORD = re.compile(r"(?i).*(?:password|passwd|pwd|passphrase)")
_OF_KEY = re.compile(
    r"(?i:(?:.*[-_])?(?:api[-_]?key|authorization|(?:api|auth|server)[-_]?token|client[-_]?secret|secret[-_]?key))"
    r"|[A-Z][A-Z0-9_]*_(?:TOKEN|KEY|SECRET)"
)
"""Names of values that are keys even if they are a UUID, as those of several providers are."""

_OF_THING = re.compile(
    r"(?i)(?:.*[-_.])?(?:agent|task|crew|cache|partition|sort|primary|foreign|public|idempotency|object|row|item|node)[-_]?key|(?:.*[-_])?ice[-_]pwd"
)
"""Names of lookup keys, which are often hashes, and of passwords that a call makes for itself only."""

_OF_COOKIE = re.compile(r"(?i)(?:set-)?cookie2?")
_OF_ACCOUNT = re.compile(r"(?i)(?:openai-organization|openai-project|.*organization-id|.*workspace-id|dg-project-id)")

_OF_BASIC = re.compile(r"(?i)_?auth")
"""Names of a name and a password in base64, as the files of Docker and npm have them."""

_BY_NAME = SecretKind("named-secret", "a value that is called a key, token or password", Level.RED, (), LatePattern(""))
_PASSWORD = SecretKind("password", "a password", Level.RED, (), LatePattern(""), is_guessable=True)
_BASIC = SecretKind("basic-auth", "a name with a password (Basic)", Level.RED, (), LatePattern(""), is_guessable=True)
_COOKIE = SecretKind("cookie", "a cookie", Level.AMBER, (), LatePattern(""))
_ACCOUNT = SecretKind("organisation-id", "the id of an organisation or project", Level.AMBER, (), LatePattern(""))
_PAIR = re.compile(r"([^=;,\s]+)=([^;\s]{8,})")
_ATTRIBUTES = frozenset(("expires", "path", "domain", "samesite", "max-age"))


@lru_cache(maxsize=4096)
def tells(name: str) -> bool:
    """Tell whether a name may identify its value as a secret."""
    return any(pattern.fullmatch(name) for pattern in (_NAMED, _OF_COOKIE, _OF_ACCOUNT, _OF_BASIC))


def find_named(name: str, value: str) -> list[SecretAt]:
    """Return the secrets in the value of a header or of an object's key."""
    if len(value) < SHORTEST:
        return []
    found = find(value)
    if not tells(name) or any(one.kind.is_masked for one in found):
        return found
    if _OF_COOKIE.fullmatch(name):
        return [
            SecretAt(pair.start(2), pair.end(2), _COOKIE)
            for pair in _PAIR.finditer(value)
            if pair[1].lower() not in _ATTRIBUTES and is_worn(pair[2])
        ] or found
    if _OF_BASIC.fullmatch(name):
        return [SecretAt(0, len(value), _BASIC)] if len(value) <= OPAQUE and is_basic(value) else found
    if _OF_ACCOUNT.fullmatch(name) and not is_fake(value) and is_made(value, least=12):
        return [SecretAt(0, len(value), _ACCOUNT)]
    if not _NAMED.fullmatch(name) or _OF_THING.fullmatch(name) or is_fake(value):
        return found
    if _OF_PASSWORD.fullmatch(name):
        return [SecretAt(0, len(value), _PASSWORD)] if 6 <= len(value) <= 200 and is_made(value, least=6) else found
    start = after_scheme(name, value)
    held = value[start:]
    is_open = _is_plain(held) or is_public(held) or _OF_FILE.fullmatch(held) is not None
    is_told = len(held) <= OPAQUE and is_made(held) and not is_open
    if is_told and (not is_id(held) or (_OF_KEY.fullmatch(name) and is_uuid(held))):
        return [SecretAt(start, len(value), _BY_NAME)]
    return found


_OF_FILE = re.compile(r"(?:[\w.@+-]+/)+[\w.@+-]+\.[a-z][a-z0-9]{1,4}")
"""The path of a file, as stores of objects call their keys."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z-]*+ +(?:token=)?(?=\S)")


def after_scheme(name: str, value: str) -> int:
    """Return the offset of the credential in a header's value: after its scheme, such as `Token` or `Api-Key`."""
    found = _SCHEME.match(value) if name.lower().endswith("authorization") else None
    return found.end() if found else 0


def _is_plain(value: str) -> bool:
    """Tell whether it is a short word with a number, like a model name or a version."""
    return len(value) < 20 and value.count("-") + value.count("_") + value.count(".") >= 2


def hidden(text: str, found: list[SecretAt]) -> str:
    """Return a text with secrets masked. Line breaks are kept, so line numbers do not change."""
    made, at = [], 0
    for one in found:
        if one.kind.is_masked:
            made += [text[at : one.start], mask_of(one, text), "\n" * text.count("\n", one.start, one.end)]
            at = one.end
    return "".join([*made, text[at:]]) if made else text
