"""GitHub, github.com or Enterprise Server: REST API of version 2022-11-28.

Source: https://docs.github.com/en/rest (pulls, commits/statuses, issues/comments, users) and
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries, November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from recviewer.hosts.calls import HostCall
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
from recviewer.hosts.deliveries import (
    HookDelivery,
    NotSigned,
    expect_signature,
    named,
    number_in,
    payload_of,
    text_or_number,
)


class GitHub:
    """project: `owner/name`. author: the login under which we write; "" to ask the host."""

    PER_PAGE = "per_page=100"
    ROWS = 100

    def __init__(self, project: str, *, author: str = "") -> None:
        self.project = project
        self._at = f"/repos/{quote(project)}"
        self._author = author

    @staticmethod
    def headers(token: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }

    def delivery(self, headers: Mapping[str, str], body: bytes, secret: str) -> HookDelivery:
        given = headers.get("x-hub-signature-256", "")
        if not given.startswith("sha256="):
            raise NotSigned
        expect_signature(given.removeprefix("sha256="), body, secret)
        return self._read(headers.get("x-github-event", ""), named(headers, "x-github-delivery", body=body), body)

    def _read(self, event: str, name: str, body: bytes) -> HookDelivery:
        if event != "pull_request":
            return HookDelivery(name, 0)
        data = payload_of(body)
        whose = text_or_number(data, "repository", "full_name")
        is_ours = isinstance(whose, str) and whose.casefold() == self.project.casefold()
        return HookDelivery(name, number_in(data, "number") if is_ours else 0)

    def ref(self, number: int) -> str:
        return f"refs/pull/{number}/head"

    def open_requests(self, client: HostClient) -> list[HostRequest]:
        return [self._request(row) for row in self._all(client, f"{self._at}/pulls?state=open&")]

    def request(self, client: HostClient, number: int) -> HostRequest:
        return self._request(client.send(HostCall("GET", f"{self._at}/pulls/{number}")).data)

    def post_status(self, client: HostClient, sha: str, status: CommitStatus) -> None:
        body = {"state": status.state, "description": status.description, "context": CONTEXT}
        if status.url:
            body["target_url"] = status.url
        id_in(client.send(HostCall("POST", f"{self._at}/statuses/{sha}", body)).data)

    def find_comment(self, client: HostClient, number: int, marker: str) -> str:
        author = self._author or text_or_number(client.send(HostCall("GET", "/user")).data, "login")
        for row in self._all(client, f"{self._at}/issues/{number}/comments?"):
            is_ours = author and text_or_number(row, "user", "login") == author
            if is_ours and str(text_or_number(row, "body")).startswith(marker):
                return id_in(row)
        return ""

    def write_comment(self, client: HostClient, number: int, text: str) -> str:
        call = HostCall("POST", f"{self._at}/issues/{number}/comments", {"body": text})
        return id_in(client.send(call).data)

    def change_comment(self, client: HostClient, number: int, comment: str, text: str) -> None:
        id_in(client.send(HostCall("PATCH", f"{self._at}/issues/comments/{comment}", {"body": text})).data)

    def start_run(self, client: HostClient, run: RecordRun, inputs: RecordInputs) -> str:
        body = {"ref": run.ref, "inputs": inputs.named()}
        client.send(HostCall("POST", f"{self._at}/actions/workflows/{quote(run.workflow, safe='')}/dispatches", body))
        return ""

    def _request(self, data: Any) -> HostRequest:
        whose = text_or_number(data, "head", "repo", "full_name")
        is_fork = not isinstance(whose, str) or whose.casefold() != self.project.casefold()
        return request_from(
            data, number="number", head=("head", "sha"), base=("base", "ref"), opened="open", is_fork=is_fork
        )

    def _all(self, client: HostClient, path: str) -> Iterator[Any]:
        """Yield the rows of a list, page by page. Pages are counted; links from the host are not followed."""
        for page in range(1, PAGES + 1):
            rows = rows_of(client.send(HostCall("GET", f"{path}{self.PER_PAGE}&page={page}")).data)
            yield from rows
            if len(rows) < self.ROWS:
                return
