"""gunicorn gives fresh web processes (`systemctl reload`) while people ask, and nobody is turned away."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.processes]
TOP = Path(__file__).parents[2]


def asked(port):
    """Return the status of an answer, or what went wrong."""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        server.request("GET", "/healthz")
        return server.getresponse().status
    except (OSError, http.client.HTTPException) as failed:
        return repr(failed)
    finally:
        server.close()


def workers_of(process):
    return set(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="who is whose child is read from /proc")
def test_a_reload_turns_nobody_away_and_a_stop_ends(tmp_path):
    (tmp_path / "tree" / "recordings").mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")}
    own |= {"PYTHONPATH": str(TOP), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "recviewer.settings"}
    own |= {"RECVIEWER_DATA": str(tmp_path / "data"), "RECVIEWER_RECORDINGS": str(tmp_path / "tree")}
    words = [sys.executable, "-m", "recviewer", "serve", "--port", str(port), "--workers", "2"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(words, env=own, stdout=log, stderr=log)
    said, is_over = [], threading.Event()

    def ask():
        while not is_over.is_set():
            said.append(asked(port))

    try:
        end = time.monotonic() + 120
        while asked(port) != 200 or len(workers_of(process)) < 2:
            assert time.monotonic() < end, (tmp_path / "log").read_text()
            time.sleep(0.1)
        before = workers_of(process)
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for one in threads:
            one.start()
        process.send_signal(signal.SIGHUP)
        while before & workers_of(process) or len(workers_of(process)) < 2:
            assert time.monotonic() < end, (tmp_path / "log").read_text()
            time.sleep(0.05)
        is_over.set()
        for one in threads:
            one.join()
        assert set(said) == {200}
        assert len(said) > 20
    finally:
        is_over.set()
        process.terminate()
        assert process.wait(30) == 0
