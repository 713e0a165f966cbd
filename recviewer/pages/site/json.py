"""JSON for scripts and terminals: control characters are escaped."""

from __future__ import annotations

import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

from recviewer.exchange import plain

_HALF = re.compile("[\ud800-\udfff]")


class Json(HttpResponse):
    """A JSON response in UTF-8. It parses to the same value, whatever is escaped in it."""

    def __init__(self, value: Any, *, status: int = 200) -> None:
        super().__init__(encoded(value), content_type="application/json", status=status)


def encoded(value: Any) -> bytes:
    """Return the bytes of such a response."""
    text = plain.dumps(value, cls=DjangoJSONEncoder)
    whole = _HALF.sub(lambda found: f"\\u{ord(found[0]):04x}", text)  # UTF-8 cannot encode lone surrogates
    return whole.encode()
