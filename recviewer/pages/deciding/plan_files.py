"""A plan as files: a patch, a list for git, and tests to re-record."""

from __future__ import annotations

from django.http import HttpResponse

from recviewer.plan import model as plans
from recviewer.plan.model import Plan


def patch(plan: Plan, name: str = "delete-recordings.patch") -> HttpResponse:
    """Return the deletions as a patch for `git apply`."""
    return _file(b"".join(plans.patch(plan)), "text/x-diff", name)


def git_rm(plan: Plan, *, null: bool) -> HttpResponse:
    """Return the deletions as a list for `git rm --pathspec-from-file`; null: for `--pathspec-file-nul`."""
    return _file(plans.git_rm(plan, null=null), "text/plain; charset=utf-8", "delete-recordings.txt")


def tests(plan: Plan) -> HttpResponse:
    """Return the tests to re-record, one id on each line, for `pytest @file`."""
    return _file(plans.test_ids(plan), "text/plain; charset=utf-8", "record-again.txt")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=kind, headers=headers)
