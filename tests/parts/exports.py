"""The lines that `export` writes for the invented cases, as digests: OGX's files are read as before files had parts.

Where a reader is changed on purpose, write them anew: python tests/parts/exports.py
"""

import hashlib
import json
from pathlib import Path

CASES = Path(__file__).parent.parent / "cases"
KNOWN = Path(__file__).parent / "exports.json"


def digests():
    """By the path of a case, the first digits of the hash of its line."""
    from recviewer.commands.exported import contract_of, found_below, line_of

    return {
        found["path"]: hashlib.sha256(line_of(found)).hexdigest()[:12]
        for found in map(contract_of, found_below(CASES, limit_bytes=1 << 30))
        if not found["path"].endswith(".expected.json")
    }


if __name__ == "__main__":
    import os
    import sys

    import django

    sys.path.insert(0, str(CASES.parent.parent))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    KNOWN.write_text(json.dumps(digests(), indent=1, sort_keys=True) + "\n")
