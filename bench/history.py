"""The results of earlier runs, one line of JSON each, and the comparison of a run with the last one of the same tree."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from table import Line

HERE = Path(__file__).parent


def entry(tree: str, noise: float, lines: Iterable[Line]) -> dict[str, Any]:
    """Return the entry for a run. tree: its name and size. noise: the spread of the runs of the unit, as a share."""
    commit = subprocess.run(
        ["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    told = {f"{line.what}, against {line.against}": round(line.ratio, 3) for line in lines if line.ratio is not None}
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    return {"at": at, "commit": commit.stdout.strip(), "tree": tree, "noise": round(noise, 2), "ratios": told}


def last(file: Path, tree: str) -> dict[str, Any] | None:
    """Return the last entry of a tree, or None."""
    lines = file.read_text().splitlines() if file.exists() else []
    found: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    return next((one for one in reversed(found) if one["tree"] == tree), None)


def add(file: Path, made: dict[str, Any]) -> None:
    """Append an entry."""
    with file.open("a") as written:
        written.write(json.dumps(made) + "\n")


def beside(before: dict[str, Any] | None, now: dict[str, Any]) -> str:
    """Return the ratios of two runs as a table, marking changes that exceed the noise of both runs."""
    if before is None:
        return f"\nNothing was kept of {now['tree']} yet."
    noise = max(before["noise"], now["noise"], 0.1)
    head = f"\nBeside {before['commit']} of {before['at']} (noise {before['noise']:.0%}, now {now['noise']:.0%})"
    rows = [f"{'ratio':>9} {'was':>9}      what"]
    for name, ratio in now["ratios"].items():
        was = before["ratios"].get(name)
        moved = 0.0 if was is None else ratio / was - 1
        sign = f"{moved:+.0%}" if abs(moved) > noise else ""
        rows.append(f"{ratio:9.2f} {'new' if was is None else f'{was:.2f}':>9} {sign:>5} {name}")
    rows += [
        f"{'gone':>9} {was:9.2f}       {name}" for name, was in before["ratios"].items() if name not in now["ratios"]
    ]
    return "\n".join([head, *rows])
