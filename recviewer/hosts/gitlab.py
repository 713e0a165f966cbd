"""GitLab, gitlab.com or one's own: API version 4.

Source: https://docs.gitlab.com/api/ (merge_requests, commits, notes, users) and
https://docs.gitlab.com/user/project/integrations/webhooks/, November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from recviewer.hosts.calls import HostCall, HostRefused
from recviewer.hosts.client import HostClient
from recviewer.hosts.contract import (
    CONTEXT,
    PAGES,
    CommitStatus,
    HostRequest,
    RecordInputs,
    RecordRun,
    id_in,
    request_from,
    rows_of,
)
from recviewer.hosts.deliveries import HookDelivery, expect_token, named, number_in, payload_of, text_or_number

_STATES = {"failure": "failed"}
_ROWS = 100


class GitLab:
    """project: `group/name`, `group/subgroup/name`."""

    def __init__(self, project: str) -> None:
        self.project = project
        self._at = f"/projects/{quote(project, safe='')}"

    @staticmethod
    def headers(token: str) -> dict[str, str]:
        return {"PRIVATE-TOKEN": token}

    def delivery(self, headers: Mapping[str, str], body: bytes, secret: str) -> HookDelivery:
        expect_token(headers.get("x-gitlab-token", ""), secret)
        name = named(headers, "idempotency-key", body=body)  # since 17.4; the same if a delivery is repeated
        data = payload_of(body)
        whose = text_or_number(data, "project", "path_with_namespace")
        is_ours = isinstance(whose, str) and whose.casefold() == self.project.casefold()
        if not is_ours or data.get("object_kind") != "merge_request":
            return HookDelivery(name, 0)
        return HookDelivery(name, number_in(data, "object_attributes", "iid"))

    def ref(self, number: int) -> str:
        return f"refs/merge-requests/{number}/head"

    def open_requests(self, client: HostClient) -> list[HostRequest]:
        return [_request(row) for row in self._all(client, f"{self._at}/merge_requests?state=opened&")]

    def request(self, client: HostClient, number: int) -> HostRequest:
        return _request(client.send(HostCall("GET", f"{self._at}/merge_requests/{number}")).data)

    def post_status(self, client: HostClient, sha: str, status: CommitStatus) -> None:
        body = {
            "state": _STATES.get(status.state, status.state),
            "name": CONTEXT,
            "description": status.description,
        }
        if status.url:
            body["target_url"] = status.url
        try:
            id_in(client.send(HostCall("POST", f"{self._at}/statuses/{sha}", body)).data)
        except HostRefused as refused:
            if refused.status != 400 or "transition" not in str(refused).casefold():
                raise
            # "Cannot transition status via :enqueue from :pending": it already has that state

    def find_comment(self, client: HostClient, number: int, marker: str) -> str:
        author = text_or_number(client.send(HostCall("GET", "/user")).data, "id")
        for row in self._all(client, f"{self._at}/merge_requests/{number}/notes?sort=asc&"):
            is_ours = author is not None and text_or_number(row, "author", "id") == author
            if is_ours and str(text_or_number(row, "body")).startswith(marker):
                return id_in(row)
        return ""

    def write_comment(self, client: HostClient, number: int, text: str) -> str:
        call = HostCall("POST", f"{self._at}/merge_requests/{number}/notes", {"body": text})
        return id_in(client.send(call).data)

    def change_comment(self, client: HostClient, number: int, comment: str, text: str) -> None:
        call = HostCall("PUT", f"{self._at}/merge_requests/{number}/notes/{comment}", {"body": text})
        id_in(client.send(call).data)

    def start_run(self, client: HostClient, run: RecordRun, inputs: RecordInputs) -> str:
        told = [{"key": f"RECVIEWER_{name.upper()}", "value": value} for name, value in inputs.named().items()]
        call = HostCall("POST", f"{self._at}/pipeline", {"ref": run.ref, "variables": told})
        return f"pipeline {id_in(client.send(call).data)}"

    def _all(self, client: HostClient, path: str) -> Iterator[Any]:
        for page in range(1, PAGES + 1):
            rows = rows_of(client.send(HostCall("GET", f"{path}per_page={_ROWS}&page={page}")).data)
            yield from rows
            if len(rows) < _ROWS:
                return


def _request(data: Any) -> HostRequest:
    source, target = (text_or_number(data, name) for name in ("source_project_id", "target_project_id"))
    is_fork = source is None or source != target
    return request_from(data, number="iid", head=("sha",), base=("target_branch",), opened="opened", is_fork=is_fork)
