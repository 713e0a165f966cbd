"""go-vcr, versions 1 to 4: YAML with `version` and `interactions`. Source: go-vcr v4, `pkg/cassette/cassette.go`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import Cassette
from recviewer.recorders.kinds.vcrpy import exchange_of

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange


_TEST = re.compile(r"((?:.*/)?)testdata/(?:cassettes/)?(Test[^/]*(?:/.+)?)\.ya?ml")


class GoVcr(Cassette):
    """Cassettes of go-vcr."""

    name = "go-vcr"
    plain: Mapping[str, tuple[object, ...]] = {"version": (1, 2)}
    start = re.compile(rb"(?:---\nversion: [12]\ninteractions:(?: *\[\]|\n *- (?:id: \d+\n|request:\n))| *- id: \d+\n)")

    def test_of(self, path: str) -> str | None:
        """Return the package and the test: `<package>/testdata/[cassettes/]<TestName>[/<subtest>].yaml`."""
        found = _TEST.fullmatch(path)
        return f"{found[1].rstrip('/') or '.'}::{found[2]}" if found else None

    def exchange(self, value: Any) -> HttpExchange:
        """Read an item."""
        return exchange_of(value)


RECORDER = GoVcr()
