"""Deleted and created files in git's formats: a patch for `git apply`, a list for `git rm --pathspec-from-file`."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

from recviewer.catalog.content import is_heavy
from recviewer.secrets.raw import shown

_ESCAPES = {7: b"\\a", 8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 12: b"\\f", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}
_GLOB = b"*?["
_NO_BLOB = "0" * 40
_MODE = "100644"
_TOUCHY = re.compile(rb"[\0\r]|[ \t](?:\n|\Z)| \t|(?:\A|\n)\n\Z")
"""Added lines that the repository's settings may make `git apply` fix or reject, and binary content."""
_LITERAL_LINE = 52


def quoted(name: bytes) -> bytes:
    """Return a name as git writes it: quoted and escaped if it contains more than printable ASCII."""
    if all(32 <= byte < 127 and byte not in _ESCAPES for byte in name):
        return name
    return b'"' + b"".join(_ESCAPES.get(byte) or _plain_or_octal(byte) for byte in name) + b'"'


def _plain_or_octal(byte: int) -> bytes:
    return bytes([byte]) if 32 <= byte < 127 else b"\\%03o" % byte


def pathspec(name: bytes, *, null: bool = False) -> bytes:
    r"""Return the entry of a path in a list for `--pathspec-from-file`, with its terminator.

    null: for `--pathspec-file-nul`: entries end in NUL and nothing is quoted. A name that git would take for a pattern
    or for other pathspec magic is marked as literal.
    """
    is_plain = not name.startswith(b":") and not any(byte in _GLOB for byte in name) and b"\\" not in name
    entry = name if is_plain else b":(literal)" + name
    return entry + b"\0" if null else quoted(entry) + b"\n"


def deletion(name: bytes, data: bytes, *, blob: str, mode: str = _MODE) -> bytes:
    """Return a patch that deletes a file with exactly these bytes.

    name: below the top of the work tree. mode: as git writes it. If the bytes contain a secret, or checking that would
    take too long, they are left out: git deletes the file all the same, and only if it has this blob.
    """
    head = _head(name, b"deleted file mode", mode, blob, _NO_BLOB)
    if not _may_be_read(data):
        return head + b"Binary files %s and /dev/null differ\n" % quoted(b"a/" + name)
    return head + _hunk(b"a/" + name, b"", data, b"-") if data else head


def creation(name: bytes, data: bytes, *, blob: str, mode: str = _MODE) -> bytes:
    """Return a patch that creates a file with exactly these bytes, independent of white-space settings."""
    head = _head(name, b"new file mode", mode, _NO_BLOB, blob)
    if not data:
        return head
    if _TOUCHY.search(data) or not _may_be_read(data):
        return head + b"GIT binary patch\n" + b"".join(_literal(data)) + b"".join(_literal(b""))
    return head + _hunk(b"", b"b/" + name, data, b"+")


def _may_be_read(data: bytes) -> bool:
    """Tell whether the lines of a file may be in a patch: they can be checked quickly, and contain no secret."""
    return not is_heavy(data) and shown(data) == data


def modification(name: bytes, before: bytes, after: bytes, *, blobs: tuple[str, str], modes: tuple[str, str]) -> bytes:
    """Return a patch that changes a file's bytes to exactly the new ones, independent of white-space settings.

    blobs, modes: before and after. If the bytes are equal, only the mode changes.
    """
    names = quoted(b"a/" + name), quoted(b"b/" + name)
    head = b"diff --git %s %s\n" % names
    old_mode, new_mode = (mode.encode() for mode in modes)
    if modes[0] != modes[1]:
        head += b"old mode %s\nnew mode %s\n" % (old_mode, new_mode)
    if before == after:
        return head
    old, new = (blob.encode() for blob in blobs)
    head += b"index %s..%s%s\n" % (old, new, b"" if modes[0] != modes[1] else b" " + new_mode)
    return head + b"GIT binary patch\n" + b"".join(_literal(after)) + b"".join(_literal(before))


def _head(name: bytes, what: bytes, mode: str, old: str, new: str) -> bytes:
    names = quoted(b"a/" + name), quoted(b"b/" + name)
    return b"diff --git %s %s\n%s %s\nindex %s..%s\n" % (*names, what, mode.encode(), old.encode(), new.encode())


def _hunk(old: bytes, new: bytes, data: bytes, sign: bytes) -> bytes:
    """Return all lines of a file as removed or added.

    old, new: its name on each side, b"" if it does not exist there.
    """
    lines = data.split(b"\n")
    has_end = lines[-1] == b""
    if has_end:
        lines.pop()
    span = b"1" if len(lines) == 1 else b"1,%d" % len(lines)
    spans = (b"-" + span, b"+0,0") if sign == b"-" else (b"-0,0", b"+" + span)
    body = b"".join(sign + line + b"\n" for line in lines)
    tail = b"" if has_end else b"\\ No newline at end of file\n"
    return b"--- %s\n+++ %s\n@@ %s %s @@\n" % (_named(old), _named(new), *spans) + body + tail


def _named(name: bytes) -> bytes:
    if not name:
        return b"/dev/null"
    written = quoted(name)
    return written + (b"\t" if b" " in name and not written.startswith(b'"') else b"")


def _literal(data: bytes) -> Iterator[bytes]:
    """Yield bytes as `git diff --binary` writes them: deflated, in lines that begin with their length."""
    packed = zlib.compress(data)
    yield b"literal %d\n" % len(data)
    for start in range(0, len(packed), _LITERAL_LINE):
        piece = packed[start : start + _LITERAL_LINE]
        length = ord("A") + len(piece) - 1 if len(piece) <= 26 else ord("a") + len(piece) - 27
        yield bytes([length]) + base64.b85encode(piece, pad=True) + b"\n"
    yield b"\n"
