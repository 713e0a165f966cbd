"""Read cassettes that were damaged at random, and report everything that goes wrong.

    python bench/faults/cassettes.py [DIR] [--count 10000] [--seed 1] [--seconds 5]
    python bench/faults/cassettes.py [DIR] [--seed 1] --write NUMBER FILE     # write the bytes of one

DIR holds files of any recorders; without it, the cases of the tests. A number and a seed determine a damaged file. Each is
read in both modes and summarised, and its lines are masked as on pages. If it has several exchanges, one is removed and
restored.

Reported are: exceptions, steps that take more processor time than `--seconds`, recorders that fail, modes that name
the exchanges differently, and files that differ after the removed exchange was restored. The exit code is 1 if anything was
reported.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from mutate import Slow, bounded
from mutations import Mutant

TOKENS = (
    *(
        b"&a",
        b"*a",
        b"!!binary",
        b"!binary",
        b"!!python/object:os.system",
        b"!ruby/object:Set",
        b"<<: *a",
        b"? ",
        b": ",
    ),
    *(
        b"|",
        b"|+",
        b">-",
        b"---\n",
        b"...\n",
        b"- ",
        b"%YAML 1.2\n",
        b"\t",
        b"\r\n",
        b"\r",
        b"#",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b"'",
        b'"',
    ),
    *(
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"null",
        b"~",
        b"2023-06-01",
        b".inf",
        b"0x1F",
        b"9" * 5000,
    ),
    *(
        b"data: ",
        b"\n\n",
        b"event: x\n",
        b"[DONE]",
        b"\x1f\x8b\x08",
        b"httprr trace v1\n",
        b"interactions:\n",
        b"when:\n",
        b"7\r\n",
    ),
)
"""Texts that are inserted at random places."""

ENDINGS = (".yaml", ".yml", ".json", ".gz", ".har", ".httprr", ".sse", ".txt", ".responses", ".eval")


def sources(tree: Path | None) -> list[tuple[Path, str]]:
    """Return files with the path under which each is read, in a fixed order."""
    from recviewer.recorders.registry import recorders

    if tree:
        return [
            (one, str(one.relative_to(tree)))
            for one in sorted(tree.rglob("*"))
            if one.is_file() and one.name.endswith(ENDINGS)
        ]
    cases = Path(__file__).parents[2] / "tests" / "recorders" / "cases"
    homes = {one.name: min(one.homes).decode() for one in recorders()}
    return [
        (one, f"{homes[one.parent.name]}/{one.name}") for one in sorted(cases.glob("*/*")) if one.parent.name in homes
    ]


def mutant(files: list[tuple[Path, str]], seed: int, number: int) -> tuple[Mutant, str]:
    """Return the damaged file with a number, and its path."""
    chance = random.Random(f"{seed} {number}")
    file, path = chance.choice(files)
    was = data = file.read_bytes()
    done = []
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        act = chance.choice(ACTS)
        data = act(data, chance)
        done.append(act.__name__.lstrip("_"))
    return Mutant(data[:4_000_000], was, f"{file.name[:40]}: {', '.join(done)}"), path


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1) if chance.random() < 0.5 else chance.randrange(min(len(data), 600) + 1)


def _token(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 3, 200)) + data[at:]


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    return data[:at] if chance.random() < 0.3 else data[:at] + data[at + chance.randrange(1, 400) :]


def _line(data: bytes, chance: random.Random) -> bytes:
    """Move, duplicate, remove or indent a line."""
    lines = data.split(b"\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    act = chance.randrange(4)
    if act == 0:
        lines.insert(to, lines[at])
    elif act == 1:
        lines.insert(to, lines.pop(at))
    elif act == 2:
        del lines[at]
    else:
        lines[at] = b" " * chance.randrange(1, 5) + lines[at] if chance.random() < 0.5 else lines[at].lstrip(b" ")
    return b"\n".join(lines)


def _stretch(data: bytes, chance: random.Random) -> bytes:
    """Copy a part of the file to another place, possibly many times."""
    at, to = _place(data, chance), _place(data, chance)
    piece = data[at : at + chance.randrange(1, 2000)]
    return data[:to] + piece * chance.choice((1, 1, 2, 50)) + data[to:]


def _bomb(data: bytes, chance: random.Random) -> bytes:
    """Replace a value by many aliases of aliases, or by deep nesting."""
    at = data.find(b": ", _place(data, chance)) + 2
    steps = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, chance.randrange(2, 12)))
    bomb = (
        f"\na0: &a0 [1, 1, 1]\n{steps}".encode() if chance.random() < 0.5 else b"[" * chance.choice((90, 200, 50_000))
    )
    return data[:at] + bomb + data[at:]


ACTS = (_token, _token, _flip, _flip, _cut, _line, _line, _stretch, _bomb)


def wrong_with(data: bytes, path: str) -> Iterator[str]:
    """Read a damaged file as recviewer does, and yield what is wrong."""
    from recviewer.catalog.summary import summarize
    from recviewer.recorders.packing import unpacked
    from recviewer.recorders.putting import NotPut, with_parts
    from recviewer.recorders.reading import read_file
    from recviewer.review.cutting import left_of
    from recviewer.secrets.raw import shown

    parts, exact = read_file(data, path), read_file(data, path, exact=True)
    if [one.part for one in parts] != [one.part for one in exact]:
        yield "both modes read it, with other exchanges"
    for one in (*parts, *exact):
        yield from (problem.what for problem in one.reading.exchange.problems if "reader" in problem.what)
    if len(summarize(data, path).parts) != len(parts):
        yield "it is summed up as another number of exchanges"
    if shown(data).count(b"\n") != data.count(b"\n"):
        yield "its lines are miscounted"
    if len(parts) > 1:
        gone = [parts[len(parts) // 2].part]
        rest = left_of(data, path, gone)
        try:
            if rest is not None and unpacked(with_parts(rest, data, path, gone)) != unpacked(data):
                yield "what was taken out comes back as another file"
        except NotPut:
            pass


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", nargs="?", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--write", nargs=2, metavar=("NUMBER", "FILE"))
    asked = parser.parse_args()
    import os

    sys.path.insert(0, str(Path(__file__).parents[2]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recviewer.settings")
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    files = sources(asked.tree)
    if asked.write:
        Path(asked.write[1]).write_bytes(mutant(files, asked.seed, int(asked.write[0]))[0].data)
        return 0
    told, kinds, slowest, started = 0, Counter[str](), 0.0, time.process_time()
    for number in range(asked.count):
        made, path = mutant(files, asked.seed, number)
        begun = time.process_time()
        try:
            with bounded(asked.seconds):
                found = list(wrong_with(made.data, path))
        except Slow:
            found = [f"it takes more than {asked.seconds:g} s"]
        except Exception as error:
            found = [f"{type(error).__name__}: {error}"[:200]]
        took = time.process_time() - begun
        slowest = max(slowest, took)
        told += bool(found)
        kinds.update(found)
        for what in dict.fromkeys(found):
            print(f"{number} ({made.what}): {what}")
    seconds = time.process_time() - started
    print(
        f"{asked.count} damaged cassettes, in {told} of them something was told; {seconds:.0f} s, at most {slowest:.2f} s"
    )
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
