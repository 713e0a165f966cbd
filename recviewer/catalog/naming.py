"""Names and texts as the catalog stores them: the suite of a path, the name of a test, text that every database can
store.
"""

from __future__ import annotations

import re
from hashlib import sha256

NAME_LIMIT = 20_000
"""Maximum length of a name in characters, because lists hold many names at once. Real names have some hundred."""

_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"}
"""NUL would end a text in SQL; all control characters are replaced by their pictures."""

_CONTROL_BYTES = bytes(_CONTROLS)


def clean(text: str) -> str:
    """Return text that every database can store: control characters as pictures, lone surrogates as U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return text.translate(_CONTROLS).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text if len(data.translate(None, _CONTROL_BYTES)) == len(data) else text.translate(_CONTROLS)


def named(text: str) -> str:
    """Return a name as `clean` does. A name longer than `NAME_LIMIT` is cut and gets a digest that distinguishes it."""
    if len(text) <= NAME_LIMIT:
        return clean(text)
    return f"{clean(text[:NAME_LIMIT])}…{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def test_name(test_id: str | None) -> str:
    """Return a test id's function and parameters, without the file and without `test_`."""
    if not test_id:
        return ""
    head, bracket, parameters = test_id.partition("[")
    return head.rpartition("::")[2].removeprefix("test_") + bracket + parameters


_HOME = "recordings"
_TESTS = ("tests", "integration")


def suite_of(key: str) -> str:
    """Return the suite that a path belongs to: the folders between `tests/integration` and the first `recordings`.

    If there are none, the folders after `recordings` except `responses`; else the folder that contains `recordings`;
    else the first folder, or "" at the top.
    """
    folders = key.split("/")[:-1]
    if _HOME not in folders:
        return folders[0] if folders else ""
    place = folders.index(_HOME)
    if place == 0 and _HOME in folders[1:]:
        folders = folders[1:]
        place = folders.index(_HOME)
    before, behind = folders[:place], folders[place + 1 :]
    for start in range(len(before) - 1):
        if tuple(before[start : start + 2]) == _TESTS:
            inner = before[start + 2 :] or [name for name in behind if name not in ("responses", _HOME)]
            return "/".join(inner) or "integration"
    return before[-1] if before else ""


_PROVIDER = re.compile(r"[\[,-]\w+=([A-Za-z][\w.-]*)/")


def provider_of(test_id: str | None) -> str:
    """Return the provider in a test's parameters, such as `azure` in `…[client-txt=azure/gpt-4o-x]`; "" for none."""
    found = _PROVIDER.search(test_id, test_id.find("[")) if test_id and "[" in test_id else None
    return found[1] if found else ""


def file_of(test_id: str | None) -> str:
    """Return the file of a test, "" if its id names none."""
    head = (test_id or "").partition("[")[0]
    file, colons, _ = head.partition("::")
    return file if colons else ""
