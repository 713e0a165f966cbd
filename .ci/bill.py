"""Print a bill of materials of the packages in this environment, as CycloneDX 1.6. Does not use the network."""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from urllib.parse import quote

ITSELF = "recviewer"
TOOLS = frozenset({"pip", "setuptools", "wheel"})
"""Packages that a new environment has without installing anything."""


def plain(name: str) -> str:
    """Return a distribution's name as in package URLs."""
    return re.sub(r"[-_.]+", "-", name).lower()


def component(one: metadata.Distribution) -> dict[str, object]:
    """Return the entry of a distribution, with its licence if that is a short text."""
    name = plain(one.metadata["Name"])
    purl = f"pkg:pypi/{name}@{quote(one.version)}"
    made: dict[str, object] = {
        "type": "application" if name == ITSELF else "library",
        "bom-ref": purl,
        "name": name,
        "version": one.version,
        "purl": purl,
    }
    told = one.metadata.get("License-Expression") or one.metadata.get("License") or ""
    if told and "\n" not in told and len(told) < 80:
        made["licenses"] = [{"license": {"name": told}}]
    return made


def needed(one: metadata.Distribution, there: set[str]) -> list[str]:
    """Return the names of the installed packages that a distribution requires."""
    names = {plain(re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0]) for text in one.requires or ()}
    return sorted(names & there)


def bill() -> dict[str, object]:
    """Return the complete bill of materials."""
    found = {plain(one.metadata["Name"]): one for one in metadata.distributions()}
    found = {name: one for name, one in sorted(found.items()) if name not in TOOLS}
    refs = {name: str(component(one)["bom-ref"]) for name, one in found.items()}
    made: dict[str, object] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [component(one) for name, one in found.items() if name != ITSELF],
        "dependencies": [
            {"ref": refs[name], "dependsOn": [refs[other] for other in needed(one, set(found))]}
            for name, one in found.items()
        ],
    }
    if ITSELF in found:
        made["metadata"] = {"component": component(found[ITSELF])}
    return made


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
    print()
