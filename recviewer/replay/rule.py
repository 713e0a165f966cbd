"""The definition of a rule by which a recorder names its recordings."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from enum import StrEnum

from recviewer.exchange.dataclass import dataclass
from recviewer.replay.steps import DropStep, TextStep


class CallKind(StrEnum):
    """The kinds of requests, each hashed in its own way.

    inference: method, path of the URL and body. http: method, whole URL and payload. tool: provider, tool name and
    arguments. file_processor: a file converted to passages.
    """

    INFERENCE = "inference"
    HTTP = "http"
    TOOL = "tool"
    FILE_PROCESSOR = "file_processor"


ALL_SENT = frozenset({CallKind.INFERENCE, CallKind.TOOL, CallKind.HTTP})


@dataclass(frozen=True, slots=True, eq=False)
class NameRule:
    """How one version of a recorder names a recording."""

    slug: str
    """Its short name."""
    since: date
    """Its first day."""
    says: str
    """What is new in it, for people."""
    on_main: bool = True
    """False for a draft that only existed on a branch."""
    kinds: frozenset[CallKind] = ALL_SENT
    """The requests it covers."""
    drops: tuple[DropStep, ...] = ()
    rewrites: tuple[TextStep, ...] = ()
    """drops, rewrites: what happens to a body or payload before hashing; drops first, then rewrites in order. Tool
    arguments are never changed."""
    test_id: frozenset[CallKind] = field(default=frozenset({CallKind.INFERENCE, CallKind.HTTP}))
    """The kinds whose test id is hashed (null if there is none)."""
    model_lists: tuple[str, ...] = ("/api/tags", "/v1/models", "/v1/openai/v1/models")
    model_list_end: str = ""
    """model_lists, model_list_end: the paths of model lists, and the suffix of further ones ("" for none), except at
    hosts in model_list_not_from. A request whose URL has such a path is hashed without a test id, or with null instead
    (model_list_null), and one with such an endpoint is named `models-<hash>-<digest of the model ids>`.
    """
    model_list_not_from: tuple[str, ...] = ()
    model_list_null: bool = False
    hex_digits: int = 64
    """Number of digits of the hash in the name."""
    plain_model_lists: bool = False
    """Model lists may also be named like other requests."""
    unstored: tuple[str, ...] = ()
    """What was hashed but is not in the recording; if not empty, the name cannot be computed."""

    def lists_models(self, path: str, host: str) -> bool:
        """Whether a path is that of a model list. host: the requested host with its port."""
        if path in self.model_lists:
            return True
        if not self.model_list_end or not path.endswith(self.model_list_end):
            return False
        return host.rpartition("@")[2].partition(":")[0] not in self.model_list_not_from
