"""Unusual repositories for `repositories.py`: they make git slow, have huge or very many objects, or name programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from beside import chat

CASES: dict[str, Callable[[Case], None]] = {}
LATER: dict[str, Callable[[Case], None]] = {}
NAMES = (
    "HEAD^{/(((x{1,100}){1,100}){1,100}){1,100}}",
    ":/a",
    "main@{u}",
    "main:recordings",
    "main^@",
    "main^!",
    "--output=/tmp/x",
    "-p",
    "main~999999999",
    "main^999999999",
    "main" + "~1" * 140,
    "main@{100000.years.ago}",
    "main@{yesterday}",
    "@{-1}",
    "@{u}",
    "0" * 40,
    "00",
    "a" * 5_000,
    "refs/heads/*",
    "main^{tree}",
    "main^{blob}",
    "main^{}",
    "main\n",
    "ma\x00in",
    "é" * 90,
)


class Case:
    """A repository that is being made. git: its stream for `git fast-import`."""

    def __init__(self, folder: Path) -> None:
        self.root, self.folder = folder / "tree", folder
        self.root.mkdir(parents=True)
        self.env = dict(os.environ) | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        self.env |= {
            f"GIT_{one}_{what}": "a@b.example" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        self.git("init", "-q", "-b", "main")
        self.stream: subprocess.Popen[bytes] | None = None
        self.marks, self.depth = 0, 0
        self.ran = folder / "ran"
        self.ran.mkdir()
        self.more: list[str] = []

    def git(self, *words: str, feed: bytes = b"") -> str:
        done = subprocess.run(["git", *words], cwd=self.root, env=self.env, input=feed, capture_output=True, check=True)
        return done.stdout.decode("utf-8", "replace").strip()

    def say(self, *pieces: bytes) -> None:
        """Send something to `git fast-import`."""
        if self.stream is None:
            self.stream = subprocess.Popen(
                ["git", "fast-import", "--quiet", "--force", f"--depth={self.depth}"],
                cwd=self.root,
                env=self.env,
                stdin=subprocess.PIPE,
            )
        assert self.stream.stdin is not None
        for piece in pieces:
            self.stream.stdin.write(piece)

    def commit(self, branch: str, message: bytes = b"m", onto: str = "") -> None:
        """Begin a commit. onto: the branch that it starts from, "" to continue the current one."""
        self.marks += 1
        self.say(b"commit refs/heads/%s\nmark :%d\n" % (branch.encode(), self.marks))
        self.say(b"committer a <a@b.example> %d +0000\n" % (1_700_000_000 + self.marks), data(message))
        self.say(b"from refs/heads/%s\n" % onto.encode() if onto else b"")

    def file(self, path: bytes, content: bytes, mode: bytes = b"100644") -> None:
        self.say(b"M %s inline %s\n" % (mode, path), data(content))

    def blob(self, content: bytes) -> bytes:
        """Store some bytes once, and return their name for `put`."""
        self.marks += 1
        self.say(b"blob\nmark :%d\n" % self.marks, data(content))
        return b":%d" % self.marks

    def put(self, path: bytes, blob: bytes, mode: bytes = b"100644") -> None:
        self.say(b"M %s %s %s\n" % (mode, blob, path))

    def done(self) -> None:
        """Finish the import, and check out the main branch."""
        if self.stream is None:
            return
        assert self.stream.stdin is not None
        self.stream.stdin.close()
        if self.stream.wait():
            raise SystemExit("git fast-import failed")
        self.stream = None
        self.git("reset", "-q", "--hard", "main")

    def usual(self) -> None:
        """Commit fifty recordings to the main branch."""
        self.commit("main")
        for number in range(50):
            self.file(b"recordings/%03d.json" % number, chat(number).encode())

    def changed(self, message: bytes = b"m") -> None:
        """Commit changes to five of them on `head`."""
        self.commit("head", message, onto="main")
        for number in range(5):
            self.file(b"recordings/%03d.json" % number, chat(number + 1_000).encode())


def data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def case(maker: Callable[[Case], None]) -> Callable[[Case], None]:
    CASES[maker.__name__] = maker
    return maker


def later(maker: Callable[[Case], None]) -> Callable[[Case], None]:
    """Register something that happens to the usual repository while it is served."""
    LATER[maker.__name__] = maker
    return maker


@case
def names(case: Case) -> None:
    """Revisions that are not valid names, or that reach far back."""
    case.usual()
    case.changed()
    case.more = [f"/changes/{quote(name, safe='')}...head" for name in NAMES]
    case.more += [f"/changes/main...{quote(name, safe='')}" for name in NAMES]
    case.more += [f"/{page}/{quote(name, safe='')}...head" for page in ("report", "plan") for name in NAMES]
    case.more += [f"/do/churn?range={quote(name, safe='')}...head" for name in NAMES]
    case.more += [f"/r/recordings/000.json?at={quote(name, safe='')}" for name in NAMES]
    case.more += [f"/changes/?base={quote(name, safe='')}" for name in NAMES]


@case
def entries(case: Case) -> None:
    """A tree of 200,000 recordings with 2,000 different contents."""
    case.usual()
    blobs = [case.blob(chat(number).encode()) for number in range(2_000)]
    case.changed()
    for number in range(200_000):
        case.put(b"recordings/%03d/%06d.json" % (number // 1_000, number), blobs[number % 2_000])


@case
def other_entries(case: Case) -> None:
    """A tree with 200,000 other entries."""
    case.usual()
    blob = case.blob(b"pass\n")
    case.changed()
    for number in range(200_000):
        case.put(b"src/a-long-name-of-a-folder/%03d/%06d.py" % (number // 1_000, number), blob)
    case.file(b"tests/test_many.py", b"def test_one():\n    assert True\n")


@case
def folders(case: Case) -> None:
    """Folders nested 2,000 levels deep."""
    case.usual()
    case.changed()
    case.file(b"recordings/" + b"d/" * 2_000 + b"x.json", chat(1).encode())
    case.file(b"recordings/" + b"n" * 1_000_000 + b".json", chat(2).encode())


@case
def giant_blob(case: Case) -> None:
    """Recordings of a gigabyte, 250 MB and 80 MB that consist of zeros: a megabyte in the pack."""
    case.usual()
    case.changed()
    for path, size in ((b"giant", 1 << 30), (b"large", 255 << 20), (b"over", 80 << 20)):
        case.say(b"M 100644 inline recordings/%s.json\ndata %d\n" % (path, size))
        for _ in range(size >> 20):
            case.say(bytes(1 << 20))
        case.say(b"\n")
    case.more = [
        "/changes/main...head?change=recordings/large.json",
        "/changes/main...head?change=recordings/giant.json",
    ]
    case.more += ["/r/recordings/large.json?at=head", "/history/recordings/large.json?at=head"]


@case
def giant_texts(case: Case) -> None:
    """Sources of tests of 200 MB, a file of reviewers of 200 MB, an ignore list of 200 MB."""
    case.usual()
    case.changed()
    for path in (b"tests/test_many.py", b".recviewer/reviewers", b".gitignore", b"CODEOWNERS", b".gitattributes"):
        case.file(path, b"# word\n" * 30_000_000)


@case
def giant_message(case: Case) -> None:
    """A commit with a message of 200 MB, on both branches."""
    case.usual()
    case.commit("main", b"word " * 40_000_000)
    case.file(b"recordings/001.json", chat(77).encode())
    case.changed(b"word " * 40_000_000)


@case
def long_names(case: Case) -> None:
    """Branches and authors with names that are long, or look like options or markup."""
    case.usual()
    case.changed()
    for name in ("-" * 200, "<b>x</b>", "x" * 240, "a/" * 60 + "b", "é" * 80):
        with suppress(subprocess.CalledProcessError):
            case.done()
            case.git("update-ref", f"refs/heads/{name}", case.git("rev-parse", "head"))


@case
def chains(case: Case) -> None:
    """A file of a megabyte in 4,000 versions, each a delta on the one before."""
    words, case.depth = [b"word %d " % number for number in range(120_000)], 4_000
    case.usual()
    for number in range(4_000):
        case.commit("head", onto="main" if not number else "")
        words[number * 30] = b"other %d " % number
        case.file(b"recordings/000.json", b'{"request": "' + b"".join(words) + b'"}')


@case
def commits(case: Case) -> None:
    """A hundred thousand commits of one file."""
    case.usual()
    for number in range(100_000):
        case.commit("head", b"commit %d" % number, onto="main" if not number else "")
        case.file(b"recordings/%03d.json" % (number % 50), b'{"n": %d}' % number)


@case
def crosswise(case: Case) -> None:
    """Two branches, each merged into the other 2,000 times."""
    case.usual()
    case.changed()
    case.commit("other", onto="main")
    for _ in range(2_000):
        one, two = case.marks - 1, case.marks
        for branch, first, second in (("head", one, two), ("other", two, one)):
            case.marks += 1
            case.say(b"commit refs/heads/%s\nmark :%d\n" % (branch.encode(), case.marks))
            case.say(b"committer a <a@b.example> %d +0000\n" % (1_700_000_000 + case.marks), data(b"m"))
            case.say(b"from :%d\nmerge :%d\n" % (first, second))
    case.more = ["/changes/other...head"]


@case
def refs(case: Case) -> None:
    """A hundred thousand branches, and as many pull requests."""
    case.usual()
    case.changed()
    case.done()
    head = case.git("rev-parse", "head")
    lines = [f"create refs/heads/b{number} {head}\n" for number in range(100_000)]
    lines += [f"create refs/pull/{number}/head {head}\n" for number in range(1, 100_000)]
    case.git("update-ref", "--stdin", feed="".join(lines).encode())
    case.git("pack-refs", "--all")


@case
def links(case: Case) -> None:
    """Symbolic links in place of 100,000 recordings, and submodules in place of some."""
    case.usual()
    blobs = [case.blob(b"../recordings/link%06d.json" % number) for number in range(1_000)]
    case.changed()
    for number in range(100_000):
        case.put(b"recordings/%03d/link%06d.json" % (number // 1_000, number), blobs[number % 1_000], b"120000")
    for number in range(20):
        case.say(b"M 160000 %040d recordings/module%d.json\n" % (number + 1, number))
    case.say(b"M 160000 %040d recordings/000.json\n" % 7)
    case.file(b"recordings/001.json", b"/etc/passwd", b"120000")
    case.file(b".gitmodules", b'[submodule "x"]\n\tpath = recordings/module1.json\n\turl = ext::touch${IFS}/tmp/x\n')


@case
def programs(case: Case) -> None:
    """A configuration, attributes and hooks that name a program wherever git allows one."""
    case.usual()
    case.changed()
    attributes = b"*.json filter=evil diff=evil merge=evil\n"
    case.file(b".gitattributes", attributes)
    case.commit("main")
    case.file(b".gitattributes", attributes)
    case.done()
    (case.root / "recordings" / "003.json").write_text(chat(4_000))
    run = case.folder / "run"
    run.write_text(f'#!/bin/sh\ntouch {case.ran}/"$$"\ncat\n')
    run.chmod(0o755)
    for name in (
        *(
            [
                "core.fsmonitor",
                "core.pager",
                "core.editor",
                "core.sshCommand",
                "core.askPass",
                "core.gitProxy",
                "core.alternateRefsCommand",
            ]
        ),
        *(["diff.external", "diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "filter.evil.smudge"]),
        *(
            [
                "filter.evil.process",
                "merge.evil.driver",
                "gpg.program",
                "gpg.ssh.program",
                "credential.helper",
                "pager.log",
            ]
        ),
        *(
            [
                "pager.rev-parse",
                "pager.for-each-ref",
                "alias.rev-parse",
                "alias.log",
                "alias.diff-tree",
                "alias.cat-file",
            ]
        ),
        *(["uploadpack.packObjectsHook", "sequence.editor", "trailer.x.command", "log.showSignature"]),
        *(["extensions.partialClone", "remote.origin.promisor", "trace2.eventTarget", "core.hooksPath"]),
    ):
        value = {"alias": f"!{run}", "log": "true", "core.hooksPath": str(case.folder)}.get(
            name.split(".")[0], str(run)
        )
        value = str(case.folder) if name == "core.hooksPath" else value
        value = {"extensions.partialClone": "origin", "remote.origin.promisor": "true"}.get(name, value)
        case.git("config", name, value)
    case.git("config", "remote.origin.url", f"ext::{run} %S")
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout", "fsmonitor-watchman"):
        for place in (case.root / ".git" / "hooks" / hook, case.folder / hook):
            place.parent.mkdir(exist_ok=True)
            shutil.copy(run, place)


@later
def hangs(case: Case) -> None:
    """A git that never answers."""
    put(case, "#!/bin/sh\nexec sleep 1000\n")


@later
def hangs_with_children(case: Case) -> None:
    """A git that starts other processes, which keep its output open and never end."""
    put(case, "#!/bin/sh\nsleep 1000 &\nsleep 1000 &\nexec sleep 1000\n")


@later
def floods(case: Case) -> None:
    """A git that prints endlessly, on both outputs."""
    put(case, "#!/bin/sh\nyes error >&2 &\nexec yes 'a line that never ends'\n")


@later
def floods_without_lines(case: Case) -> None:
    """A git that prints endlessly, without ever ending a line or an entry."""
    put(case, "#!/bin/sh\nexec tr '\\0' x < /dev/zero\n")


@later
def hungry(case: Case) -> None:
    """A git that allocates all memory."""
    put(case, f"#!{sys.executable}\nx = []\nwhile True: x.append(bytes(1 << 24))\n")


@later
def spins(case: Case) -> None:
    """A git that computes endlessly."""
    put(case, "#!/bin/sh\nwhile :; do :; done\n")


@later
def dies(case: Case) -> None:
    """A git that crashes."""
    put(case, "#!/bin/sh\nkill -SEGV $$\n")


@later
def gone(case: Case) -> None:
    """git is no longer installed."""
    (case.folder / "bin" / "git").unlink()


@later
def no_alternates(case: Case) -> None:
    """Alternates that name missing places, each other in a circle, or a pipe."""
    info = case.root / ".git" / "objects" / "info"
    info.mkdir(exist_ok=True)
    (info / "alternates").write_text(f"/nowhere\n{case.root}/.git/objects\n" + "/nowhere/again\n" * 100_000)


@later
def pipe_for_alternates(case: Case) -> None:
    """A pipe in place of the list of alternates."""
    info = case.root / ".git" / "objects" / "info"
    info.mkdir(exist_ok=True)
    os.mkfifo(info / "alternates")


@later
def corrupt(case: Case) -> None:
    """Packs with damaged bytes in the middle."""
    case.git("repack", "-adq")
    for pack in (case.root / ".git" / "objects" / "pack").glob("*.pack"):
        pack.chmod(0o644)
        content = bytearray(pack.read_bytes())
        content[len(content) // 4 : len(content) // 2] = os.urandom(len(content) // 2 - len(content) // 4)
        pack.write_bytes(content)


@later
def no_index_of_packs(case: Case) -> None:
    """Truncated packs with damaged indexes."""
    for pack in (case.root / ".git" / "objects" / "pack").iterdir():
        pack.chmod(0o644)
        pack.write_bytes(pack.read_bytes()[:60] + os.urandom(60))


@later
def collected(case: Case) -> None:
    """Garbage collection and repacking run continuously."""
    collecting = "while [ -e more ]; do git repack -adfq; git prune --expire=now; git gc -q --prune=now; done"
    (case.root / "more").touch()
    subprocess.Popen(["sh", "-c", collecting], cwd=case.root, env=case.env, stderr=subprocess.DEVNULL)


@later
def no_head(case: Case) -> None:
    """A folder that is no longer a repository."""
    shutil.rmtree(case.root / ".git")


@later
def pipe_for_head(case: Case) -> None:
    """Pipes in place of `HEAD`, the list of branches and the index."""
    for name in ("HEAD", "packed-refs", "index", "config", "shallow"):
        with suppress(FileNotFoundError):
            (case.root / ".git" / name).unlink()
        os.mkfifo(case.root / ".git" / name)


@later
def locked(case: Case) -> None:
    """Nothing in it can be read. Because root may read everything, a link to itself is used."""
    shutil.rmtree(case.root / ".git" / "objects")
    (case.root / ".git" / "objects").symlink_to(case.root / ".git" / "objects")


def put(case: Case, text: str) -> None:
    """Put another program in the place of git."""
    place = case.folder / "bin" / "git"
    new = place.with_suffix(".new")
    new.write_text(text)
    new.chmod(0o755)
    new.rename(place)
