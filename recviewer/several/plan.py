"""The file that names the repositories: reading and validating it."""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from recviewer.configuration import trusted_proxies
from recviewer.serving import url_prefix

PLACE = Path("/etc/recviewer/several.toml")

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,30}\$?|[0-9]{1,9}")
_SITE = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~-]+)*/?")
_LARGEST_BYTES = 1_000_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

GIVEN = frozenset(
    {
        "RECVIEWER_ALLOWED_HOSTS",
        "RECVIEWER_DATA",
        "RECVIEWER_DESK_KEY",
        "RECVIEWER_HOSTED",
        "RECVIEWER_PUBLIC_URL",
        "RECVIEWER_SECRET_KEY",
        "RECVIEWER_TRUSTED_ORIGINS",
    }
)
"""Variables that are derived from the file, and may not be in it."""


class BadPlan(Exception):
    """The file cannot be used. `str()` gives a sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class NamedInstance:
    """One repository. account: of the system, by name or number.

    is_listed: the page at the top names it to everybody. variables: its own and the common ones, as in the file; they
    contain secrets.
    """

    name: str
    title: str
    port: int
    account: str
    workers: int
    is_listed: bool
    variables: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeveralFile:
    """address: of the site, below which each instance has its name. folder: holds a folder and a key for each.

    port, account: of the page at the top. is_one_account: all run as the user who started them, by the operator's wish.
    """

    address: str
    folder: Path
    port: int
    account: str
    is_one_account: bool
    instances: tuple[NamedInstance, ...]

    def home(self, name: str) -> Path:
        """Return the folder of an instance."""
        return self.folder / name

    def key_place(self, name: str) -> Path:
        """Return the file of an instance's secret key: beside its folder, so that it belongs to us and not to its
        account.
        """
        return self.folder / f"{name}.key"

    def url(self, name: str) -> str:
        """Return the URL of an instance, without its final slash."""
        return f"{self.address}/{name}"

    def named(self, names: Iterable[str]) -> tuple[NamedInstance, ...]:
        """Return the instances with some names, all if none are given. Raises BadPlan."""
        wanted = list(names)
        known = {one.name: one for one in self.instances}
        for name in wanted:
            if name not in known:
                raise BadPlan(f"there is no repository {name}: the file names {', '.join(known)}")
        return tuple(known[name] for name in wanted) if wanted else self.instances


def read(place: Path) -> SeveralFile:
    """Read the file. Raises BadPlan."""
    try:
        document = tomllib.loads(_text(place))
    except (OSError, UnicodeError) as error:
        raise BadPlan(f"{place} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise BadPlan(f"{place} is not TOML: {error}") from None
    if place.stat().st_uid not in (0, os.geteuid()):
        raise BadPlan(f"{place} belongs to another account, which could name anything in it: chown root {place}")
    if place.stat().st_mode & 0o077:
        raise BadPlan(f"{place} holds secrets of all repositories, and others may read it: chmod 600 {place}")
    return of(document)


def _text(place: Path) -> str:
    with place.open("rb") as file:
        return file.read(_LARGEST_BYTES).decode()


def of(document: Mapping[str, Any]) -> SeveralFile:
    """Parse a document. Raises BadPlan."""
    tables = _expect(document, "repositories", dict, {})
    common = _variables("common", _expect(document, "common", dict, {}))
    _expect_known(
        "the file", document, ("address", "folder", "port", "account", "one_account", "common", "repositories")
    )
    address = _expect(document, "address", str)
    if not _SITE.fullmatch(address):
        raise BadPlan("address takes one such as https://recordings.example.com")
    folder = Path(_expect(document, "folder", str, "/var/lib/recviewer"))
    if not folder.is_absolute() or ".." in folder.parts:
        raise BadPlan("folder takes an absolute path")
    if not tables:
        raise BadPlan("it names no repository: [repositories.NAME] begins one")
    made = SeveralFile(
        address=address.rstrip("/"),
        folder=folder,
        port=_port(document, "port", 8000),
        account=_account(document, "recviewer"),
        is_one_account=_expect(document, "one_account", bool, False),
        instances=tuple(_instance(name, table, common) for name, table in tables.items()),
    )
    _expect_apart(made)
    return made


def _instance(name: str, table: Any, common: Mapping[str, str]) -> NamedInstance:
    if not _NAME.fullmatch(name):
        raise BadPlan(f"{name!r} is not a name of a repository: it takes small letters, digits, - and _")
    if not isinstance(table, dict):
        raise BadPlan(f"[repositories.{name}] is not a table")
    own = {key: value for key, value in table.items() if not _VARIABLE.fullmatch(key)}
    _expect_known(f"[repositories.{name}]", own, ("title", "port", "account", "workers", "listed"))
    try:
        title = _expect(own, "title", str, name)
        if _CONTROL.search(title) or not 0 < len(title.strip()) <= 100:
            raise BadPlan("title takes 1 to 100 characters")
        workers = _expect(own, "workers", int, 1)
        if not 1 <= workers <= 64:
            raise BadPlan("workers takes a number from 1 to 64")
        return NamedInstance(
            name=name,
            title=title.strip(),
            port=_port(own, "port"),
            account=_account(own, f"recviewer-{name}"),
            workers=workers,
            is_listed=_expect(own, "listed", bool, False),
            variables={**common, **_variables(name, {key: table[key] for key in table.keys() - own.keys()})},
        )
    except BadPlan as bad:
        raise BadPlan(f"[repositories.{name}]: {bad}") from None


def _variables(where: str, table: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, value in table.items():
        if not _VARIABLE.fullmatch(name):
            raise BadPlan(f"[{where}] takes variables, in capitals: {name} is none")
        if name in GIVEN:
            raise BadPlan(f"{name} follows from the file, and cannot stand in [{where}]")
        if isinstance(value, bool):
            value = str(int(value))
        if not isinstance(value, str | int) or "\0" in str(value) or "\n" in str(value):
            raise BadPlan(f"{name} takes a text of one line, or a number")
        found[name] = str(value)
    return found


def _expect(table: Mapping[str, Any], key: str, kind: type, default: Any = None) -> Any:
    value = table.get(key, default)
    if value is None:
        raise BadPlan(f"{key} is missing")
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadPlan(f"{key} takes {_KINDS[kind]}")
    return value


_KINDS = {str: "a text", int: "a number", bool: "true or false", dict: "a table"}


def _expect_known(where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise BadPlan(f"{where} takes {', '.join(known)}: {key} is unknown")


def _port(table: Mapping[str, Any], key: str, default: int | None = None) -> int:
    port: int = _expect(table, key, int, default)
    if not 1024 <= port <= 65_535:
        raise BadPlan(f"{key} takes a number from 1024 to 65535")
    return port


def _account(table: Mapping[str, Any], default: str) -> str:
    value = table.get("account", default)
    name = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(name, str) or not _ACCOUNT.fullmatch(name) or name in ("root", "0"):
        raise BadPlan("account takes the name or number of an account that is not root's")
    return name


def _expect_apart(plan: SeveralFile) -> None:
    """Raise BadPlan if two instances would share what has to be separate."""
    ports = [plan.port, *(one.port for one in plan.instances)]
    _expect_once("port", ports)
    if not plan.is_one_account:
        _expect_once("account", [plan.account, *(one.account for one in plan.instances)])
    stores = [database for one in plan.instances if (database := one.variables.get("DATABASE_URL"))]
    _expect_once("DATABASE_URL", stores, is_secret=True)
    _expect_once("user of PostgreSQL", [user for one in stores if (user := _user(one))])
    for key in ("RECVIEWER_REVIEWS_FILE", "RECVIEWER_METRICS_TOKEN", "RECVIEWER_HOOK_SECRET"):
        own = [one.variables[key] for one in plan.instances if one.variables.get(key)]
        _expect_once(key, own, is_secret=True)
    for one in plan.instances:
        _expect_beside_others(plan, one)


def _expect_beside_others(plan: SeveralFile, one: NamedInstance) -> None:
    """Raise BadPlan if a URL is not possible, or if any local process could tell an instance who somebody is."""
    try:
        url_prefix.of_site(plan.url(one.name))
    except ValueError as bad:
        raise BadPlan(f"{plan.url(one.name)} cannot be its address: {bad}") from None
    proxies = one.variables.get("RECVIEWER_LOGIN_PROXIES", "")
    if not one.variables.get("RECVIEWER_LOGIN_HEADER") or len(plan.instances) == 1:
        return
    try:
        networks_ = trusted_proxies.listed(proxies) if proxies else ()
    except ValueError as bad:
        raise BadPlan(f"[repositories.{one.name}]: RECVIEWER_LOGIN_PROXIES: {bad}") from None
    if any(trusted_proxies.is_among(here, networks_) for here in ("127.0.0.1", "::1")):
        raise BadPlan(
            f"[repositories.{one.name}]: RECVIEWER_LOGIN_PROXIES names this machine, on which the processes of the others "
            "run: whoever takes one of them over could be anybody here"
        )


def _user(database: str) -> str:
    """Return the user and server in the URL of a database; "" if it has none."""
    parts = urlsplit(database)
    return f"{unquote(parts.username)} at {parts.hostname or ''}:{parts.port or ''}" if parts.username else ""


def _expect_once(what: str, values: list[Any], *, is_secret: bool = False) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            shown = "" if is_secret else f" {value}"
            raise BadPlan(f"{what}{shown} stands twice: each repository has one of its own")


def host_of(address: str) -> str:
    """Return the host of a URL, without its port."""
    return urlsplit(address).hostname or ""


def origin_of(address: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def is_root() -> bool:
    """Tell whether processes can be started under another account."""
    return os.geteuid() == 0
