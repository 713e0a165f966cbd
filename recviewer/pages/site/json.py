"""JSON for scripts, and for terminals: what would steer one stands in it as an escape."""

from __future__ import annotations

import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

from recviewer.exchange import plain

_HALF = re.compile("[\ud800-\udfff]")


class Json(HttpResponse):
    """A value as JSON in UTF-8. It reads back as the same value, whatever of it stands as an escape."""

    def __init__(self, value: Any, *, status: int = 200) -> None:
        super().__init__(encoded(value), content_type="application/json", status=status)


def encoded(value: Any) -> bytes:
    """Return the bytes of such an answer."""
    text = plain.dumps(value, cls=DjangoJSONEncoder)
    whole = _HALF.sub(lambda found: f"\\u{ord(found[0]):04x}", text)  # no UTF-8 holds half of a character
    return whole.encode()
