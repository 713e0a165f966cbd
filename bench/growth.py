"""Measure how costs grow with the tree: `python bench/growth.py DIR [--sizes N …] [--trees FOLDER] [--server URL]`.

See bench/README.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from processes import asked, database, environment, timed
from trees import grow, tree_of, warm

SIZES = (3_000, 30_000, 100_000)


def measured(root: Path, data: Path) -> dict[str, Any]:
    """Index a tree, cold and with nothing changed, request its pages, and return the measurements."""
    tree = tree_of(root)
    warm(tree)
    index = [sys.executable, "-m", "recviewer", "index"]
    env = environment(root, data)
    before = os.times()
    cold = timed(index, env)
    after = os.times()
    told = asked("work_growth.py", root, data)
    return {
        "files": len(tree.files),
        "index": cold,
        "cpu": after.children_user - before.children_user + after.children_system - before.children_system,
        "unchanged": min(timed(index, env) for _ in range(3)),
        **told,
    }


def table(found: list[dict[str, Any]]) -> str:
    """Return the measurements as a Markdown table with a line for each cost and a column for each size."""
    heads = [f"{one['files']:,}" for one in found]
    growth = found[-1]["files"] / found[0]["files"]
    lines = [
        f"| recordings | {' | '.join(heads)} | × of {growth:.0f} |",
        f"|---|{'--:|' * (len(found) + 1)}",
    ]
    for key, name in (("index", "index, s"), ("cpu", "its processor time, s"), ("unchanged", "nothing changed, s")):
        values = [one[key] for one in found]
        lines.append(_line(name, [f"{value:.2f}" for value in values], values[-1] / values[0]))
    for name in found[0]["pages"]:
        own = [one["pages"][name] for one in found]
        cells = [f"{page['p50']:.0f} / {page['p95']:.0f} / {page['first']:.0f}" for page in own]
        lines.append(_line(f"{name}, ms", cells, own[-1]["p50"] / own[0]["p50"]))
    values = [one["memory_mib"] for one in found]
    lines.append(_line("memory of the process that served them, MiB", [f"{value:.0f}" for value in values], 0))
    return "\n".join(lines)


def _line(name: str, cells: list[str], times: float) -> str:
    return f"| {name} | {' | '.join(cells)} | {f'{times:.1f}' if times else ''} |"


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description="Measure how costs grow with the number of recordings.")
    parser.add_argument("dir", type=Path, help="a recordings root, from which the trees are made")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="recordings in each tree")
    parser.add_argument("--trees", type=Path, help="a folder that keeps the trees for later runs")
    parser.add_argument("--server", default="", help="postgres://… URL of a server on which databases may be created")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recviewer-growth-") as folder:
        scratch = Path(folder)
        trees = options.trees or scratch / "trees"
        found = []
        for size in sorted(options.sizes):
            root = trees / str(size)
            if not root.exists():
                grow(tree_of(options.dir.resolve()), root, size)
            with database(options.server, f"recviewer_growth_{os.getpid()}_{size}"):
                found.append(measured(root, scratch / f"data{size}"))
            print(f"{time.strftime('%H:%M:%S')} {size:,} done, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        print(table(found))


if __name__ == "__main__":
    main()
