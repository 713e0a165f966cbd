"""The values of a request besides its messages, briefly: enough to say in which of them two requests differ."""

from __future__ import annotations

import hashlib
import json

from recviewer.exchange.fingerprint import EARLIER, canonical
from recviewer.exchange.model import Exchange, Json

LONGEST = 24
"""Characters of a value that is told itself. Longer ones, lists and objects are told by a digest."""

DIGEST_MARK = "#"
"""Begins the digest of a value; no value that is told itself begins with it."""

_SHOWN_ELSEWHERE = EARLIER | {"model", "stream"}


def request_values(exchange: Exchange) -> str:
    """Return the values of a request as a JSON object of texts, with sorted keys; "" if it has none.

    Left out are the messages, the model, whether the answer is streamed, and values of None. Offered tools count as one
    value with the key `tools`.
    """
    told = {
        key: _brief(value)
        for key, value in exchange.request.params.items()
        if value is not None and key not in _SHOWN_ELSEWHERE
    }
    if exchange.request.tools:
        told["tools"] = _digest(list(exchange.request.tools))
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")) if told else ""


def _brief(value: Json) -> str:
    if isinstance(value, (dict, list)):
        return _digest(value)
    text = value if isinstance(value, str) else canonical(value).decode()
    return text if 0 < len(text) <= LONGEST and not text.startswith(DIGEST_MARK) else _digest(value)


def _digest(value: Json) -> str:
    return DIGEST_MARK + hashlib.blake2b(canonical(value), digest_size=6).hexdigest()
