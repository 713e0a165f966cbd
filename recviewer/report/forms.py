"""The output formats of a report by name: the command line and the pages offer the same ones."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.plain import dumps, safe
from recviewer.report import checks, markdown, static
from recviewer.report.links import links
from recviewer.report.report import Report, as_json
from recviewer.report.sentence import status

FORMS = ("md", "summary", "json", "html", "status", "status-json")
"""md: a pull request comment. summary: a job summary. status: a line. status-json: with the fields of a commit status."""


def pieces(report: Report, form: str, *, public: str = "") -> Iterator[str]:
    """Yield a report in one of the formats. public: URL of the site that shows the range, "" if there is none."""
    where = links(report, public)
    match form:
        case "md":
            yield safe(markdown.comment(report, links=where))
        case "summary":
            yield safe(markdown.summary(report, links=where))
        case "json":
            yield dumps(as_json(report), indent=2) + "\n"
        case "html":
            yield from static.page(report, links=where)
        case "status":
            yield safe(status(report.found)) + "\n"
        case "status-json":
            yield dumps(checks.as_status(report, where)) + "\n"
        case _:
            raise ValueError(f"{form} is not a form of a report")
