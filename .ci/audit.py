"""Asks pip-audit which known flaws the packages of an environment have: `audit.py SITE-PACKAGES PIP-AUDIT`.

Ends with 1 where there are flaws. What could not be looked up, for the index that is reached knows no flaws or none is
reached, is counted and said, and fails nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys

SECONDS = 300


def main(site: str, tool: str) -> int:
    """Print what was found."""
    words = [tool, "--path", site, "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
        packages = json.loads(done.stdout)["dependencies"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError):
        print("Not audited: nobody was reached who knows of flaws")
        return 0
    known = [one for one in packages if "skip_reason" not in one]
    flaws = [(one, flaw) for one in known for flaw in one.get("vulns", ())]
    for one, flaw in flaws:
        mended = ", ".join(flaw.get("fix_versions", ())) or "no version"
        print(f"{one['name']} {one['version']}: {flaw['id']}, mended in {mended}")
    left = len(packages) - len(known)
    print(
        f"{len(known)} packages audited, {len(flaws)} known flaws"
        + (f"; {left} could not be looked up" if left else "")
    )
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
