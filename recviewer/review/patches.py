"""Deletions in the words of git: a patch for `git apply`, and a list for `git rm --pathspec-from-file`."""

from __future__ import annotations

_ESCAPES = {7: b"\\a", 8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 12: b"\\f", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}
_GLOB = b"*?["
_NO_BLOB = "0" * 40


def quoted(name: bytes) -> bytes:
    """Return a name as git writes it: in quotation marks with escapes where it holds more than printable ASCII."""
    if all(32 <= byte < 127 and byte not in _ESCAPES for byte in name):
        return name
    return b'"' + b"".join(_ESCAPES.get(byte) or _plain_or_octal(byte) for byte in name) + b'"'


def _plain_or_octal(byte: int) -> bytes:
    return bytes([byte]) if 32 <= byte < 127 else b"\\%03o" % byte


def pathspec(name: bytes, *, null: bool = False) -> bytes:
    r"""Return the entry of a path in a list for `--pathspec-from-file`, with its end.

    null: for `--pathspec-file-nul`: entries end in NUL and nothing is quoted. A name that git would take for a pattern
    or for other pathspec magic is marked as literal.
    """
    is_plain = not name.startswith(b":") and not any(byte in _GLOB for byte in name) and b"\\" not in name
    entry = name if is_plain else b":(literal)" + name
    return entry + b"\0" if null else quoted(entry) + b"\n"


def deletion(name: bytes, data: bytes, *, blob: str, is_executable: bool = False) -> bytes:
    """Return a patch that deletes a file with just these bytes. name: below the top of the work tree."""
    old, new = quoted(b"a/" + name), quoted(b"b/" + name)
    head = b"diff --git %s %s\ndeleted file mode %s\nindex %s..%s\n" % (
        old,
        new,
        b"100755" if is_executable else b"100644",
        blob.encode(),
        _NO_BLOB.encode(),
    )
    if not data:
        return head
    lines = data.split(b"\n")
    has_end = lines[-1] == b""
    if has_end:
        lines.pop()
    span = b"-1" if len(lines) == 1 else b"-1,%d" % len(lines)
    tab = b"\t" if b" " in name and not old.startswith(b'"') else b""
    body = b"".join(b"-" + line + b"\n" for line in lines)
    tail = b"" if has_end else b"\\ No newline at end of file\n"
    return head + b"--- %s%s\n+++ /dev/null\n@@ %s +0,0 @@\n" % (old, tab, span) + body + tail
