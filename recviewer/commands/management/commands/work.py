"""Run the background jobs: the exchange with the code host."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection


class Command(BaseCommand):
    help = (
        "Run the background jobs of a hosted instance until it is stopped: with RECVIEWER_HOST, fetch pull requests "
        "that are opened or pushed, and post status and comment. One process is enough; another one waits until the "
        "first has ended. "
        "Example: recviewer work"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run the jobs that are due now, and exit")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.start import prepare, unusable
        from recviewer.loop import jobs
        from recviewer.loop.worker import OtherWorker, Worker, only_worker

        prepare(static=False)
        if options["once"]:
            try:
                with only_worker():
                    jobs.forgive()
                    worker = Worker(settings.HOST)
                    while worker.turn():
                        pass
            except OtherWorker:
                raise CommandError("another worker is running.", returncode=2) from None
            except (OSError, DatabaseError) as error:
                raise unusable(error) from error
            return
        end = _at_signal()
        self.stdout.write(self._greeting())
        self.stdout.flush()
        while not end.is_set():
            try:
                with only_worker():
                    jobs.forgive()
                    self._work(Worker(settings.HOST), end)
            except OtherWorker:
                end.wait(OTHER_SECONDS)
            except (OSError, DatabaseError) as error:
                self.stderr.write(str(unusable(error)))
                connection.close()
                end.wait(TROUBLE_SECONDS)

    def _work(self, worker: Any, end: threading.Event) -> None:
        while not end.is_set():
            if not worker.turn():
                end.wait(STEP_SECONDS)

    def _greeting(self) -> str:
        if settings.HOST is None:
            return "At work. RECVIEWER_HOST names no code host, so there is nothing to fetch or to post."
        return f"At work for {settings.HOST.project} at {settings.HOST.api}."


STEP_SECONDS = 2
"""How long the worker sleeps if nothing is due."""

OTHER_SECONDS = 10
"""How long it waits for another worker's turn to end."""

TROUBLE_SECONDS = 5
"""How long it waits if the database or the data folder cannot be used."""


def _at_signal() -> threading.Event:
    """Return an event that is set on SIGTERM or SIGINT; the current job is finished."""
    end = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        end.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return end
