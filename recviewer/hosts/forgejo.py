"""Forgejo and Gitea: API version 1, which is close to GitHub's.

Source: https://forgejo.org/docs/latest/user/webhooks, https://docs.gitea.com/usage/webhooks and the API description of
both (`/swagger.v1.json`), November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping

from recviewer.hosts.deliveries import HookDelivery, expect_signature, named
from recviewer.hosts.github import GitHub

_MOVES = frozenset({"pull_request", "pull_request_sync"})
"""Events that may move a request: opened, closed, pushed. Comments on one have other events, and other payloads."""


class Forgejo(GitHub):
    """Differs in headers, in the maximum page size, and in that a short page is not the last one, because the operator
    may lower the page size.
    """

    PER_PAGE = "limit=50"
    ROWS = 1

    @staticmethod
    def headers(token: str) -> dict[str, str]:
        return {"Authorization": f"token {token}"}

    def delivery(self, headers: Mapping[str, str], body: bytes, secret: str) -> HookDelivery:
        given = headers.get("x-forgejo-signature") or headers.get("x-gitea-signature", "")
        expect_signature(given, body, secret)
        event = headers.get("x-forgejo-event") or headers.get("x-gitea-event", "")
        kind = "pull_request" if event in _MOVES else event
        return self._read(kind, named(headers, "x-forgejo-delivery", "x-gitea-delivery", body=body), body)
