"""Whether a value could be a real credential: not if it declares itself fake, or does not look generated."""

from __future__ import annotations

import math
import re
from collections import Counter

_FAKE = re.compile(
    r"(?i)redact|scrub|saniti[sz]|filtered|masked|hidden|removed|censored|omitted|placeholder|example|dummy|fake|mock|sample"
    r"|change[-_]?me|your[-_]|[-_]here\b|not[-_]?(?:needed|used|required|a[-_]?real)|insert[-_]|replace[-_]|credential\)|foo-?bar"
    r"|(?:^|[-_.])(?:test|demo|none|null|secret|token|password|my|xxx)(?:[-_.]|$)"
    r"|\*\*\*|xxxx|\.\.\.|…|<[^>]*>|\$\{|\$\(|\{\{|%\(|0{8}|1{8}|123456789|987654321|abcdefgh|deadbeef"
)
"""Words and patterns by which a value declares that it is no credential."""

_LETTER = re.compile(r"[A-Za-z]")
_DIGIT = re.compile(r"[0-9]")
_WORDS = re.compile(r"(?:[A-Za-z][a-z]+|[A-Z]+|[a-z]+)(?:[-_.:/ ](?:[A-Za-z][a-z]+|[A-Z]+|[a-z]+|v?\d{1,4}))*")
_CODE = re.compile(
    r"^\d{4}-\d\d-\d\dT|[(){}\[\]<>|`$]|\w\.\w+\.|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w{0,24})+$|%3D|://|::|[,;]\s"
)
_ID = re.compile(
    r"(?:call|chatcmpl|cmpl|resp|msg|rs|fc|run|step|thread|asst|file|vs|batch|req|gen|toolu|srvtoolu|item|conv|ws|rec|modelcmpl|event)"
    r"[-_][\w-]+"
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)

_DOTS = re.compile(r"[.:|]|%[0-9A-Fa-f]{2}")

LEAST_VARIETY = 2.9
"""Least entropy in bits per character of a generated key: one of hexadecimal digits has about 3.2."""


def is_fake(value: str) -> bool:
    """Tell whether a value declares that it is no credential, or is too repetitive to be one."""
    return _FAKE.search(value) is not None or len(set(value)) < min(8, 1 + len(value) // 3)


def is_made(value: str, *, least: int = 16) -> bool:
    """Tell whether a value looks generated, as keys are: long, of letters and digits, varied, and neither words nor
    code.

    least: minimal length.
    """
    if len(value) < least or _WORDS.fullmatch(value) or _CODE.search(value) or " " in value:
        return False
    return bool(_LETTER.search(value) and _DIGIT.search(value)) and variety(value) >= LEAST_VARIETY


def is_worn(value: str) -> bool:
    """Tell whether a value looks like a cookie, which may contain numbers and dots like code."""
    return not is_fake(value) and is_made(_DOTS.sub("", value), least=12)


def is_made_up(value: str) -> bool:
    """Tell whether a value looks generated except for a part that declares it fake, such as `example`."""
    if _WORDS.fullmatch(value) or _CODE.search(value) or not is_fake(value):
        return False
    return bool(_LETTER.search(value) and _DIGIT.search(value))


def is_id(value: str) -> bool:
    """Tell whether a value is the id of a call, a message or an answer."""
    return _ID.fullmatch(value) is not None or _UUID.fullmatch(value) is not None


def is_uuid(value: str) -> bool:
    """Tell whether a value is a UUID, which some providers use as keys."""
    return _UUID.fullmatch(value) is not None


def is_public(value: str) -> bool:
    """Tell whether a key is one that programs publish, such as those for usage statistics."""
    return value.startswith(("phc_", "pk_", "pk-", "pk."))


def variety(value: str) -> float:
    """Return the entropy of a value's characters in bits, from their frequencies in the value."""
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values()) if size else 0.0
