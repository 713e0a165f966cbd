"""Lines of the log that a program reads: one JSON object each, with the id of the request that they belong to."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from recviewer.exchange.plain import escaped

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread works on, "" outside of one."""


class JsonLines(logging.Formatter):
    """Records as JSON: time, level, logger, message, request, and what a record carries as `told`; an error's traceback."""

    def __init__(
        self, format: str | None = None, datefmt: str | None = None
    ) -> None:  # as `logging.config` passes them
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line, in which nothing steers a terminal."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if REQUEST_ID.get():
            line["request"] = REQUEST_ID.get()
        line |= getattr(record, "told", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return escaped(json.dumps(line, ensure_ascii=False, default=str))
