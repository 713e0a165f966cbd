"""A recorder for tests alone: a JSON list of OGX documents, each on lines of its own as `json.dumps(indent=2)` has them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator

from recviewer.exchange.model import Json
from recviewer.formats.decode import Unreadable, decode
from recviewer.recorders.contract import FilePart
from recviewer.recorders.naming import PartNames
from recviewer.replay.names import Replay, ReplayState

_GAP = re.compile(r"[\s,]*")


class JsonList:
    """Files that start with `[`, in the homes `lists` and `recordings`."""

    name = "json_list"
    homes = frozenset({b"lists", b"recordings"})
    endings = (b".json",)

    def recognizes(self, data: bytes) -> bool:
        return data.lstrip()[:1] == b"[" and b'"scope"' not in data

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        names = PartNames()
        try:
            spans = list(_spans(data))
        except (ValueError, RecursionError) as error:
            yield FilePart("", 0, len(data), None, f"no list of recordings: {error}")
            return
        for start, end in spans:
            try:
                decoded = decode(data[start:end], exact=exact)
                document = decoded.document
                request = document.get("request") if isinstance(document, dict) else document
                yield FilePart(names.of(request), start, end, decoded)
            except Unreadable as reason:
                yield FilePart(names.of(data[start:end].decode("utf-8", "replace")), start, end, None, str(reason))
        if not spans:
            yield FilePart("", 0, len(data), None, "a list without any recording")

    def replay(self, document: Json, file_name: str) -> Replay:
        return Replay(ReplayState.UNVERIFIABLE)

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Cut the parts out, each with the comma and the white space that follow it; of the last one, those before it."""
        every = list(self.parts(data))
        kept = [(one.start, one.end) for one in every if one.name not in parts]
        if not kept:
            return b"[]\n"
        made, at = data[: every[0].start], None
        for place, one in enumerate(every):
            if one.name in parts:
                continue
            if at is not None:
                made += data[every[at].end : every[at + 1].start]
            made, at = made + data[one.start : one.end], place
        return made + data[every[-1].end :]


def _spans(data: bytes) -> Iterator[tuple[int, int]]:
    text = data.decode()
    scanner = json.JSONDecoder()
    at = text.index("[") + 1
    while True:
        at = _GAP.match(text, at).end()
        if text[at : at + 1] == "]":
            return
        _, end = scanner.raw_decode(text, at)
        yield len(text[:at].encode()), len(text[:end].encode())
        at = end


RECORDER = JsonList()
