"""Which format reads a recording."""

from recviewer.formats.reading import read
from recviewer.formats.wire import anthropic

UNKNOWN = (
    b'{"request": {"url": "/x", "method": "POST", "body": {}}, "response": {"body": {"a": 1}, "is_streaming": false}}'
)


def test_a_format_that_fails_to_match_claims_nothing(monkeypatch):
    def broken(raw):
        raise TypeError("unhashable")

    monkeypatch.setattr(type(anthropic.FORMAT), "match", lambda self, raw: broken(raw))

    assert read(UNKNOWN).exchange.read_as == "generic"
