"""Putting masks in place of secrets, in all that is read: what pages, commands and the index are made of has none.

What is hashed is what was recorded: the fingerprint, and the names that replay looks for.
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
"""Where one stands that only the pieces of an answer make together."""

log = logging.getLogger(__name__)

IN_FILE = "file"
"""Where a secret stands that is not in what a recorder's document has: in a header that is left out, for one."""


def hidden_in(reading: Reading, decoded: Decoded, data: bytes, *, is_document: bool, may_speak: bool) -> Reading:
    """Return a reading with masks in place of secrets, where there are any.

    data: the bytes of the exchange. is_document: they are the document, and something in it or in what was answered is
    suspect. may_speak: what was answered may hold one.
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
    except Exception:  # what cannot be looked at for secrets is not shown
        log.exception("secrets could not be masked")
        raise


_HIDDEN = HIDDEN.encode()


def _hidden(reading: Reading, decoded: Decoded, around: Sequence[bytes], *, in_document: bool) -> Reading:
    """Do it where there may be some.

    around: stretches of the bytes of the exchange. in_document: whether there may be some in the document, or in what its
    pieces make together.
    """
    found = documents.masked(decoded.document) if in_document else documents.Masked(decoded.document, (), {})
    secrets = list(found.secrets)
    told = {(one.told, one.proof) for one in secrets}
    secrets += [one for data in around for one in _in_file(data) if (one.told, one.proof) not in told]
    problems = tuple([replace(one, what=hidden(one.what, find(one.what))) for one in decoded.problems])
    beside = [(one.what, at) for one in decoded.problems for at in find(one.what)]  # of keys given twice
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
    """Return an output whose texts have each mask once, also of what no series of its pieces was known to make together.

    secrets: gets those.
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
