"""A request that contains images or files as base64."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.exchange import amounts
from recviewer.exchange.model import Exchange, Image, Part, SentFile, ToolResult
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_request

_LEAST = 1_000
"""Shorter data is ignored."""


def _holds(case: Case) -> Held | None:
    if case.new is None:
        return None
    found = list(_data(case.new.exchange))
    if not found:
        return None
    much = amounts.size(sum(map(len, found)))
    says = f"its request carries {much} of base64"
    return Held(Severity.GREY, "base64", fault="base64", says=says, spots=in_request(case.new, found[0][:40]))


def _data(exchange: Exchange) -> Iterator[str]:
    for message in exchange.request.messages:
        yield from _of_parts(message.parts)


def _of_parts(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        match part:
            case Image(url=url) if url.startswith("data:") and len(url) >= _LEAST:
                yield url
            case SentFile(data=data) if len(data) >= _LEAST:
                yield data
            case ToolResult():
                yield from _of_parts(part.parts)


RULE = Rule(
    "embedded-data",
    "its request carries base64",
    Explained(
        what="A request with a picture or a file of 1,000 characters of base64 or more inside it.",
        why="Its file is named by a hash of every byte of that. Data that is fetched while recording comes back "
        "re-encoded, and each recording gets another name.",
        example="`image_url` with `data:image/png;base64,…` of 300 kB.",
        fix="Keep the data as a file of the test suite, small, and never fetched; or give an address instead.",
        mistaken="Small fixed data of the suite, which is as it should be.",
        measured="3, 1 and 6; all were read and are right.",
        right={Severity.GREY: (20, 20)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.GREY,),
)
