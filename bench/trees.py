"""Trees of recordings: their files, a walk as a yardstick, and larger trees made from small ones."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recviewer.recorders.registry import claims
from recviewer.store.scan import scan


@dataclass(frozen=True)
class Tree:
    """A recordings root. files: its recordings, in the order in which they are indexed."""

    root: Path
    files: tuple[Path, ...]
    size_bytes: int

    @property
    def largest(self) -> Path:
        """The recording with the most bytes."""
        return max(self.files, key=lambda path: path.stat().st_size)


def tree_of(root: Path) -> Tree:
    """Find the recordings below a directory."""
    stamps = [stamp for stamp in scan(root, claims()).stamps if not stamp.obstacle]
    files = tuple(root / os.fsdecode(stamp.raw) for stamp in stamps)
    return Tree(root, files, sum(stamp.size for stamp in stamps))


def warm(tree: Tree) -> None:
    """Read every recording into the page cache."""
    for path in tree.files:
        path.read_bytes()


def walk(root: Path) -> int:
    """Count the JSON files below a directory with a stat of each: the least that indexing again has to do."""
    count, folders = 0, [os.fspath(root)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name.endswith(".json"):
                    entry.stat(follow_symlinks=False)
                    count += 1
    return count


def grow(tree: Tree, into: Path, count: int) -> Path:
    """Write `count` recordings: first those of the tree, then copies with a distinct mark in test id and request.

    Returns the new root. Files that cannot be read as recordings are left out.
    """
    written, round_ = 0, 0
    while written < count:
        before = written
        for path in tree.files:
            if written == count:
                break
            data = _copy(path, round_)
            if data is not None:
                place = into / path.relative_to(tree.root).with_name(f"{written:064x}.json")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
                written += 1
        if written == before:
            raise SystemExit(f"{tree.root} holds nothing that could be copied")
        round_ += 1
    return into


def _copy(path: Path, number: int) -> bytes | None:
    try:
        document = json.loads(path.read_bytes())
        request = document["request"]
        body = request.get("body", request.get("payload"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if number:
        _mark(body, f"copy{number} ")
        if isinstance(document.get("test_id"), str):
            document["test_id"] += f"[copy{number}]"
    return json.dumps(document, indent=2).encode() + b"\n"


def _mark(value: object, word: str) -> bool:
    """Put a word before the first message or prompt of a request body."""
    if isinstance(value, dict):
        for key in ("content", "prompt", "input", "text", "query"):
            if isinstance(value.get(key), str):
                value[key] = word + value[key]
                return True
        return any(_mark(item, word) for item in value.values())
    if isinstance(value, list):
        return any(_mark(item, word) for item in reversed(value))
    return False


def copies_of(path: Path, into: Path, count: int) -> Iterator[Path]:
    """Write copies of one recording that all differ and belong to different tests, and yield their paths."""
    for number in range(1, count + 1):
        data = _copy(path, number)
        if data is None:
            return
        place = into / "recordings" / f"{number:064x}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        yield place
