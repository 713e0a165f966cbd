"""The interface of every host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from recviewer.hosts.calls import HostDown
from recviewer.hosts.client import HostClient
from recviewer.hosts.deliveries import HookDelivery, text_or_number

CONTEXT = "recviewer/recordings"
"""The name of our commit status."""

PAGES = 30
"""Maximum number of pages of a list that are read; the host's largest page size is used."""

_HASH = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class HostRequest:
    """A pull or merge request of the host. head: the full name of its commit. base: the name of a branch.

    is_fork: its commits come from somebody else's repository, or from an unknown one.
    """

    number: int
    head: str
    base: str
    is_open: bool
    is_fork: bool = True


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """state: `success`, `pending` or `failure`. url: "" for none. description: 140 characters at most."""

    state: str
    description: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RecordRun:
    """The run that re-records, as the operator configured it. ref: the branch whose version runs.

    workflow: a file name.
    """

    ref: str
    workflow: str = ""


@dataclass(frozen=True, slots=True)
class RecordInputs:
    """The inputs of a run. tests: pytest ids, one on each line."""

    tests: str
    number: int
    head: str

    def named(self) -> dict[str, str]:
        """Return them by name."""
        return {"tests": self.tests, "request": str(self.number), "head": self.head}


LONGEST_INPUT = 60_000
"""Maximum length of the tests in a run's inputs: GitHub accepts 65,535 characters for all inputs."""


class CodeHost(Protocol):
    """The adapter of a host. project: `owner/name`. Methods with a client may raise what `HostClient.send` does."""

    project: str

    @staticmethod
    def headers(token: str) -> dict[str, str]:
        """Return the headers of each call."""

    def delivery(self, headers: Mapping[str, str], body: bytes, secret: str) -> HookDelivery:
        """Verify and parse a webhook. headers: names in lower case.

        Raises NotSigned before it is parsed, BadDelivery.
        """

    def ref(self, number: int) -> str:
        """Return the name of the ref that the host keeps for the head of a request."""

    def open_requests(self, client: HostClient) -> list[HostRequest]:
        """Return the requests that are open."""

    def request(self, client: HostClient, number: int) -> HostRequest:
        """Return one request."""

    def post_status(self, client: HostClient, sha: str, status: CommitStatus) -> None:
        """Set our status on a commit."""

    def find_comment(self, client: HostClient, number: int, marker: str) -> str:
        """Return the id of the comment that we wrote and that begins with a marker, "" if there is none.

        Others can write a marker too, so the author is checked.
        """

    def write_comment(self, client: HostClient, number: int, text: str) -> str:
        """Write a comment and return its id."""

    def change_comment(self, client: HostClient, number: int, comment: str, text: str) -> None:
        """Update our comment. Raises HostRefused with status 404 if somebody deleted it."""

    def start_run(self, client: HostClient, run: RecordRun, inputs: RecordInputs) -> str:
        """Start a run, and return the host's id for it, "" if it gives none. Must never be sent twice."""


def request_from(
    data: Any, *, number: str, head: tuple[str, ...], base: tuple[str, ...], opened: str, is_fork: bool
) -> HostRequest:
    """Parse a request in a host's JSON. number, head, base: their keys. opened: the `state` of an open one.

    Raises HostDown if it is not as the host's documents say.
    """
    found, sha, branch = text_or_number(data, number), text_or_number(data, *head), text_or_number(data, *base)
    is_number = isinstance(found, int) and not isinstance(found, bool) and found > 0
    if not is_number or not isinstance(sha, str) or not _HASH.fullmatch(sha) or not isinstance(branch, str):
        raise HostDown("the host's answer about a request lacks its number, commit or branch")
    return HostRequest(found, sha, branch, text_or_number(data, "state") == opened, is_fork)


def rows_of(data: Any) -> list[Any]:
    """Return the rows of a list in a response. Raises HostDown if it is not a list."""
    if not isinstance(data, list):
        raise HostDown("the host answered with something that is not a list")
    return data


def id_in(data: Any) -> str:
    """Return the id of a new object, which every host returns. Raises HostDown if it is missing."""
    found = text_or_number(data, "id")
    if not isinstance(found, int) or isinstance(found, bool):
        raise HostDown("the host's answer does not say what it wrote: it has no id")
    return str(found)
