"""The merge bases of many heads with one base, and the files that each changed since: by few git calls in total."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from recviewer.git import ranges
from recviewer.git.repository import GitFailed, Repository, TooSlow, reading, run, streaming

OUTPUT_LIMIT = 64_000_000
"""Most bytes of names of changed files that are read; further heads are left out."""

_ID_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Fork:
    """The relation of a head to a base (full ids).

    at: the merge base, "" without a common ancestor. commits: how many commits the head has that the base lacks,
    without merges. first: the oldest of those on its first-parent line, "" if there is none.
    """

    at: str
    commits: int
    first: str


def forks(repository: Repository, base: str, heads: Collection[str], *, seconds: float) -> dict[str, Fork]:
    """Return the relation of heads to a base; missing heads are left out. Raises GitFailed, TooSlow."""
    here = _present(repository, heads)
    if not here:
        return {}
    feed = "".join(f"{head}\n" for head in here) + f"^{base}\n"
    with reading(repository) as env:
        done = run(("rev-list", "--parents", "--stdin"), env=env, feed=feed.encode(), seconds=seconds)
    if done.returncode:
        raise GitFailed("the commits of this repository are not all here")
    rows = (line.split(" ") for line in done.stdout.decode("ascii", "replace").splitlines())
    parents = {row[0]: row[1:] for row in rows}
    return {head: _fork(repository, base, head, parents) for head in here}


def _present(repository: Repository, names: Collection[str]) -> list[str]:
    with reading(repository) as env:
        feed = "".join(f"{name}\n" for name in names).encode()
        done = run(("cat-file", "--batch-check=%(objectname) %(objecttype)"), env=env, feed=feed)
    rows = done.stdout.decode("ascii", "replace").splitlines()
    return [row.partition(" ")[0] for row in rows if row.endswith(" commit")]


def _fork(repository: Repository, base: str, head: str, parents: Mapping[str, list[str]]) -> Fork:
    own, left, waiting = set(), set(), [head]
    while waiting:
        commit = waiting.pop()
        if commit in own:
            continue
        if commit not in parents:
            left.add(commit)
            continue
        own.add(commit)
        waiting += parents[commit]
    first = head if own else ""
    while first and parents[first] and parents[first][0] in own:
        first = parents[first][0]
    at = left.pop() if len(left) == 1 else _best(repository, base, head) if left else ""
    return Fork(at, sum(len(parents[commit]) < 2 for commit in own), first)


def _best(repository: Repository, base: str, head: str) -> str:
    """Let git choose the best of several common ancestors."""
    try:
        return ranges.merge_base(repository, base, head)
    except TooSlow:
        raise
    except GitFailed:
        return ""


def changed(repository: Repository, pairs: Mapping[str, str], *, seconds: float) -> Iterator[tuple[str, list[bytes]]]:
    """Yield (head, paths changed since its merge base). pairs: merge bases by head; all full commit ids.

    Heads that cannot be compared, because objects are missing, are left out. Raises TooSlow.
    """
    words = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--abbrev=4", "--always", "--no-ext-diff")
    with streaming(repository, *words, "--no-textconv", seconds=seconds) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # the heads of one page fit into the pipe's buffer
        process.stdin.write("".join(f"{head} {at}\n" for head, at in pairs.items()).encode())
        process.stdin.close()
        head, paths, is_path = "", list[bytes](), False
        out = process.stdout.read(OUTPUT_LIMIT)
        for token in out.split(b"\0"):
            if is_path:
                paths.append(token)
                is_path = False
            elif token.startswith(b":"):
                is_path = True
            elif len(token) >= _ID_DIGITS:
                if head:
                    yield head, paths
                head, paths = token[:_ID_DIGITS].decode("ascii", "replace"), []
        if head and len(out) < OUTPUT_LIMIT and process.wait() == 0:
            yield head, paths
