"""Posting how a pull request stands: a commit status and one comment, and only if it differs from what was posted."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.utils import timezone

from recviewer.hosts.calls import HostRefused
from recviewer.hosts.client import HostClient
from recviewer.hosts.contract import CodeHost, CommitStatus
from recviewer.loop.looking import report_of
from recviewer.loop.models import WatchedRequest
from recviewer.report import checks, forms
from recviewer.report.links import links
from recviewer.report.markdown import MARKER


def tell(host: CodeHost, client: HostClient, number: int) -> None:
    """Post what differs from what was posted. Raises what calls of the host raise, and GitFailed.

    Each successful call is recorded at once: if one fails, the other is not repeated.
    """
    row = WatchedRequest.objects.filter(number=number, is_open=True).exclude(head="").first()
    if row is None:
        return
    report = report_of(row)
    status = checks.as_status(report, links(report, settings.PUBLIC_URL))
    _tell_status(host, client, row, CommitStatus(status["state"], status["description"], status.get("target_url", "")))
    text = "".join(forms.pieces(report, "md", public=settings.PUBLIC_URL))
    _tell_comment(host, client, row, text.encode("utf-8", "backslashreplace").decode())


def _tell_status(host: CodeHost, client: HostClient, row: WatchedRequest, status: CommitStatus) -> None:
    hashed = _hash(row.head, status.state, status.description, status.url)
    if hashed == row.told_hash:
        return
    host.post_status(client, row.head, status)
    row.told_state, row.told, row.told_hash = status.state, status.description, hashed
    row.told_at = timezone.now()
    row.save(update_fields=["told_state", "told", "told_hash", "told_at"])


def _tell_comment(host: CodeHost, client: HostClient, row: WatchedRequest, text: str) -> None:
    """Write the comment, or update ours. A request that touches no recording gets none."""
    hashed = _hash(text)
    if hashed == row.comment_hash:
        return
    comment = row.comment or host.find_comment(client, row.number, MARKER)
    if not comment and not row.files:
        return
    row.comment = _changed(host, client, row.number, comment, text) or host.write_comment(client, row.number, text)
    row.comment_hash = hashed
    row.save(update_fields=["comment", "comment_hash"])


def _changed(host: CodeHost, client: HostClient, number: int, comment: str, text: str) -> str:
    """Update a comment and return its id, "" if it does not exist or somebody deleted it."""
    if not comment:
        return ""
    try:
        host.change_comment(client, number, comment, text)
    except HostRefused as refused:
        if refused.status not in (404, 410):
            raise
        return ""
    return comment


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
