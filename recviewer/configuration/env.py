"""Typed readers of environment variables. An invalid value stops the start with a sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

_Value = TypeVar("_Value")

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})
_SECRET = re.compile(r"[!-~]{16,200}")
_SITE = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/%-]*)?")


class BadEnvironment(SystemExit):
    """A RECVIEWER_* variable has an invalid value."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"recviewer: {name}={value!r} cannot be used: {wanted}.")
        self.name, self.wanted = name, wanted


def text(name: str, default: str = "") -> str:
    """Return the variable's text, or the default where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """Return the variable as a boolean (1/0, true/false, yes/no, on/off)."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    value = raw.strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise BadEnvironment(name, raw, "it takes 1 or 0")


def number(name: str, default: int, *, least: int = 0) -> int:
    """Return the variable as a whole number of at least `least`."""
    raw = text(name)
    if not raw:
        return default
    if not raw.isdecimal() or int(raw) < least:
        raise BadEnvironment(name, raw, f"it takes a whole number from {least} on")
    return int(raw)


def choice(name: str, default: str, *, among: Collection[str]) -> str:
    """Return the variable as one of some words, which are in capitals; case is ignored."""
    raw = text(name, default)
    if raw.upper() not in among:
        raise BadEnvironment(name, raw, f"it takes one of {', '.join(among)}")
    return raw.upper()


def path(name: str) -> Path | None:
    """Return the variable as an absolute path with `~` expanded, None where it is unset or empty."""
    raw = text(name)
    try:
        return Path(os.path.abspath(Path(raw).expanduser())) if raw else None
    except RuntimeError:
        raise BadEnvironment(name, raw, "nobody knows that home directory") from None


def url(name: str) -> str:
    """Return the variable as the URL of a site without its final slash, "" if it is unset or empty."""
    raw = text(name)
    try:
        parts = urlsplit(raw)
        is_site = bool(parts.hostname) and parts.port != 0 and _SITE.fullmatch(raw) is not None
    except ValueError:
        is_site = False
    if raw and not is_site:
        raise BadEnvironment(name, raw, "it takes an address such as https://recordings.example.com")
    return raw.rstrip("/")


def checked(name: str, read: Callable[[str], _Value]) -> _Value | None:
    """Return the variable parsed by a function, None if it is unset or empty.

    read: raises ValueError with what is allowed. The value is not repeated then, because it may contain a password.
    """
    raw = text(name)
    try:
        return read(raw) if raw else None
    except ValueError as error:
        raise BadEnvironment(name, "…", str(error)) from None


def needed(name: str, read: Callable[[str], _Value], *, by: str = "RECVIEWER_HOST") -> _Value:
    """Return a required variable parsed by a function: see `checked`. by: the variable that requires it."""
    found = checked(name, read)
    if found is None:
        raise BadEnvironment(name, "", f"{by} needs it")
    return found


def secret(text: str) -> str:
    """Parse a token or another shared secret, for `checked`. Raises ValueError with what is allowed."""
    if not _SECRET.fullmatch(text):
        raise ValueError("it takes 16 to 200 printable characters without spaces")
    return text


def words(name: str) -> list[str]:
    """Return a comma-separated list without empty items."""
    return [item.strip() for item in text(name).split(",") if item.strip()]
