"""The case files: recordings with what a person derived from them, in a folder for each wire format.

A test of all of them goes through one folder. It names the case that failed.
"""

from pathlib import Path

CASES = Path(__file__).parent / "cases"
FILES = sorted(path for path in CASES.glob("*/*.json") if not path.name.endswith(".expected.json"))
FOLDERS = {
    folder: [path for path in FILES if path.parent.name == folder] for folder in sorted({p.parent.name for p in FILES})
}
"""The case files of each folder, by its name."""
