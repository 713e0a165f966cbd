"""Masks secrets in everything that is read, so that pages, commands and the index contain none.

Hashes are computed from unmasked data: the fingerprint, and the names that replay looks for.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from recviewer.exchange.encode import encode
from recviewer.exchange.model import Output
from recviewer.exchange.secret import Secret
from recviewer.formats.decode import Decoded
from recviewer.formats.reading import Reading, read_document
from recviewer.recorders.credentials import HIDDEN
from recviewer.secrets import documents, raw
from recviewer.secrets.around import has_sign, stretches
from recviewer.secrets.mask import without_rests
from recviewer.secrets.named import find_all
from recviewer.secrets.quick import suspects
from recviewer.secrets.texts import find, hidden, without_data

IN_ANSWER = "response.body"
"""Location of a secret that only appears when the fragments of an answer are joined."""

log = logging.getLogger(__name__)

IN_FILE = "file"
"""Location of a secret that is not in the document, for example in a header that was left out."""


def hidden_in(reading: Reading, decoded: Decoded, data: bytes, *, is_document: bool, may_speak: bool) -> Reading:
    """Return a reading with its secrets masked.

    data: the bytes of the exchange. is_document: they are the document, and something in it or in the answer is
    suspect. may_speak: the answer may contain a secret.
    """
    around, in_document = [], True
    if not is_document:
        text = without_data(encode(decoded.document)).replace(_HIDDEN, b"")
        around = stretches(data)
        in_document = (has_sign(text) if around else suspects(text)) or may_speak
    if not around and not in_document:
        return reading
    try:
        return _hidden(reading, decoded, around, in_document=in_document)
    except Exception:  # not shown, because it could not be searched for secrets
        log.exception("secrets could not be masked")
        raise


_HIDDEN = HIDDEN.encode()


def _hidden(reading: Reading, decoded: Decoded, around: Sequence[bytes], *, in_document: bool) -> Reading:
    """Mask the secrets, if there are any.

    around: spans of the exchange's bytes outside of the document. in_document: the document or its joined texts may
    contain secrets.
    """
    found = documents.masked(decoded.document) if in_document else documents.Masked(decoded.document, (), {})
    secrets = list(found.secrets)
    told = {(one.told, one.proof) for one in secrets}
    secrets += [one for data in around for one in _in_file(data) if (one.told, one.proof) not in told]
    problems = tuple([replace(one, what=hidden(one.what, find(one.what))) for one in decoded.problems])
    beside = [(one.what, at) for one in decoded.problems for at in find(one.what)]  # from duplicate keys
    secrets += [documents.secret_of(at, what, IN_FILE) for what, at in beside]
    if not secrets:
        return reading
    if not found.values and problems == decoded.problems:
        return replace(reading, exchange=replace(reading.exchange, secrets=tuple(secrets)))
    again = read_document(replace(decoded, document=found.document, problems=problems))
    outputs = tuple([_without(output, secrets) for output in again.exchange.outputs])
    exchange = replace(again.exchange, outputs=outputs, runs=reading.exchange.runs, secrets=tuple(secrets))
    return replace(again, exchange=exchange, as_recorded=reading)


def _in_file(data: bytes) -> list[Secret]:
    text = data.decode("utf-8", "replace")
    return [documents.secret_of(one, text, IN_FILE) for one in raw.found_in(text)]


def _without(output: Output, secrets: list[Secret]) -> Output:
    """Return an output whose texts contain each mask once, with secrets masked that only joining its fragments
    revealed.

    secrets: those are appended.
    """
    said = (output.content, output.reasoning, output.refusal)
    content, reasoning, refusal = [_masked(text, secrets) for text in said]
    calls = tuple([replace(call, arguments=_masked(call.arguments, secrets)) for call in output.tool_calls])
    return replace(output, content=content, reasoning=reasoning, refusal=refusal, tool_calls=calls)


def _masked(text: str, secrets: list[Secret]) -> str:
    text = without_rests(text)
    if not suspects(f"\n{text}".encode("utf-8", "surrogatepass")):
        return text
    found = find_all(text)
    secrets += [documents.secret_of(one, text, IN_ANSWER) for one in found if one.kind.is_masked]
    return hidden(text, found)
