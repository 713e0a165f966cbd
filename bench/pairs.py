"""Measure how often pairs are wrong, on simulated pull requests made from a real tree, whose true pairs are known.

    python bench/pairs.py TREE … [--seeds 1-20] [--seconds 300] [--only SHAPE …]

TREE is a directory, or `REPOSITORY@COMMIT`. See bench/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from pair_shapes import SHAPES, Maker, Pull
from pair_trees import Changer, Made, Tree, read, side_bytes

from recviewer.pairing.pair import Sure
from recviewer.pairing.pairs import pair
from recviewer.pairing.sides import Side, meaning_of
from recviewer.pairing.successors import KeptRecording


@dataclass
class Score:
    """The results for pull requests of one shape.

    made, wrong: how many pairs were made, and how many are wrong, by certainty. due, found: how many pairs exist, and how
    many of them were found.
    """

    made: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    due: int = 0
    found: int = 0

    def add(self, other: Score) -> None:
        """Add another's numbers."""
        self.made += other.made
        self.wrong += other.wrong
        self.due += other.due
        self.found += other.found


def side_of(made: Made) -> Side:
    """Return a recording in the form that a change set has."""
    data = side_bytes(made.document)
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    return Side(made.path, made.path.encode(), blob, meaning_of(data, made.path.rpartition("/")[2]))


def judged(pull: Pull, *, tell: bool) -> Score:
    """Pair a pull request and compare the result with the true pairs. tell: print wrong and missed pairs."""
    old, new = [side_of(made) for made in pull.old], [side_of(made) for made in pull.new]
    kept = {KeptRecording(test, "") for test in pull.standing}
    found = pair(old, new, unchanged=lambda _: kept)
    score = Score()
    wanted_old = Counter(made.call for made in pull.old if not made.is_stale)
    wanted_new = Counter(made.call for made in pull.new)
    score.due = sum((wanted_old & wanted_new).values())
    for one in found.pairs:
        was, now = pull.old[one.old], pull.new[one.new]
        is_right = was.call == now.call and not was.is_stale
        score.made[one.sure] += 1
        score.found += is_right
        if not is_right:
            score.wrong[one.sure] += 1
            if tell:
                _tell(one.sure.value, one.why, old[one.old], new[one.new], was, now)
    if tell:
        taken, given = {one.old for one in found.pairs}, {one.new for one in found.pairs}
        missed = Counter(
            made.call for place, made in enumerate(pull.new) if place not in given and made.call in wanted_old
        )
        for place, made in enumerate(pull.old):
            if missed[made.call] and place not in taken and not made.is_stale:
                print(f"  missed: {made.test[-110:]}  {old[place].meaning.line.asked[:100]!r}")
    return score


def _tell(sure: str, why: str, old: Side, new: Side, was: Made, now: Made) -> None:
    kind = "an older generation" if was.call == now.call else "another call"
    print(f"  {sure}, {kind}: {why}")
    for mark, side in (("-", old), ("+", new)):
        said = side.meaning.line
        print(f"    {mark} {side.test_id[-110:]}  {side.exchange.model}  {said.asked[:110]!r}")


def printed(scores: dict[str, Score]) -> str:
    """Return the table."""
    lines = [f"{'shape':48} {'certain':>12} {'likely':>12} {'possible':>12}   found"]
    total = Score()
    for name, score in scores.items():
        total.add(score)
        lines.append(_row(name, score))
    return "\n".join([*lines, _row("all", total)])


def _row(name: str, score: Score) -> str:
    cells = [f"{score.wrong[sure]:>4}/{score.made[sure]:<6}" for sure in Sure]
    share = f"{100 * score.found / score.due:5.1f} % of {score.due:,}" if score.due else "nothing to find"
    return f"{name:48} {cells[0]:>12} {cells[1]:>12} {cells[2]:>12}   {share}"


def simulate(trees: list[Tree], seeds: range, seconds: float, only: list[str], *, tell: bool) -> dict[str, Score]:
    """Make and pair pull requests of every shape, seed by seed, until the time is up."""
    end = time.monotonic() + seconds
    scores = {name: Score() for name in SHAPES if not only or name in only}
    for seed in seeds:
        for name in scores:
            for number, tree in enumerate(trees):
                rng = random.Random(f"{seed} {name} {number}")
                maker = Maker(Changer(rng, tree), tree)
                SHAPES[name](maker)
                if tell:
                    print(f"{name}, seed {seed}, tree {number}")
                scores[name].add(judged(maker.pull, tell=tell))
        if time.monotonic() > end:
            print(f"stopped after seed {seed}: the time is up")
            break
    return scores


def main() -> None:
    """Read the command line, simulate, print."""
    parser = argparse.ArgumentParser(description="Measure how often pairs are wrong, on simulated pull requests.")
    parser.add_argument("tree", nargs="+", help="a directory, or REPOSITORY@COMMIT")
    parser.add_argument("--seeds", default="1-5", help="the first and the last seed (default 1-5)")
    parser.add_argument("--seconds", type=float, default=600, help="start no seed after this time (default 600)")
    parser.add_argument("--only", nargs="*", default=[], metavar="SHAPE", help="names of shapes")
    parser.add_argument("--tell", action="store_true", help="print every wrong and every missed pair")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    trees = [read(place) for place in options.tree]
    seeds = range(int(first), int(last or first) + 1)
    print(printed(simulate(trees, seeds, options.seconds, options.only, tell=options.tell)))


if __name__ == "__main__":
    main()
