"""The files that answer one request for a list of models, read and merged as replay does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recviewer.bounded.cache import Recent
from recviewer.catalog.model_lists import Answering, ListRequest, document_of
from recviewer.replay.lists import JoinedModel, ListFile, joined, models_in, needless, said_of

MOST, MOST_BYTES = 400, 12 * 1024 * 1024
"""Maximum number of files of one request that are read, and their bytes; further ones are named but not read."""

NOT_A_LIST = "it could not be read here as the list that was indexed"

_KEPT_BYTES = 6_000_000
_OF_ONE = 120

_lists = Recent[str, tuple[Mapping[str, bytes], int]](weigh=lambda found: found[1], limit=_KEPT_BYTES, at_least=0)
"""The lists in files, by blob."""


@dataclass(frozen=True, slots=True)
class UnionFile:
    """A file of a request. models: how many it lists, None if unknown. own: those that no other file lists.

    why: why replay does not read it, or takes nothing from it; "" if it does.
    """

    answering: Answering
    list: ListFile
    why: str
    own: int

    @property
    def models(self) -> int | None:
        """How many models it lists."""
        return None if self.list.models is None else len(self.list.models)


@dataclass(frozen=True, slots=True)
class ListUnion:
    """A request's files and their union. unread: files that were not read because of the page's limit.

    needless: files without which the answer is the same, even without all of them.
    """

    request: ListRequest
    files: tuple[UnionFile, ...]
    models: tuple[JoinedModel, ...]
    unread: int
    needless: tuple[UnionFile, ...] = ()

    @property
    def parting(self) -> tuple[JoinedModel, ...]:
        """The models on which files disagree."""
        return tuple(one for one in self.models if one.apart)

    @property
    def unlisted(self) -> tuple[JoinedModel, ...]:
        """The models that no host's newest list contains."""
        return tuple(one for one in self.models if not one.is_listed)


def union_of(request: ListRequest) -> ListUnion:
    """Read the files of a request and merge them, as replay does."""
    taken = _within(request.files)
    lists = [_list(one) for one in taken]
    models = joined(lists)
    own = [0] * len(taken)
    for model in models:
        if len(model.files) == 1:
            own[model.files[0]] += 1
    files = [
        UnionFile(one, list_, one.why or ("" if list_.models is not None else NOT_A_LIST), own[place])
        for place, (one, list_) in enumerate(zip(taken, lists, strict=True))
    ]
    unread = len(request.files) - len(taken)
    gone = () if unread else needless(lists, models)
    return ListUnion(request, tuple(files), models, unread, tuple([files[place] for place in gone]))


def _within(files: Sequence[Answering]) -> Sequence[Answering]:
    size = 0
    for place, one in enumerate(files[:MOST]):
        size += one.row.size
        if size > MOST_BYTES and place:
            return files[:place]
    return files[:MOST]


def _list(one: Answering) -> ListFile:
    row = one.row
    known = _lists.get(row.blob)
    models = known[0] if known else None
    if known is None:
        found = models_in(document_of(row))
        models = None if found is None else {one: said_of(model) for one, model in found.items()}
        if models is not None and row.blob:
            _lists.put(row.blob, (models, sum(len(said) + _OF_ONE for said in models.values())))
    return ListFile(row.path, row.host, models, one.is_read and models is not None, one.place)
