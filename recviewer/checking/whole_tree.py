"""A process that checks a whole tree and writes the findings to a file: `python -m recviewer.checking.whole_tree`.

Pages read that file (`catalog.tree_findings`).

The file is one JSON object: `state`, the given name, `recordings`, `rules` by name, and `found`, a row for each finding
as in `catalog.tree_findings.NoticedRow`. It is replaced atomically.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import orjson

from recviewer.checking.forms.json import rule_json
from recviewer.checking.model import Located
from recviewer.checking.running import Given, directory
from recviewer.processes import temporary
from recviewer.processes.child import NICE
from recviewer.smells import rules
from recviewer.used.stored_runs import kept_in

SPOTS = 5
"""Most locations of one finding."""
OTHERS = 20
"""Most other recordings named by a finding."""


def write(root: Path, target: Path, state: str, limit_bytes: int) -> None:
    """Check all recordings below a root, and write the findings. Raises store.NoRoot, OSError."""
    checked = directory(root, Given(limit_bytes, rules(), runs=kept_in(target.parent).runs))
    told = {
        "state": state,
        "recordings": checked.recordings,
        "rules": {rule.name: rule_json(rule) for rule in checked.asked},
        "problems": list(checked.problems),
        "found": [_row(one) for one in checked.found],
    }
    fresh = target.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(orjson.dumps(told).replace(b"\\u0000", b"\\ufffd"))
    os.replace(fresh, target)


def _row(one: Located) -> list[object]:
    noticed = one.noticed
    texts = [one.rule, one.level.value, noticed.key, noticed.blob, noticed.test_id, noticed.says, noticed.held.what]
    spots = [[_text(spot.pointer), _text(spot.evidence)] for spot in noticed.held.spots[:SPOTS]]
    others = [_text(key) for key in noticed.held.others[:OTHERS]]
    counts = [len(noticed.held.others), noticed.held.is_surplus]
    return [*map(_text, texts), noticed.identity, one.line, spots, others, *counts]


def _text(text: str) -> str:
    """Return text that UTF-8 can encode."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def main() -> None:
    """Run, unless another process does."""
    root, target, state, limit = sys.argv[1:]
    os.nice(NICE)
    if temporary.hold_beside(target):
        write(Path(root), Path(target), state, int(limit))


if __name__ == "__main__":
    main()
