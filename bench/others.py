"""Compare recviewer with other tools on the same files: the cost of each, and what it finds.

    python bench/others.py DIR [--tools VENV/bin] [--repo REPOSITORY BASE...HEAD]

jq, rg and git are found in PATH; sqlite-utils, datasette and mitmdump also in the folder that --tools names. The table
says which tools are not installed. Costs are processor time, including that of children, which a busy machine affects
little.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import orjson
from processes import environment
from trees import Tree, tree_of, warm

RECVIEWER = [sys.executable, "-m", "recviewer"]
ROWS = (
    "{path: input_filename, endpoint: .request.endpoint?, asked: (.request.body? | tostring), "
    "answered: (.response? | tostring)}"
)
JOINED = (
    '(.request.body.messages? // [] | .[] | "\\(.role): \\(.content)"), "answer: " + '
    '([.response.body | if type == "array" then .[] else . end | (.__data__? // .) | .choices[0]? | '
    '(.delta.content? // .message.content? // .text? // empty)] | map(tostring) | join(""))'
)
"""What jq can show of a recording: its messages, and the streamed answer, joined."""


class Row:
    """A line of the table. seconds: of processor time, None if not measured. says: the result."""

    def __init__(self, job: str, by: str, seconds: float | None, says: str) -> None:
        self.job, self.by, self.seconds, self.says = job, by, seconds, says


class Others:
    """Does the same jobs with each installed tool. scratch: an empty folder."""

    def __init__(self, tree: Tree, scratch: Path, tools: Path | None, rounds: int) -> None:
        self.tree, self.scratch, self.rounds = tree, scratch, rounds
        self.path = os.pathsep.join([*([str(tools)] if tools else []), os.environ.get("PATH", "")])
        self.env = environment(tree.root, scratch / "data") | {"PATH": self.path}
        self.names = "\0".join(map(str, tree.files)).encode()
        self.table = scratch / "recordings.db"
        self.rows: list[Row] = []

    def tool(self, name: str, job: str) -> str | None:
        """Return the path of a tool. If it is not installed, add a line that says so and return None."""
        found = shutil.which(name, path=self.path)
        if found is None:
            self.rows.append(Row(job, name, None, "is not installed"))
        return found

    def cost(self, work: Callable[[], str], rounds: int | None = None) -> tuple[float, str]:
        """Return the median processor time of some work, in seconds, and the result of the last run."""
        spent, said = [], ""
        for _ in range(rounds or self.rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            said = work()
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return median(spent), said

    def run(self, *command: str, given: bytes | None = None) -> str:
        """Run a command and return what it printed."""
        done = subprocess.run(command, input=given, env=self.env, check=False, capture_output=True)
        return done.stdout.decode(errors="replace")

    def add(self, job: str, by: str, work: Callable[[], str], says: Callable[[str], str], rounds: int = 0) -> None:
        """Do a job and add its line to the table. says: turns the result into the text of the line."""
        seconds, said = self.cost(work, rounds or None)
        self.rows.append(Row(job, by, seconds, says(said)))

    def index(self) -> None:
        """Put all recordings into a searchable table."""
        job = "index all"

        def ours() -> str:
            shutil.rmtree(self.scratch / "data", ignore_errors=True)
            return self.run(*RECVIEWER, "index")

        self.add(job, "recviewer index", ours, lambda _: f"{_mb(self.scratch / 'data' / 'recviewer.sqlite3')} MB")
        jq, tool = self.tool("jq", job), self.tool("sqlite-utils", job)
        if jq is None or tool is None:
            return

        def theirs() -> str:
            self.table.unlink(missing_ok=True)
            lines = subprocess.run(
                ["xargs", "-0", jq, "-c", ROWS], input=self.names, env=self.env, check=False, capture_output=True
            )
            self.run(tool, "insert", str(self.table), "recordings", "-", "--nl", given=lines.stdout)
            return self.run(tool, "enable-fts", str(self.table), "recordings", "asked", "answered")

        self.add(job, "jq, sqlite-utils insert and enable-fts", theirs, lambda _: f"{_mb(self.table)} MB", rounds=1)

    def search(self, phrases: Sequence[tuple[str, str]]) -> None:
        """Search for phrases of answers. phrases: pairs of a phrase and the recording that contains it."""
        job = f"find {len(phrases)} phrases of streamed answers"
        places = {phrase: os.path.relpath(path, self.tree.root) for phrase, path in phrases}

        def looked(ask: Callable[[str], str]) -> Callable[[], str]:
            return lambda: str(sum(place in ask(phrase) for phrase, place in places.items()))

        def says(found: str) -> str:
            return f"{found} of {len(phrases)} found"

        ours = looked(lambda phrase: self.run(*RECVIEWER, "search", "--limit", "100000", f'"{phrase}"'))
        self.add(job, "recviewer search", ours, says, rounds=1)
        if rg := self.tool("rg", job):
            self.add(
                job,
                "rg -lF",
                looked(lambda one: self.run(rg, "-lF", "--no-ignore", "-e", one, str(self.tree.root))),
                says,
            )
        if (tool := self.tool("sqlite-utils", job)) and self.table.exists():
            found = "select rowid from recordings_fts where recordings_fts match :q"
            query = f"select path from recordings where rowid in ({found})"
            ask = looked(lambda one: self.run(tool, "query", str(self.table), query, "-p", "q", f'"{one}"'))
            self.add(job, "sqlite-utils query", ask, says, rounds=1)
        if (tool := self.tool("datasette", job)) and self.table.exists():

            def page(phrase: str) -> str:
                words = "+".join(phrase.split())
                address = f"/recordings/recordings.json?_search=%22{words}%22&_col=path"
                return self.run(tool, str(self.table), "--get", address).replace("\\/", "/")

            self.add(job, "datasette --get, a process each", looked(page), says, rounds=1)

    def read(self) -> None:
        """Read the largest recording."""
        job, path = "read the largest", self.tree.largest
        place = os.path.relpath(path, self.tree.root)
        self.add(job, "recviewer show", lambda: self.run(*RECVIEWER, "show", place), _lines)
        if jq := self.tool("jq", job):
            self.add(job, "jq that joins deltas", lambda: self.run(jq, "-r", JOINED, str(path)), _lines)

    def archives(self) -> None:
        """Open HTTP archives, the only kind of these files that mitmweb imports."""
        found = [path for path in self.tree.files if path.suffix == ".har"]
        if not found:
            self.rows.append(
                Row("open recordings", "mitmweb", None, "imports only HTTP archives (.har), and there are none here")
            )
        elif tool := self.tool("mitmdump", "open archives of HTTP"):
            each = [[tool, "-n", "-q", "-r", str(path)] for path in found]
            self.add("open archives of HTTP", "mitmdump", lambda: "".join([self.run(*one) for one in each]), _lines)

    def changes(self, repository: str, asked: str) -> None:
        """Describe what a range did to recordings."""
        base, _, head = asked.partition("...")
        ours = [*RECVIEWER, "report", asked, "--repo", repository, "--format", "md"]
        job = f"tell what {asked} did"
        self.add(job, "recviewer report", lambda: self.run(*ours), _lines)
        git = self.tool("git", job)
        if git is None:
            return
        plain = [git, "-C", repository, "diff", "--no-renames", f"{base}...{head}", "--", "*.json"]
        self.add(job, "git diff", lambda: self.run(*plain), _lines)
        if jq := self.tool("jq", job):
            kinds = self.scratch / "attributes"
            kinds.write_text("*.json diff=recording\n")
            how = ["-c", f"core.attributesFile={kinds}", "-c", f"diff.recording.textconv={jq} -r '{JOINED}'"]
            with_text = [
                git,
                *how,
                "-C",
                repository,
                "diff",
                "--textconv",
                "--no-renames",
                f"{base}...{head}",
                "--",
                "*.json",
            ]
            self.add(job, "git diff with jq as textconv", lambda: self.run(*with_text), _lines)


def _lines(text: str) -> str:
    return f"{text.count(chr(10)):,} lines"


def _mb(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f}"


def phrases_of(tree: Tree, count: int, seed: int) -> list[tuple[str, str]]:
    """Return phrases of four words from streamed chat answers, each with the path of its file."""
    choose, found = random.Random(seed), list[tuple[str, str]]()
    for path in choose.sample(tree.files, len(tree.files)):
        try:
            body = orjson.loads(path.read_bytes())["response"]["body"]
            deltas = [chunk["__data__"]["choices"][0]["delta"].get("content") or "" for chunk in body]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            continue
        words = re.findall(r"(?<=\s)[A-Za-z]{3,}(?: [A-Za-z]{3,}){3}(?=\s)", "".join(deltas))
        phrase = words[len(words) // 2] if words else ""
        if phrase and phrase not in dict(found):
            found.append((phrase, str(path)))
        if len(found) == count:
            break
    return found


def main() -> None:
    """Read the command line, measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description="Compare recviewer with other tools, on the same files.")
    parser.add_argument("dir", type=Path, help="a recordings root")
    parser.add_argument("--tools", type=Path, help="a folder with sqlite-utils, datasette and mitmdump")
    parser.add_argument(
        "--repo", nargs=2, metavar=("REPOSITORY", "RANGE"), action="append", default=[], help="a range to describe"
    )
    parser.add_argument("--rounds", type=int, default=3, help="runs of which the median counts (default 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recviewer-bench-") as folder:
        tree = tree_of(options.dir.resolve())
        if not tree.files:
            raise SystemExit(f"{options.dir} holds no recordings")
        warm(tree)
        others = Others(tree, Path(folder), options.tools and options.tools.resolve(), options.rounds)
        others.index()
        others.search(phrases_of(tree, 20, 1))
        others.read()
        others.archives()
        for repository, asked in options.repo:
            others.changes(repository, asked)
    print(f"{len(tree.files):,} recordings, {tree.size_bytes / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f}.\n")
    print("| job | by | processor time, s | gave |\n|---|---|--:|---|")
    for row in others.rows:
        print(f"| {row.job} | {row.by} | {'' if row.seconds is None else f'{row.seconds:.2f}'} | {row.says} |")


if __name__ == "__main__":
    main()
