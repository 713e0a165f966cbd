"""The only remote that may be fetched from. It is named by the operator, never by a repository's configuration."""

from __future__ import annotations

import re
from dataclasses import dataclass

_URL = re.compile(r"(?P<protocol>https?|ssh|git)://(?P<host>[^/]+)/(?P<path>.+)")
_FILE = re.compile(r"(?:file://)?/.+")
_SHORT = re.compile(r"(?:\w[\w.-]*@)?[A-Za-z0-9][\w.-]*:(?P<path>[^:-].*)")
_SECRET = re.compile(r"(?<=://)[^/\s@]*@|\?[^\s'\"]*")


@dataclass(frozen=True, slots=True)
class Remote:
    """url: for git. protocol: the only one that git may use for it."""

    url: str
    protocol: str

    @property
    def shown(self) -> str:
        """The URL without user, password and query, for display."""
        return without_secrets(self.url)

    def redacted(self, said: str) -> str:
        """Return git's message without the URL's secrets."""
        return without_secrets(said.replace(self.url, self.shown))


def checked(text: str) -> Remote:
    """Parse a URL. Raises ValueError with the accepted forms: remote helpers (`ext::`) and options are refused."""
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
    """Return the command that creates a mirror of a remote, restricted to its protocol, at a path that does not exist
    yet.
    """
    allowed = ("-c", "protocol.allow=never", "-c", f"protocol.{remote.protocol}.allow=always")
    return ("git", *allowed, "clone", "--mirror", "--quiet", "--", remote.url, place)


_TAKES = "it takes an https, http, ssh, git or file URL, git@host:path, or an absolute path"


def without_secrets(text: str) -> str:
    """Return text with users, passwords and queries removed from URLs."""
    return _SECRET.sub("", text)
