"""What a file means as a side of a change, however it was read."""

from __future__ import annotations

from recviewer.pairing import sides
from recviewer.pairing.sides import file_meaning_of


def test_a_long_stream_means_the_same_without_each_of_its_chunks(make, monkeypatch):
    data = make.bytes_of(make.chat(answer="Saturn has rings, and so have others. " * 9, chunks=40, reasoning="Hm."))

    brief = file_meaning_of(data, "x.json", "a")
    assert sides.read_first(data, "x.json") is not None
    monkeypatch.setattr(sides, "read_first", lambda data, name: None)
    whole = file_meaning_of(data, "x.json", "a")

    assert repr(brief) == repr(whole)
    assert whole.parts[0].meaning.exchange.chunks == 40


def test_chunks_that_are_alike_are_not_decoded(make, monkeypatch):
    data = make.bytes_of(make.chat(answer="Saturn has rings, and so have others. " * 9, chunks=40))
    monkeypatch.setattr(sides, "read_file", None)

    assert file_meaning_of(data, "x.json", "a").parts[0].meaning.exchange.chunks == 39
