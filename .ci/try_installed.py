"""Use an installed recviewer as its user would: serve from an empty directory, with a bare environment, and look.

Usage: try_installed.py FOLDER, the folder with the console scripts of the environment that it was installed into.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

YEAR_SECONDS = 365 * 24 * 3600
PATIENCE_SECONDS = 120


def main(scripts: Path) -> None:
    """Try each way to serve, on a data folder that nothing has prepared."""
    gunicorn = [scripts / "gunicorn", "recviewer.wsgi", "-c", "python:recviewer.gunicorn_conf", "--bind"]
    for name, command in (
        ("recviewer serve", lambda port: [scripts / "recviewer", "serve", "--port", str(port)]),
        ("gunicorn", lambda port: [*gunicorn, f"127.0.0.1:{port}"]),
        ("runserver", lambda port: [scripts / "recviewer", "runserver", "--noreload", str(port)]),
    ):
        with tempfile.TemporaryDirectory() as home:
            port = free_port()
            with serving(command(port), Path(home), f"http://127.0.0.1:{port}") as site:
                look(site)
        print(f"{name}: a list, a recording and hashed, compressed static files from an empty directory")


def look(site: str) -> None:
    """Fetch the list, a recording that it links to, and what their pages load."""
    listing, _ = fetch(f"{site}/")
    links = re.findall(r'href="(/r/[^"?#]+)"', listing.decode())
    expect(bool(links), "the list has no recordings")
    recording, headers = fetch(site + links[0])
    expect("default-src 'none'" in headers["Content-Security-Policy"], "no content security policy")
    assets = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', recording.decode()))
    expect(len(assets) > 2, "a page without styles or scripts")
    for asset in assets:
        data, headers = fetch(site + asset, compressed=True)
        expect(bool(re.search(r"\.[0-9a-f]{12}\.\w+$", asset)), f"{asset} is not hashed")
        expect(f"max-age={10 * YEAR_SECONDS}" in headers["Cache-Control"], f"{asset}: {headers['Cache-Control']}")
        expect(headers["Content-Encoding"] == "gzip" or len(data) < 600, f"{asset} is not compressed")
    fetch(f"{site}/healthz")
    fetch(f"{site}/readyz")


def fetch(url: str, *, compressed: bool = False) -> tuple[bytes, Message]:
    """Return body and headers of an answer that has to be a good one."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"} if compressed else {})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            body = answer.read()
            if answer.headers["Content-Encoding"] == "gzip":
                body = gzip.decompress(body)
            return body, answer.headers
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{url} answers {error.code}") from error


def expect(holds: bool, otherwise: str) -> None:
    """Stop with a sentence where something does not hold."""
    if not holds:
        raise SystemExit(otherwise)


@contextlib.contextmanager
def serving(command: list[Path | str], home: Path, site: str) -> Iterator[str]:
    """Run a server with a bare environment until the block ends; it has to end well when asked to."""
    environment = {"HOME": str(home), "PATH": os.defpath}
    with open(home / "log", "w+") as log:
        process = subprocess.Popen(command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_for(f"{site}/healthz", process)
            yield site
        except BaseException:
            log.seek(0)
            print(log.read(), file=sys.stderr)
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=PATIENCE_SECONDS)
        expect(status in (0, -signal.SIGTERM), f"the server ended with {status}")
        log.seek(0)
        expect("Traceback" not in log.read(), "a traceback in the server's log")


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):  # refused, or slow to answer
            urllib.request.urlopen(url, timeout=10).close()
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing answers at {url}")


def free_port() -> int:
    """Return a port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main(Path(sys.argv[1]))
