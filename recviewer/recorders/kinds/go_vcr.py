"""go-vcr, versions 1 to 4: YAML with `version` and `interactions`. Source: go-vcr v4, `pkg/cassette/cassette.go`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import HEAD, Cassette
from recviewer.recorders.kinds.vcrpy import exchange_of

if TYPE_CHECKING:
    from recviewer.formats.reading import Matching
    from recviewer.recorders.http_exchange import HttpExchange


_OLD = re.compile(rb"---\nversion: 1\n")
_TEST = re.compile(r"((?:.*/)?)testdata/(?:cassettes/)?(Test[^/]*(?:/.+)?)\.ya?ml")


class GoVcr(Cassette):
    """Cassettes of go-vcr."""

    name = "go-vcr"
    called = "go-vcr 4"
    matched = ("method", "url", "headers", "body")
    is_in_order = True
    plain: Mapping[str, tuple[object, ...]] = {"version": (1, 2)}
    start = re.compile(rb"(?:---\nversion: [12]\ninteractions:(?: *\[\]|\n *- (?:id: \d+\n|request:\n))| *- id: \d+\n)")

    def matching(self, data: bytes) -> Matching | None:
        """Return how it finds an exchange: version 4 by everything, 1 and 2 by method and URL; 3 writes the same files
        as 4.
        """
        from recviewer.formats.reading import Matching

        if _OLD.match(data[:HEAD].replace(b"\r\n", b"\n")):
            return Matching("go-vcr", frozenset({"method", "url"}), is_in_order=True)
        return super().matching(data)

    def test_of(self, path: str) -> str | None:
        """Return the package and the test: `<package>/testdata/[cassettes/]<TestName>[/<subtest>].yaml`."""
        found = _TEST.fullmatch(path)
        return f"{found[1].rstrip('/') or '.'}::{found[2]}" if found else None

    def exchange(self, value: Any) -> HttpExchange:
        """Read an item."""
        return exchange_of(value)


RECORDER = GoVcr()
