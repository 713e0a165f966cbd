"""Log lines for programs: one JSON object each, with the id of the request that they belong to."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from recviewer.exchange.plain import escaped

MESSAGE_LENGTH = 100_000
"""Longer messages are not searched for secrets."""

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread processes, "" outside of one."""


class NamesOfPages(logging.Filter):
    """A filter that replaces the path in Django's log records by the name of the page, because paths reveal recordings."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change a record that ends in the path of its request; keep all records."""
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if isinstance(record.args, tuple) and isinstance(path, str) and path in record.args:
            match = getattr(request, "resolver_match", None)
            page = match.view_name if match else "no page"
            record.args = tuple([page if one == path else one for one in record.args])
            record.told = {"request": getattr(request, "id", "")}
        return True


class WithoutSecrets(logging.Filter):
    """A filter that masks secrets in log records, such as one in the URL of a page that does not exist."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change a record whose message contains a secret; keep all records."""
        from recviewer.secrets.named import without_secrets

        try:
            told = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit, which the handler reports
            return True
        masked = without_secrets(told, most=MESSAGE_LENGTH)
        if masked != told:
            record.msg, record.args = masked, ()
        return True


class JsonLines(logging.Formatter):
    """Log records as JSON: time, level, logger, message, request, and the record's attribute `told`; an error's
    traceback.
    """

    def __init__(
        self, format: str | None = None, datefmt: str | None = None
    ) -> None:  # the argument that `logging.config` passes
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line without control characters for terminals."""
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
