"""Which format reads a recording."""

from pathlib import Path

import pytest

from recviewer.formats import registry
from recviewer.formats.contract import Match
from recviewer.formats.decode import decode
from recviewer.formats.failure import http_error_of
from recviewer.formats.raw import envelope
from recviewer.formats.reading import read
from recviewer.formats.wire import anthropic

CASES = Path(__file__).parent.parent / "cases"

TYPED = b'{"request": {}, "response": {"body": {"__type__": "a.B", "__data__": {"a": 1}}, "is_streaming": false}}'
UNKNOWN = (
    b'{"request": {"url": "/x", "method": "POST", "body": {}}, "response": {"body": {"a": 1}, "is_streaming": false}}'
)


def test_a_format_that_fails_to_match_claims_nothing(monkeypatch):
    def broken(raw):
        raise TypeError("unhashable")

    monkeypatch.setattr(type(anthropic.FORMAT), "match", lambda self, raw: broken(raw))

    assert read(UNKNOWN).exchange.read_as == "generic"


def test_a_format_that_fails_on_what_it_knew_before_claims_nothing(monkeypatch):
    monkeypatch.setattr(registry, "_BY_TYPE", {})
    data = next(
        data
        for data in (
            path.read_bytes() for path in sorted(CASES.glob("openai_chat/*.json")) if "expected" not in path.name
        )
        if registry.choose(envelope(decode(data).document)).match(envelope(decode(data).document)) is Match.TYPE
    )
    (known,) = registry._BY_TYPE.values()

    def broken(self, raw):
        raise TypeError("unhashable")

    monkeypatch.setattr(type(known), "match", broken)

    assert read(data).exchange.read_as != known.name


@pytest.mark.parametrize(
    ("matches", "chosen"),
    [
        ([Match.SHAPE, Match.SHAPE], 0),
        ([Match.FALLBACK, Match.SHAPE, Match.SHAPE], 1),
        ([Match.SHAPE, Match.TYPE], 1),
        ([Match.FALLBACK, Match.ENDPOINT], 0),  # the reply says otherwise
    ],
)
def test_the_surest_format_reads_a_recording_and_of_equals_the_first(monkeypatch, matches, chosen):
    class Fake:
        def __init__(self, match):
            self.name, self.match = "fake", lambda raw: match

    fakes = tuple(map(Fake, matches))
    monkeypatch.setattr(registry, "_BY_TYPE", {})
    monkeypatch.setattr(registry, "formats", lambda: fakes)

    assert registry.choose(envelope(decode(TYPED).document)) is fakes[chosen]
    if Match.TYPE not in matches:  # which nobody is of what has no type
        assert registry.choose(envelope(decode(UNKNOWN).document)) is fakes[chosen]


@pytest.mark.parametrize(("status", "failed"), [(399, False), (400, True), (599, True), (None, False)])
def test_a_status_of_400_or_more_is_a_failure(status, failed):
    document = decode(UNKNOWN).document
    document["response"]["status"] = status

    assert (http_error_of(envelope(document)) is not None) == failed
