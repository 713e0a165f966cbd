"""Print the known vulnerabilities of the packages of an environment: `audit.py SITE-PACKAGES PIP-AUDIT`.

The exit code is 1 if there are any. Packages that cannot be looked up, because no index with vulnerabilities is reachable,
are counted and reported, and do not fail the run.
"""

from __future__ import annotations

import json
import subprocess
import sys

SECONDS = 300


def main(site: str, tool: str) -> int:
    """Print the results, and return the exit code."""
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
