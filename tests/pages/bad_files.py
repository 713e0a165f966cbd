"""Every kind of bad file, as tests put them in the place of a recording that was committed and indexed."""

import json
import os
import shutil
import socket
import stat
from urllib.parse import quote

FOLDER = "tests/recordings"
BAD = f"{FOLDER}/bad.json"
LIMIT = 40_000
"""Bytes that may be read of a file; the good recordings are smaller."""


def _link(place):
    place.symlink_to("good.json")


def _dangling(place):
    place.symlink_to("nowhere.json")


def _loop(place):
    place.symlink_to(place.name)


def _socket(place):
    here = os.getcwd()
    os.chdir(place.parent)  # the path of a socket has to be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(place.name)
    finally:
        os.chdir(here)


def _device(place):
    os.mknod(place, stat.S_IFCHR | 0o600, os.makedev(1, 3))


def _folder(place):
    place.mkdir()


def _full_folder(place):
    place.mkdir()
    (place / "inner.json").write_text("{}")


def _huge(place):
    with place.open("wb") as made:
        made.truncate(LIMIT + 1)


def _folder_is_link(place):
    place.parent.rename(place.parent.parent / "elsewhere")
    place.parent.symlink_to("elsewhere")


def _folder_is_file(place):
    for one in place.parent.iterdir():
        one.unlink()
    place.parent.rmdir()
    place.parent.write_text("{}")


def _bytes(data):
    return lambda place: place.write_bytes(data)


_LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"

KINDS = {
    "link": _link,
    "dangling link": _dangling,
    "link to itself": _loop,
    "pipe": os.mkfifo,
    "socket": _socket,
    "folder": _folder,
    "folder with a recording": _full_folder,
    "over the limit": _huge,
    "gone": lambda place: None,
    "its folder is a link": _folder_is_link,
    "its folder is a file": _folder_is_file,
    "empty": _bytes(b""),
    "blank": _bytes(b" \n"),
    "not JSON": _bytes(b"<html>\0\x1b[31m</html>"),
    "cut off": _bytes(b'{"request": {"body": {"messages": ['),
    "not UTF-8": _bytes(b'{"request": "\xff\xfe"}'),
    "UTF-16": _bytes('{"request": {}}'.encode("utf-16")),
    "LFS pointer": _bytes(_LFS),
    "null": _bytes(b"null"),
    "list": _bytes(b"[1, 2]"),
    "number": _bytes(b"1e999"),
    "halves that are no objects": _bytes(b'{"request": [], "response": "x"}'),
    "nothing in it": _bytes(b'{"request": {}, "response": {}}'),
    "deep": _bytes(b"[" * 9_000),
    "conflict": _bytes(b"<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> other\n"),
    "other recording": _bytes(json.dumps({"request": {"body": {"prompt": "x"}}, "response": {}}).encode()),
}
if os.geteuid() == 0:
    KINDS["device"] = _device


def put(root, kind):
    """Put a bad file of this kind in the place of the recording `BAD`."""
    place = root / BAD
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    KINDS[kind](place)


def pages(key, blob, other, other_blob):
    """Return the address of every kind of page about a recording. blob: as the catalog has it, "" for none."""
    at, beside = f"/r/{quote(key)}", quote(other)
    views = ["", "?view=raw", "?view=chunks", "?view=raw&lines=1-20", "?view=raw&line=1&from=0", "?seams=1"]
    views += ["?download=1", "?media=1", "?in=", f"?in={quote('?kind=unreadable')}", "?open=request&open=fields"]
    found = [at + view for view in views] + [f"{at}.json"]
    found += [f"/difference/{quote(key)}", f"/difference/{quote(key)}?from={other_blob}"]
    found += [f"/difference/?old={quote(key)}&new={beside}", f"/difference/?old={beside}&new={quote(key)}"]
    found += [f"/difference/?old=blob:{other_blob}&new={quote(key)}&view=raw", f"/difference/{quote(key)}?view=raw"]
    found += [f"/do/trash?key={quote(quote(key, safe=''))}&seen={blob}"]
    found += [f"/history/{quote(key)}", f"/history/{quote(key)}.json"]
    for one in {blob, other_blob} - {""}:
        found += [f"/b/{one}", f"/b/{one}.json", f"/b/{one}?path={quote(key)}", f"/b/{one[:9]}", f"/b/{one}?view=raw"]
    return found


LISTS = [
    "/", "/?view=tests", "/?kind=unreadable", "/?q=planet", "/?sort=size", "/recordings.json", "/queue/",
    "/queue/?summary=1", "/bulk/", "/bulk/?kind=unreadable", "/plan/", "/plan/.json", "/plan/delete.patch",
    "/plan/git-rm.txt", "/plan/record-again.txt", "/trash/", "/trash/.json", "/tags/", "/activity/", "/fresh?generation=0",
    "/readyz", "/changes/", "/smells/", "/smells/.json", "/?smell=unreadable",
]  # fmt: skip


def range_pages(spec, key):
    """Return the address of every kind of page about a range."""
    named = quote(spec)
    found = [f"/changes/{named}{rest}" for rest in ("", ".json", "?end=1", "?lost=1", f"?change={quote(key)}")]
    found += [f"/changes/{named}?change={quote(key)}&mode=side", f"/changes/{named}?change={quote(key)}&view=raw"]
    found += [f"/report/{named}?as={form}" for form in ("md", "summary", "status", "status-json", "json", "html")]
    found += [f"/plan/{named}{form}" for form in ("", "?as=patch", "?as=git-rm", "?as=tests", "?as=json")]
    return [*found, f"/do/churn?range={named}", f"/do/pair?range={named}&change={quote(key)}"]
