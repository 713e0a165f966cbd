"""Addresses of proxies and names of headers, as the operator writes them. Independent of Django."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_OTHERS = frozenset(
    {"authorization", "cookie", "host", "forwarded", "x-forwarded-for", "x-forwarded-proto", "user-agent"}
)


def header(text: str) -> str:
    """Return the name of a header that only a proxy sends. Raises ValueError with what is allowed.

    Names with `_` are not allowed: servers treat them as equal to those with `-`, which a proxy might not know to
    remove.
    """
    if not _HEADER.fullmatch(text) or text.casefold() in _OTHERS:
        raise ValueError("it takes the name of a header that the proxy alone sets, such as X-Remote-User")
    return text


def listed(text: str) -> tuple[Network, ...]:
    """Return the networks in a comma-separated list; an address is a network of one.

    Raises ValueError with what is allowed.
    """
    try:
        found = tuple([ipaddress.ip_network(one.strip()) for one in text.split(",")])
    except ValueError:
        raise ValueError("it takes addresses or networks with commas, such as 127.0.0.1,10.4.0.0/24") from None
    if any(one.prefixlen == 0 for one in found):
        raise ValueError("it takes the addresses of proxies, and not every address there is")
    return found


def is_among(address: str, networks: Sequence[Network]) -> bool:
    """Tell whether an address lies in one of some networks."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found.version == one.version and found in one for one in networks)
