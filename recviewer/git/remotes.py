"""The one place that may be fetched from. The operator names it; a repository's own configuration never does."""

from __future__ import annotations

import re
from dataclasses import dataclass

_URL = re.compile(r"(?P<protocol>https?|ssh|git)://(?P<host>[^/]+)/(?P<path>.+)")
_FILE = re.compile(r"(?:file://)?/.+")
_SHORT = re.compile(r"(?:\w[\w.-]*@)?[A-Za-z0-9][\w.-]*:(?P<path>[^:-].*)")
_SECRET = re.compile(r"(?<=://)[^/\s@]*@|\?[^\s'\"]*")


@dataclass(frozen=True, slots=True)
class Remote:
    """url: as git takes it. protocol: the only one that git may use for it."""

    url: str
    protocol: str

    @property
    def shown(self) -> str:
        """The address without name, password and query, for pages and messages."""
        return without_secrets(self.url)

    def redacted(self, said: str) -> str:
        """Return what git said without the secrets of the address."""
        return without_secrets(said.replace(self.url, self.shown))


def checked(text: str) -> Remote:
    """Read an address. Raises ValueError with what it takes: remote helpers (`ext::`) and options are refused."""
    short, long = _SHORT.fullmatch(text), _URL.fullmatch(text)
    if not text.isprintable() or text.startswith("-"):
        raise ValueError(_TAKES)
    if long and not long["host"].rpartition("@")[2].startswith("-"):
        return Remote(text, long["protocol"])
    if _FILE.fullmatch(text):
        return Remote(text, "file")
    if short and not short["path"].startswith("//"):
        return Remote(text, "ssh")
    raise ValueError(_TAKES)


def mirror_words(remote: Remote, place: str) -> tuple[str, ...]:
    """Return the command that makes a mirror of a remote, by its one protocol, at a place that is not there yet."""
    allowed = ("-c", "protocol.allow=never", "-c", f"protocol.{remote.protocol}.allow=always")
    return ("git", *allowed, "clone", "--mirror", "--quiet", "--", remote.url, place)


_TAKES = "it takes an https, http, ssh, git or file URL, git@host:path, or an absolute path"


def without_secrets(text: str) -> str:
    """Return text in which addresses have lost their names, passwords and queries."""
    return _SECRET.sub("", text)
