"""A quick check whether an exchange may contain a secret. Only if so, the code that masks secrets is imported.

Most exchanges contain none, so most runs never need `hiding`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recviewer.secrets.quick import suspects

if TYPE_CHECKING:
    from recviewer.exchange.model import Exchange, Output
    from recviewer.formats.decode import Decoded
    from recviewer.formats.reading import Reading


def may_speak(reading: Reading) -> bool:
    """Tell whether the joined answer may contain a secret, which a stream may have split."""
    return reading.exchange.chunks > 0 and suspects(_spoken(reading.exchange))


def _spoken(exchange: Exchange) -> bytes:
    texts = [text for output in exchange.outputs for text in _texts(output)]
    return "\n".join(["", *texts]).encode("utf-8", "surrogatepass")


def _texts(output: Output) -> list[str]:
    return [output.content, output.reasoning, output.refusal, *[call.arguments for call in output.tool_calls]]


def without_secrets(reading: Reading, decoded: Decoded, data: bytes, *, is_document: bool) -> Reading:
    """Return a reading with secrets masked.

    data: the bytes of the exchange. is_document: they are the document.
    """
    if reading.raw is None or (is_document and not suspects(data) and not may_speak(reading)):
        return reading
    from recviewer.recorders.hiding import hidden_in

    return hidden_in(reading, decoded, data, is_document=is_document, may_speak=may_speak(reading))
