"""More repositories for `repositories.py`: shallow, partial, linked, of other formats, or with damaged files in `.git`."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from beside import chat
from odd_repositories import Case, case, later


def _moved(case: Case) -> Path:
    """Commit the usual recordings, and move the repository beside its tree."""
    case.usual()
    case.changed()
    case.done()
    elsewhere = case.folder / "moved"
    case.root.rename(elsewhere)
    return elsewhere


@case
def bare(case: Case) -> None:
    """The tree is a bare repository."""
    elsewhere = _moved(case)
    subprocess.run(["git", "clone", "-q", "--bare", elsewhere, case.root], env=case.env, check=True)
    (case.root / "recordings").mkdir()
    (case.root / "recordings" / "000.json").write_text(chat(0))


@case
def shallow(case: Case) -> None:
    """A clone that ends at one commit, so that the branches have no common one."""
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", "--no-single-branch", f"file://{_moved(case)}", case.root],
        env=case.env,
        check=True,
    )
    case.git("branch", "-q", "head", "origin/head")


@case
def partial(case: Case) -> None:
    """A clone without files, whose promised ones are nowhere: git must not ask for them."""
    elsewhere = _moved(case)
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=elsewhere, check=True)
    words = ["git", "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{elsewhere}", str(case.root)]
    subprocess.run(words, env=case.env, check=True)
    case.git("branch", "-q", "head", "origin/head")
    case.git("config", "remote.origin.url", f"ext::touch {case.ran}/promised %S")
    case.git("config", "protocol.ext.allow", "always")
    (case.root / "recordings").mkdir()
    for number in range(5):
        (case.root / "recordings" / f"{number:03}.json").write_text(chat(number))


@case
def linked(case: Case) -> None:
    """A linked working tree."""
    elsewhere = _moved(case)
    words = ["git", "worktree", "add", "-q", "-b", "other", str(case.root), "main"]
    subprocess.run(words, cwd=elsewhere, env=case.env, check=True)


@case
def module(case: Case) -> None:
    """A submodule, with its repository in that of the tree around it."""
    elsewhere = _moved(case)
    (case.folder / "around").mkdir()
    around = ["git", "-C", str(case.folder / "around")]
    subprocess.run([*around, "init", "-q"], check=True)
    add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(elsewhere), "tree"]
    subprocess.run([*around, *add], env=case.env, check=True)
    (case.folder / "around" / "tree").rename(case.root)
    place = case.folder / "around" / ".git" / "modules" / "tree"
    (case.root / ".git").write_text(f"gitdir: {place}\n")
    told = (place / "config").read_text()
    (place / "config").write_text(re.sub(r"worktree = .*", f"worktree = {case.root}", told))
    case.git("branch", "-q", "head", "origin/head")


@case
def sha256(case: Case) -> None:
    """A repository whose ids have 64 digits."""
    shutil.rmtree(case.root / ".git")
    case.git("init", "-q", "-b", "main", "--object-format=sha256")
    case.usual()
    case.changed()


@case
def foreign(case: Case) -> None:
    """A repository that belongs to somebody else, which git refuses to read."""
    case.usual()
    case.changed()
    case.done()
    subprocess.run(["chown", "-R", "65534", str(case.root)], check=True)


@case
def filters(case: Case) -> None:
    """Attributes and includes outside the tree that name filters; the includes include each other."""
    case.usual()
    case.changed()
    case.done()
    run = case.folder / "run"
    run.write_text(f'#!/bin/sh\ntouch {case.ran}/"$$"\ncat\n')
    run.chmod(0o755)
    one, two = case.folder / "one", case.folder / "two"
    one.write_text(f"[include]\n\tpath = {two}\n[core]\n\tfsmonitor = {run}\n\tsshCommand = {run}\n")
    two.write_text(
        f'[include]\n\tpath = {one}\n[filter "evil"]\n\tclean = {run}\n\tsmudge = {run}\n\tprocess = {run}\n'
        f'\trequired = true\n[diff "evil"]\n\ttextconv = {run}\n\tcommand = {run}\n[diff]\n\texternal = {run}\n'
    )
    (case.root / ".git" / "info" / "attributes").write_text("* filter=evil diff=evil working-tree-encoding=UTF-16\n")
    (case.root / "recordings" / "003.json").write_text(chat(4_000))
    with (case.root / ".git" / "config").open("a") as config:
        config.write(f'[include]\n\tpath = {two}\n[includeIf "gitdir:/"]\n\tpath = {one}\n')


def _file(name: str, path: str, content: Callable[[Case], str | bytes], said: str) -> None:
    """Register a repository in which a file of `.git` is written over while it is served."""

    def change(case: Case) -> None:
        made = content(case)
        place = case.root / ".git" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(made.encode() if isinstance(made, str) else made)

    change.__name__, change.__doc__ = name, said
    later(change)


_file("broken_ref", "refs/heads/head", lambda _: "no id\n", "A branch that is no id.")
_file("lost_ref", "refs/heads/head", lambda _: "1" * 40 + "\n", "A branch whose commit is missing.")
_file("circle", "refs/heads/head", lambda _: "ref: refs/heads/head\n", "A branch that refers to itself.")
_file(
    "cut_refs", "packed-refs", lambda _: "# pack-refs with: peeled\n0123456789ab", "A list of branches that is cut off."
)
_file("locked_index", "index.lock", lambda _: "", "A lock that a dead git left behind.")
_file("spoilt_index", "index", lambda _: b"DIRC" + b"\xff" * 400, "An index of wrong bytes.")
_file("spoilt_head", "HEAD", lambda _: b"\xff\x00\n", "A `HEAD` of wrong bytes.")
_file("spoilt_config", "config", lambda _: "[core\nx =", "A configuration that cannot be read.")
_file("later_format", "config", lambda _: "[core]\n\trepositoryformatversion = 99\n", "A format of years to come.")
_file(
    "unknown_extension",
    "config",
    lambda _: "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable\n\tx = y\n",
    "An extension that git does not know.",
)
_file("elsewhere", "config", lambda _: "[core]\n\tworktree = /\n\tbare = false\n", "A tree that is said to be at `/`.")
_file("cut_graph", "objects/info/commit-graph", lambda _: b"CGPH\x01\x01\xff\xff" + b"\xff" * 60, "A damaged graph.")
_file(
    "cut_packs",
    "objects/pack/multi-pack-index",
    lambda _: b"MIDX\x01\x01\xff" + b"\xff" * 60,
    "A damaged list of packs.",
)
_file(
    "grafts", "info/grafts", lambda case: f"{case.git('rev-parse', 'head')}\n", "A graft that takes the parents away."
)
_file(
    "shallow_later",
    "shallow",
    lambda case: f"{case.git('rev-parse', 'head')}\n",
    "A history cut off while it is served.",
)
_file("no_shallow", "shallow", lambda _: "no id\n", "A list of cut commits that has no ids.")


@later
def replaced(case: Case) -> None:
    """A commit and a file that others replace, one of them in a circle."""
    head, main = case.git("rev-parse", "head"), case.git("rev-parse", "main")
    old, new = case.git("rev-parse", "main:recordings/000.json"), case.git("rev-parse", "main:recordings/001.json")
    case.git("replace", head, main)
    case.git("replace", old, new)
    case.git("update-ref", f"refs/replace/{new}", old)


@later
def points_to_itself(case: Case) -> None:
    """A `.git` that is a file and names itself."""
    shutil.rmtree(case.root / ".git")
    (case.root / ".git").write_text(f"gitdir: {case.root}/.git\n")
