"""Whether an exchange may hold a secret, asked of every one: what puts masks in their place is imported where it may.

Most exchanges hold none, and a run that meets none never needs `hiding`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recviewer.secrets.quick import suspects

if TYPE_CHECKING:
    from recviewer.exchange.model import Exchange, Output
    from recviewer.formats.decode import Decoded
    from recviewer.formats.reading import Reading


def may_speak(reading: Reading) -> bool:
    """Tell whether what was answered may hold a secret: a stream may have cut it into pieces."""
    return reading.exchange.chunks > 0 and suspects(_spoken(reading.exchange))


def _spoken(exchange: Exchange) -> bytes:
    texts = [text for output in exchange.outputs for text in _texts(output)]
    return "\n".join(["", *texts]).encode("utf-8", "surrogatepass")


def _texts(output: Output) -> list[str]:
    return [output.content, output.reasoning, output.refusal, *[call.arguments for call in output.tool_calls]]


def without_secrets(reading: Reading, decoded: Decoded, data: bytes, *, is_document: bool) -> Reading:
    """Return a reading with masks in place of secrets.

    data: the bytes of the exchange. is_document: they are the document.
    """
    if reading.raw is None or (is_document and not suspects(data) and not may_speak(reading)):
        return reading
    from recviewer.recorders.hiding import hidden_in

    return hidden_in(reading, decoded, data, is_document=is_document, may_speak=may_speak(reading))
