"""Write docs/smells.md from the rules: python tools/list_rules.py"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from recviewer.smells import rules  # noqa: E402
from recviewer.smells.documenting import document  # noqa: E402

DOCUMENT = ROOT / "docs" / "smells.md"


def listed() -> str:
    """Return the document as the rules have it."""
    return document(rules())


if __name__ == "__main__":
    DOCUMENT.write_text(listed())
