"""Measure what a page costs while huge files are read, and after bulk actions: latency, processor time, worker memory.

    python bench/faults/beside.py refresh DIR [--port 8290]   # files of DIR appear while a page is requested
    python bench/faults/beside.py bulk COUNT [--port 8290]    # a verdict on COUNT recordings at once
    python bench/faults/beside.py acts COUNT [--port 8290]    # a tag, the trash, an import, with undo and redo

A server with one worker is started on the loopback interface, with a new tree and data folder, and stopped afterwards.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

ROUNDS = 60


class Server:
    """A running recviewer. A context manager."""

    def __init__(self, root: Path, data: Path, port: int, workers: int = 1) -> None:
        self.port, self.cookie, self.token = port, "", ""
        told = {"RECVIEWER_RECORDINGS": str(root), "RECVIEWER_DATA": str(data), "RECVIEWER_REFRESH_SECONDS": "1"}
        command = [sys.executable, "-m", "recviewer", "serve", "--port", str(port), "--workers", str(workers)]
        self.process = subprocess.Popen(command, env=os.environ | told, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Server:
        for _ in range(6000):
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.1)
            else:
                return self
        raise SystemExit("the server did not come up")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def ask(self, method: str, url: str, fields: list[tuple[str, str]] | None = None) -> tuple[int, float, str, str]:
        """Return status, seconds, body and the target of a redirect."""
        began = time.perf_counter()
        line = HTTPConnection("127.0.0.1", self.port, timeout=600)
        head = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        line.request(method, url, urlencode(fields) if fields else None, head)
        answer = line.getresponse()
        body = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("csrftoken="):
                self.cookie = cookie.partition(";")[0]
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        self.token = found[1] if found else self.token
        return answer.status, time.perf_counter() - began, body, answer.headers.get("Location", "")

    def get(self, url: str) -> tuple[int, float, str, str]:
        """Request a page."""
        return self.ask("GET", url)

    def post(self, url: str, fields: list[tuple[str, str]]) -> tuple[int, float, str, str]:
        """Send a form."""
        return self.ask("POST", url, [("csrfmiddlewaretoken", self.token), *fields])

    def workers(self) -> list[int]:
        """Return the web workers: the children and grandchildren of the started process that belong to gunicorn."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                told = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(told[1]), []).append(int(stat.parent.name))
        found, todo = [], [self.process.pid]
        while todo:
            one = todo.pop()
            todo += children.get(one, [])
            if not children.get(one) or one != self.process.pid:
                found.append(one)
        return found

    def worker(self) -> int:
        """Return the web worker."""
        return max(self.workers(), key=lambda one: self.mib(one)[0])

    @staticmethod
    def mib(process: int) -> tuple[int, int, int]:
        """Return the memory of a process in MiB: private now; with mapped files (the database), now and at most."""
        try:
            told = Path(f"/proc/{process}/status").read_text()
        except OSError:
            return 0, 0, 0
        found = [re.search(rf"{name}:\s+(\d+)", told) for name in ("RssAnon", "VmRSS", "VmHWM")]
        own, now, most = (int(one[1]) // 1024 if one else 0 for one in found)  # one that has ended has none
        return own, now, most

    @staticmethod
    def seconds(process: int) -> float:
        """Return the processor time of a process."""
        told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


class Peak:
    """Measures the peak of the workers' private memory continuously. A context manager."""

    def __init__(self, server: Server, pause: float = 0.02) -> None:
        self.mib, self._pause = 0, pause
        self._server, self._is_over = server, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(self._pause):
            self.mib = max([self.mib, *(self._server.mib(one)[0] for one in self._server.workers())])


def chat(number: int) -> str:
    """Return a small recording."""
    body = {"model": "m", "messages": [{"role": "user", "content": f"Question {number}"}]}
    answer = {
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": f"A {number}"}}]
    }
    request = {"method": "POST", "url": "https://x.example/v1", "headers": {}, "body": body, "model": "m"}
    request["endpoint"] = "/v1/chat/completions"
    told = {"__type__": "openai.types.chat.chat_completion.ChatCompletion", "__data__": answer}
    return json.dumps(
        {
            "test_id": f"tests/test_many.py::test_one[{number // 7}]",
            "request": request,
            "response": {"body": told, "is_streaming": False},
        }
    )


def fill(root: Path, count: int) -> None:
    """Write small recordings."""
    for number in range(count):
        place = root / "recordings" / f"{number // 1000:03}" / f"{number:06}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(chat(number))


def cost(server: Server, url: str, rounds: int = ROUNDS) -> str:
    """Return the cost of a page as a text."""
    worker = server.worker()
    began, took = server.seconds(worker), sorted(server.get(url)[1] for _ in range(rounds))
    each = (server.seconds(worker) - began) / rounds * 1000
    own, now, most = server.mib(worker)
    figures = f"memory {own} MiB, {now} with mapped files, at most {most}"
    return f"{each:.0f} ms CPU, median {took[rounds // 2] * 1000:.0f} ms, {figures}"


def bulk(server: Server, count: int) -> None:
    """Decide on everything at once, undo it and redo it, and print what a page costs before and after each."""
    page = "/r/recordings/000/000007.json"
    print("before:         ", cost(server, page))
    for name, act in (("bulk act", None), ("undo", "/do/undo"), ("redo", "/do/redo")):
        with Peak(server) as peak:
            if act is None:
                status, took = act_on_all(server)
            else:
                status, took = server.post(act, [("next", "/")])[:2]
        print(f"{name + ':':16}", status, f"{took:.1f} s, own memory at most {peak.mib} MiB")
        print(f"after {name + ':':10}", cost(server, page))
    print("in the queue:   ", cost(server, f"{page}?in=", 10))
    print("activity:       ", cost(server, "/activity/", 10))


def acts(server: Server, count: int, folder: Path, only: str) -> None:
    """Tag everything at once, move it to the trash, import as many verdicts, tags and notes; undo and redo each."""
    server.get("/")
    for name, url, fields in (
        ("tag", "/do/tag", [("name", "many")]),
        ("untag", "/do/untag", [("name", "many")]),
        ("trash", "/do/trash", [("confirmed", "1")]),
    ):
        if only not in name:
            continue
        around(server, name, lambda url=url, fields=fields: act_on_all(server, url, fields))  # type: ignore[misc]
    if only not in "import":
        return
    (folder / "reviews.jsonl").write_text("\n".join(reviews(count)))
    command = [sys.executable, "-m", "recviewer", "reviews", "import", str(folder / "reviews.jsonl")]
    told = {"RECVIEWER_RECORDINGS": str(folder / "tree"), "RECVIEWER_DATA": str(folder / "data")}
    began = time.perf_counter()
    subprocess.run(command, env=os.environ | told, check=True)
    print(f"import:          {time.perf_counter() - began:.1f} s, in a separate process")
    around(server, "import", None)
    print("activity:       ", cost(server, "/activity/", 10))


def around(server: Server, name: str, act: Callable[[], tuple[int, float]] | None) -> None:
    """Do an action, undo it and redo it, and print what each costs. act: None if it has already been done."""
    page = "/r/recordings/000/000007.json"
    for what, do in (("", act), (", undo", "/do/undo"), (", redo", "/do/redo"), (", undo", "/do/undo")):
        if do is None:
            continue
        with Peak(server) as peak:
            status, took = server.post(do, [("next", "/")])[:2] if isinstance(do, str) else do()
        waited = max(server.get(page)[1] for _ in range(3))
        print(
            f"{name + what + ':':16} {status} {took:.1f} s, own memory at most {peak.mib} MiB; a page {waited:.2f} s",
            flush=True,
        )


def reviews(count: int) -> Iterator[str]:
    """Yield the lines of a file of reviews: a verdict, a tag and a note for each recording."""
    yield json.dumps({"recviewer_reviews": 1})
    moment = "2026-01-01T00:00:00.000000Z"
    yield json.dumps({"type": "tag", "name": "told", "colour": "blue", "changed": moment})
    for number in range(count):
        path = f"recordings/{number // 1000:03}/{number:06}.json"
        said = {"fingerprint": f"2:{number:064x}", "reviewer": "Ana", "verdict": "reject", "note": f"again {number}"}
        yield json.dumps({"type": "decision", "path": path, "entered": moment, **said})
        yield json.dumps({"type": "tagged", "path": path, "tag": "told", "by": "Ana", "at": moment})
        note = {"id": f"{number:032x}", "author": "Ana", "body": f"Why {number}?", "anchor": "", "at": moment}
        yield json.dumps({"type": "note", "path": path, **note})


def act_on_all(
    server: Server, url: str = "/do/decide", fields: Sequence[tuple[str, str]] = (("verdict", "approve"),)
) -> tuple[int, float]:
    """Act on everything in the list, as its form would."""
    _, took, body, _ = server.get("/bulk/")
    print(f"/bulk/:          {took:.1f} s, {len(body):,} characters")
    items = [("item", html.unescape(one)) for one in re.findall(r'name="item" value="([^"]+)"', body)]
    return server.post(url, [("next", "/"), *fields, *items])[:2]


def refresh(server: Server, huge: Path, root: Path) -> None:
    """Let huge files appear, and keep requesting a page."""
    page = "/r/recordings/000/000007.json"
    print("before:         ", cost(server, page))
    (root / "recordings" / "huge").mkdir()
    files = sorted(huge.glob("*.json"))
    for file in files:
        (root / "recordings" / "huge" / file.name).hardlink_to(file)
    took, until, last = [], time.monotonic() + 900, files[-1].name
    while time.monotonic() < until:
        took.append(server.get(page)[1])
        time.sleep(0.1)
        if len(took) % 10 == 0 and server.get(f"/r/recordings/huge/{last}?view=raw&lines=1-1")[0] == 200:
            break
    took.sort()
    own, now, most = server.mib(server.worker())
    print(f"with {len(files)} huge files: {len(took)} pages, median {took[len(took) // 2] * 1000:.0f} ms, ", end="")
    print(f"95 % {took[len(took) * 95 // 100] * 1000:.0f} ms, longest {took[-1] * 1000:.0f} ms; ", end="")
    print(f"{own} MiB, {now} with mapped files, at most {most}")


def main() -> None:
    """Start a server, and measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("what", choices=["refresh", "bulk", "acts"])
    asked.add_argument("given")
    asked.add_argument("--port", type=int, default=8290)
    asked.add_argument("--only", default="", help="only this action of `acts`: tag, untag, trash or import")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=Path(told.given).parent if told.what == "refresh" else None) as folder:
        root = Path(folder) / "tree"
        fill(root, 20 if told.what == "refresh" else int(told.given))
        with Server(root, Path(folder) / "data", told.port) as server:
            if told.what == "bulk":
                bulk(server, int(told.given))
            elif told.what == "acts":
                acts(server, int(told.given), Path(folder), told.only)
            else:
                refresh(server, Path(told.given), root)


if __name__ == "__main__":
    main()
