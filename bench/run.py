"""Measure recviewer on a tree of recordings: `python bench/run.py DIR [--rounds N] [--grow N]`. See bench/README.md."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import history
from processes import asked, environment, peak_of, timed
from table import Line, median, p95, printed, spread
from trees import Tree, copies_of, grow, tree_of, warm

MIB = 1024 * 1024
DJANGO = [sys.executable, "-c", "import django; django.setup()"]


class Bench:
    """Measures one tree. scratch: an empty folder, for data folders."""

    def __init__(self, tree: Tree, scratch: Path, rounds: int) -> None:
        self.tree, self.scratch, self.rounds = tree, scratch, rounds
        self._made = 0
        self.entry: dict[str, Any] = {}
        warm(tree)
        units = [asked("work_unit.py", tree.root, self.fresh()) for _ in range(max(rounds, 5) + 1)][1:]
        self.noise = spread([unit["seconds"] for unit in units])
        self.unit = median([unit["seconds"] for unit in units])
        self.cpu = median([unit["cpu"] for unit in units])
        self.walk = median([unit["walk"] for unit in units])
        self.django = median([timed(DJANGO, environment(tree.root, self.fresh())) for _ in range(max(rounds, 3))])

    def fresh(self) -> Path:
        """Return a new data folder."""
        self._made += 1
        return self.scratch / f"data{self._made}"

    def indexing(self) -> Iterator[Line]:
        """Measure indexing, in process and by the command, cold and with nothing changed."""
        runs = [asked("work_index.py", self.tree.root, self.fresh()) for _ in range(self.rounds)]
        cold = median([run["cold"] for run in runs])
        yield Line("cold index, in process", cold * 1000, self.unit * 1000, "unit: read and decode every file", 4)
        cpu = median([run["cpu"] for run in runs])
        yield Line("cold index, CPU of all its processes", cpu * 1000, self.cpu * 1000, "CPU of the unit")
        unchanged = median([run["unchanged"] for run in runs])
        yield Line("nothing changed, in process", unchanged * 1000, self.walk * 1000, "a walk with stat", 2)
        cold_command, unchanged_command = self._commands()
        yield Line("cold index, whole command", cold_command * 1000, self.unit * 1000, "unit", 7.7)
        listing = self._jq()
        if listing is not None:
            yield Line("cold index, whole command", cold_command * 1000, listing * 1000, "jq that lists endpoints", 1)
        start = self.django * 1000
        yield Line("nothing changed, whole command", unchanged_command * 1000, start, "start of Django", 1.3)
        peak = peak_of("work_index.py", self.tree.root, self.fresh())
        yield Line("peak memory, all processes together", peak, 120, "goal", 1, "MiB")

    def _commands(self) -> tuple[float, float]:
        index = [sys.executable, "-m", "recviewer", "index"]
        cold, unchanged = [], []
        for _ in range(self.rounds):
            env = environment(self.tree.root, self.fresh())
            cold.append(timed(index, env))
            unchanged.append(timed(index, env))
        return median(cold), median(unchanged)

    def _jq(self) -> float | None:
        if not shutil.which("jq"):
            return None
        names = "\0".join(map(str, self.tree.files)).encode()
        started = time.perf_counter()
        command = ["xargs", "-0", "jq", "-r", ".request.endpoint?"]
        subprocess.run(command, input=names, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return time.perf_counter() - started

    def pages(self) -> tuple[list[Line], dict[str, Any]]:
        """Measure lists and searches. Returns lines, and the measurements for comparing trees of different sizes."""
        data = self.fresh()
        asked("work_index.py", self.tree.root, data)
        reviewed = asked("work_pages.py", self.tree.root, data, "review")
        told = asked("work_pages.py", self.tree.root, data, "lists")
        names = {"list": "list, 50 rows", "filtered": "list, filtered", "reviewed": "list, by verdict or tag"}
        lines = []
        for key, name in names.items():
            yard = told[key]["yardstick"]
            lines.append(Line(f"{name}: p50", median(told[key]["again"]), median(yard), "minimal page, p50"))
            lines.append(Line(f"{name}: p95", p95(told[key]["again"]), p95(yard), "minimal page, p95", 2))
            lines.append(Line(f"{name}: first time, p95", p95(told[key]["first"]), p95(yard), "minimal page, p95", 2))
        yard = told["search"]["yardstick"]
        both = told["search"]["first"] + told["search"]["again"]
        lines.append(Line("search: p50", median(both), median(yard), "minimal search page, p50", 2))
        lines.append(Line("search: p95", p95(both), p95(yard), "minimal search page, p95", 2))
        scan = self._scan(told["words"])
        lines.append(Line("search: p50", median(both), scan[0], f"{scan[1]} over the files", 4, at_least=True))
        share = reviewed["database_bytes"] / MIB
        lines.append(Line("database", share, self.tree.size_bytes / MIB, "the recordings", 0.15, "MiB"))
        lines.append(Line("memory of a process that served all this", told["memory_mib"], 120, "goal", 1, "MiB"))
        return lines, told

    def _scan(self, words: list[str]) -> tuple[float, str]:
        """Return the milliseconds that a scan of the files takes, and the name of the tool."""
        tool = ["rg", "-lF", "--no-ignore"] if shutil.which("rg") else ["grep", "-rlF", "--include=*.json"]
        seconds = []
        for word in words[:6]:
            started = time.perf_counter()
            subprocess.run([*tool, "-e", word, str(self.tree.root)], stdout=subprocess.DEVNULL, check=False)
            seconds.append(time.perf_counter() - started)
        return median(seconds) * 1000, tool[0]

    def recordings(self) -> Iterator[Line]:
        """Measure the first view of large recordings: of copies of the largest, then of the largest in the tree."""
        root = self.scratch / "largest"
        copies = list(copies_of(self.tree.largest, root, 16))
        if copies:
            size = copies[0].stat().st_size
            yield from self._first_looks(root, 15, f"the largest, {size / 1e6:.2f} MB")
            shutil.rmtree(root)
        yield from self._first_looks(self.tree.root, 40, "the 40 largest")

    def _first_looks(self, root: Path, count: int, name: str) -> Iterator[Line]:
        data = self.fresh()
        asked("work_index.py", root, data)
        told = asked("work_pages.py", root, data, "recordings", str(count))
        if not told["ours"]:
            return
        yield Line(f"{name}: p50", median(told["ours"]), median(told["yardstick"]), "minimal page, p50", 2)
        yield Line(f"{name}: p95", p95(told["ours"]), p95(told["yardstick"]), "minimal page, p95", 2)
        yield Line(f"{name}: most HTML", max(told["html"]) / 1000, 300, "goal", 1, "KB")

    def report(self) -> dict[str, Any]:
        """Measure and print everything."""
        files = f"{len(self.tree.files):,} recordings, {self.tree.size_bytes / 1e6:.1f} MB"
        print(
            f"\n{self.tree.root}: {files}. Unit {self.unit * 1000:.0f} ms, Django's start {self.django * 1000:.0f} ms."
        )
        print(f"Noise: the runs of the unit differ by {self.noise:.0%} of it; load {os.getloadavg()[0]:.1f}.")
        indexing = list(self.indexing())
        print(printed("Indexing", indexing))
        lines, told = self.pages()
        print(printed("Pages, server time", lines))
        looks = list(self.recordings())
        print(printed("One recording, first view", looks))
        name = f"{self.tree.root.name}, {len(self.tree.files):,} recordings, {self.tree.size_bytes:,} bytes"
        self.entry = history.entry(name, self.noise, [*indexing, *lines, *looks])
        return told


def compared(small: dict[str, Any], large: dict[str, Any]) -> list[Line]:
    """Compare the lists of two trees."""
    names = {"list": "list, 50 rows", "filtered": "list, filtered", "reviewed": "list, by verdict or tag"}
    lines = []
    for key, name in names.items():
        for which in ("again", "first"):
            mine, base = p95(large[key][which]), p95(small[key][which])
            lines.append(Line(f"{name}: {which}, p95", mine, base, "the same on the given tree", 3))
    return lines


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(
        description="Measure recviewer on a tree of recordings, against simple yardsticks."
    )
    parser.add_argument("dir", type=Path, help="a recordings root")
    parser.add_argument("--rounds", type=int, default=5, help="number of runs, of which the median counts (default 5)")
    parser.add_argument("--grow", type=int, metavar="N", help="also measure N recordings made from these")
    parser.add_argument(
        "--beside", type=Path, metavar="FILE", help="compare the ratios with the last ones of a history file"
    )
    parser.add_argument("--note", action="store_true", help="with --beside: append the ratios to the file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recviewer-bench-") as folder:
        scratch = Path(folder)
        tree = tree_of(options.dir.resolve())
        if not tree.files:
            raise SystemExit(f"{options.dir} holds no recordings")
        bench = Bench(tree, scratch, options.rounds)
        small = bench.report()
        if options.beside:
            print(history.beside(history.last(options.beside, bench.entry["tree"]), bench.entry))
            if options.note:
                history.add(options.beside, bench.entry)
        if options.grow:
            grown = tree_of(grow(tree, scratch / "grown", options.grow))
            large = Bench(grown, scratch, max(1, options.rounds // 2)).report()
            print(printed(f"{len(grown.files):,} recordings against {len(tree.files):,}", compared(small, large)))


if __name__ == "__main__":
    main()
