"""Damaged recordings, which no recorder recognizes by their bytes: each is shown, and equals no other.

Any other unrecognized file among recordings is not a recording.
"""

from __future__ import annotations

import re

from recviewer.recorders.cassettes import HEAD
from recviewer.recorders.registry import claims, recorder_of

_LFS = b"version https://git-lfs.github.com/spec/"
_CONFLICT = re.compile(rb"^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?\r?\n", re.MULTILINE)
_ANYBODYS = (".json", ".yaml", ".yml", ".txt")
"""Suffixes that do not indicate a recording outside of recordings' folders."""

_OWN = (".httprr", ".har", ".eval", ".responses")
"""Suffixes that only recordings have: an unrecognized file with one of them is a damaged recording."""

_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def damage(name: str, data: bytes) -> str:
    """Return what damaged an unrecognized recording, as a sentence without a full stop; "" if it is not a recording.

    name: as for `registry.recorder_of`, which found no recorder.
    """
    if data.startswith(_LFS):
        is_sure = claims().are_homes(name.encode("utf-8", "surrogatepass").split(b"/")[:-1])
        is_sure = is_sure or not name.removesuffix(".gz").endswith(_ANYBODYS)
        return "a git-lfs pointer: the content was not fetched (run `git lfs pull`)" if is_sure else ""
    wide = _WIDE.get(data[:2])
    if wide and _is_known(name, data[2 : 2 + 2 * HEAD].decode(wide, "ignore").encode()):
        return "UTF-16 text, where UTF-8 was expected: save it as UTF-8"
    head = data[: 2 * HEAD]
    if head.startswith(b"httprr trace v") and b"\r\n" in head[:20]:
        return "lines end in CRLF, so that the lengths that it tells no longer hold: keep it as it was recorded"
    if b"\r" in head and b"\n" not in head and _is_known(name, head.replace(b"\r", b"\n")):
        return "lines end in carriage returns alone"
    if _CONFLICT.search(head) and _is_known(name, _CONFLICT.sub(b"", head)):
        return "merge conflict markers: the file was committed or left in the middle of a merge"
    is_own = name.endswith(_OWN) and claims().holds(name.encode("utf-8", "surrogatepass"))
    return "no recorder writes files that begin like this one" if is_own and data.strip() else ""


def _is_known(name: str, head: bytes) -> bool:
    return recorder_of(name, head) is not None
