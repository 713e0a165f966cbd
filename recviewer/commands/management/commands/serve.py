"""Serve the dashboard, with everything that this needs."""

from __future__ import annotations

import os
import socket
import sys
import webbrowser
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from recviewer.configuration.places import MOVED, RECORDER
from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed, Repository
from recviewer.gunicorn_conf import PREPARED


def _port(text: str) -> int:
    """Return a port. Raises ArgumentTypeError with a sentence."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise ArgumentTypeError(f"{text} is not a port: give a number from 1 to 65535")
    return int(text)


class Command(BaseCommand):
    help = (
        "Index the recordings below DIR and serve them on http://127.0.0.1:8000. Without DIR: $RECVIEWER_RECORDINGS, "
        "else the work tree of --repo (a mirror has none, and only its changes are shown), else this folder if it is "
        "in a work tree with recordings, else a private copy of the demo tree. "
        "Example: recviewer serve tests/integration --open"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recorder", metavar="NAME", help=RECORDER)
        parser.add_argument("dir", nargs="?", metavar="DIR", help="the recordings root")
        parser.add_argument("--host", default="127.0.0.1", help="address to bind (default 127.0.0.1)")
        parser.add_argument("--port", type=_port, default=8000, help="port to bind (default 8000)")
        parser.add_argument("--workers", type=int, default=1, help="worker processes (default 1, with 8 threads)")
        parser.add_argument(
            "--repo",
            metavar="DIR",
            help="the repository for /changes/; default: that of DIR",
        )
        parser.add_argument("--open", action="store_true", help="open the browser when the server is up")
        parser.add_argument("--moved", action="store_true", help=MOVED)
        parser.add_argument("--prepare-only", action="store_true", help="prepare and index, but do not serve")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_no_repository()
        if options["prepare_only"]:
            self._index(moved=options["moved"])
            self._say_what()
            return
        host, port = options["host"], options["port"]
        if host not in ("127.0.0.1", "::1", "localhost") and not settings.HOSTED:
            raise CommandError(
                f"{host} can be reached by others, and there is no login: set RECVIEWER_HOSTED=1, or bind 127.0.0.1",
                returncode=2,
            )
        self._refuse_taken(host, port)
        self._index(moved=options["moved"])
        address = f"http://{host if ':' not in host else f'[{host}]'}:{port}{settings.PREFIX}/"
        self._say_what()
        self.stdout.write(f"Open        {address}   (Ctrl+C stops)")
        self.stdout.flush()
        if options["open"]:
            _open_later(address)
        connections.close_all()
        self._serve(host, port, options["workers"])

    def _say_what(self) -> None:
        """Print what is served: recordings, changes, the remote, and the data folder."""
        mirror = settings.PLACES.mirror
        self.stdout.write(f"Recordings  {'none: only changes are shown' if mirror else settings.RECORDINGS_ROOT}")
        repository = self._repository()
        if repository is not None:
            kind = " (a bare repository)" if repository.is_bare else ""
            self.stdout.write(f"Changes     {repository.work_tree}{kind}")
            if settings.FETCH_FROM is not None:
                self.stdout.write(f"Fetches     {settings.FETCH_FROM.shown}, when somebody asks")
        self.stdout.write(f"Data        {settings.DATA_DIR}")

    def _repository(self) -> Repository | None:
        try:
            return opened(settings.REPOSITORY or settings.RECORDINGS_ROOT)
        except GitFailed:
            return None

    def _refuse_no_repository(self) -> None:
        if settings.REPOSITORY is not None and self._repository() is None:
            raise CommandError(f"{settings.REPOSITORY} is not a git repository, nor inside one", returncode=2)

    def _refuse_taken(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"port {port} on {host} cannot be used ({error.strerror}); choose another with --port", returncode=2
                ) from None

    def _index(self, *, moved: bool) -> None:
        from recviewer.commands.progress import progress_for
        from recviewer.commands.start import bring_up

        with progress_for(sys.__stderr__ or sys.stderr) as progress:
            bring_up(self.stdout.write, self.stderr.write, progress=progress, moved=moved)

    def _serve(self, host: str, port: int, workers: int) -> None:
        """Replace this process by gunicorn."""
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        words = ["-m", "gunicorn", "recviewer.wsgi", "-c", "python:recviewer.gunicorn_conf", "--env", PREPARED]
        os.environ.pop("TZ", None)
        os.execv(sys.executable, [sys.executable, *words, "--bind", bind, "--workers", str(workers)])  # noqa: S606


def _open_later(address: str) -> None:
    """Open the browser from a separate process, because this one is about to become the server."""
    if os.fork() == 0:
        import time

        time.sleep(0.8)
        webbrowser.open(address)
        os._exit(0)
