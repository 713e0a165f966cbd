"""Paths of recordings in a repository: conversion between keys of the catalog and paths of git."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from recviewer.git import repository
from recviewer.store.paths import key_of


def root_prefix() -> bytes:
    """Return the path prefix from the top of the repository to the recordings root, ending in `/`; b"" for the top.

    It is taken from the checkout that contains the root; a mirror of it has the same paths. b"" if there is no
    checkout.
    """
    root = Path(settings.RECORDINGS_ROOT)
    found = repository.find(root)
    return repository.way_to(found, root) if found else b""


def key_at(raw: bytes, start: bytes) -> str:
    """Return the catalog's key for a path of git if it is below the root, otherwise the path itself.

    start: the prefix that `root_prefix` returns.
    """
    return key_of(raw[len(start) :] if start and raw.startswith(start) else raw)
