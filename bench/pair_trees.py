"""Recordings of a real tree by test, and the small changes from which simulated pull requests are made."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recviewer.git.history import contents
from recviewer.git.ranges import files_of, opened
from recviewer.git.repository import resolve
from recviewer.recorders.registry import claims
from recviewer.store.scan import scan

Document = dict[str, Any]

MOST_BYTES = 120_000
"""Larger recordings are left out: they take time and add no information."""

TAKEN = frozenset({"model", "stream_options", "stream", "messages", "prompt", "input", "user", "prompt_cache_key"})
_ID = re.compile(r"(?:file|vs|call|resp|msg)[-_]\w{6,}|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{24,}")


@dataclass
class Made:
    """A recording of a simulated pull request.

    call: identifies the call; old and new recordings of the same call have equal values. is_stale: whether it is an older
    generation of the call, which is listed with the call but must never be paired as the call itself.
    """

    path: str
    document: Document
    call: object
    is_stale: bool = False

    @property
    def test(self) -> str:
        """Its test, "" if it is not known."""
        return self.document.get("test_id") or ""


@dataclass
class Tree:
    """Recordings of a real tree by test. unknown: those without a test. words: those used in new texts."""

    tests: dict[str, list[Made]] = field(default_factory=dict)
    unknown: list[Made] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def read(place: str) -> Tree:
    """Read a tree: a directory, or `REPOSITORY@COMMIT`."""
    tree = Tree()
    words: set[str] = set()
    for path, data in _files(place):
        try:
            document = json.loads(data)
            request = document["request"]
            body = request["body"]
        except (ValueError, KeyError, TypeError):
            continue
        if not isinstance(body, dict) or not isinstance(document.get("test_id") or "", str):
            continue
        made = Made(path, document, ("call", document.get("test_id"), signature(document)))
        (tree.tests.setdefault(made.test, []) if made.test else tree.unknown).append(made)
        for text in texts(body):
            words.update(text.split()[:20])
    tree.words = sorted(word for word in words if word.isalpha() and 2 < len(word) < 12)
    return tree


def _files(place: str) -> Iterator[tuple[str, bytes]]:
    top, _, commit = place.partition("@")
    if not commit:
        for stamp in scan(Path(top), claims()).stamps:
            if not stamp.obstacle and stamp.size <= MOST_BYTES:
                yield os.fsdecode(stamp.raw), (Path(top) / os.fsdecode(stamp.raw)).read_bytes()
        return
    repository = opened(Path(top))
    paths = {
        item.blob: item.raw for item in files_of(repository, resolve(repository, commit)) if claims().holds(item.raw)
    }
    for blob, data in contents(repository, paths):
        if len(data) <= MOST_BYTES:
            yield os.fsdecode(paths[blob]), data


def signature(document: Document) -> str:
    """Return what identifies a call within its test: texts of users and instructions, and parameters, without ids."""
    body = document["request"]["body"]
    told: list[object] = [document["request"].get("endpoint"), _host(document)]
    for message in messages(body):
        is_said = message.get("role") in ("user", "system", "developer")
        told.append([message.get("role"), _ID.sub("#", json.dumps(message.get("content"))) if is_said else ""])
    told.append(
        _ID.sub("#", json.dumps({key: value for key, value in body.items() if key not in TAKEN}, sort_keys=True))
    )
    told += [json.dumps(body.get(key)) for key in ("prompt", "input") if key in body]
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=8).hexdigest()


def _host(document: Document) -> str:
    """Return the host if the request is for a list of models, else "": the list of each provider is another call."""
    request = document["request"]
    is_list = str(request.get("endpoint")).endswith("/models")
    return str(request.get("url", "")).split("/")[2:3][0] if is_list and "//" in str(request.get("url")) else ""


def messages(body: Document) -> list[Document]:
    """Return the messages of a request."""
    found = body.get("messages")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def texts(body: Document) -> Iterator[str]:
    """Yield the texts of users and system instructions."""
    for message in messages(body):
        if message.get("role") in ("user", "system") and isinstance(message.get("content"), str):
            yield message["content"]


def copied(made: Made, **more: Any) -> Made:
    """Return a copy that can be changed, of the same call."""
    return Made(
        more.get("path", made.path),
        copy.deepcopy(made.document),
        more.get("call", made.call),
        is_stale=more.get("is_stale", False),
    )


def side_bytes(document: Document) -> bytes:
    """Return the bytes that a recorder would write."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


class Changer:
    """Makes the changes. One for each simulated pull request."""

    def __init__(self, rng: random.Random, tree: Tree) -> None:
        self.rng, self.tree = rng, tree

    def name(self, made: Made) -> None:
        """Give a recording a new hash as its name."""
        folder, _, name = made.path.rpartition("/")
        prefix = name.rpartition("-")[0] + "-" if name.startswith("models-") else ""
        made.path = f"{folder}/{prefix}{self.rng.getrandbits(256):064x}.json"

    def answer(self, made: Made) -> None:
        """Replace words in the answer, and in earlier answers that were sent back."""
        made.document["response"] = self._reworded(made.document.get("response"))
        for message in messages(made.document["request"]["body"]):
            if message.get("role") == "assistant" and isinstance(message.get("content"), str):
                message["content"] = self.words(message["content"], 0.4)

    def _reworded(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._reworded(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self._reworded(one, key) for one in value]
        if isinstance(value, str) and key in ("content", "reasoning", "text") and value.strip():
            return self.words(value, 0.4)
        return value

    def words(self, text: str, share: float) -> str:
        """Replace a share of the words, at least one."""
        parts = re.split(r"(\s+)", text)
        places = [place for place, part in enumerate(parts) if part.strip()]
        if not places or not self.tree.words:
            return text + " again"
        chosen = [place for place in places if self.rng.random() < share] or [self.rng.choice(places)]
        for place in chosen:
            parts[place] = self.rng.choice(self.tree.words)
        return "".join(parts)

    def prompt(self, made: Made, share: float, mapping: dict[str, str]) -> None:
        """Replace words in the questions, equal questions alike. mapping: the replacements so far, which is updated."""
        body = made.document["request"]["body"]
        for message in messages(body):
            text = message.get("content")
            if message.get("role") == "user" and isinstance(text, str):
                message["content"] = mapping.setdefault(text, self.words(text, share))
        for key in ("prompt", "input"):
            if isinstance(body.get(key), str):
                body[key] = mapping.setdefault(body[key], self.words(body[key], share))

    def model(self, made: Made, old: str, new: str, *, is_in_test: bool = True) -> None:
        """Give the model another name."""
        request = made.document["request"]
        if not old:
            return
        if request.get("model") == old:
            request["model"] = new
        if request["body"].get("model") == old:
            request["body"]["model"] = new
        if is_in_test and made.test:
            made.document["test_id"] = made.test.replace(old, new)

    def ids(self, made: Made, mapping: dict[str, str]) -> None:
        """Replace all ids in the request. mapping: the replacements so far, which is updated."""

        def other(found: re.Match[str]) -> str:
            return mapping.setdefault(found.group(), self._id_like(found.group()))

        request = json.dumps(made.document["request"]["body"])
        made.document["request"]["body"] = json.loads(_ID.sub(other, request))

    def _id_like(self, text: str) -> str:
        head = re.match(r"(?:file|vs|call|resp|msg)[-_]", text)
        start = head.end() if head else 0
        return text[:start] + "".join(self.rng.choice("0123456789abcdef") if c.isalnum() else c for c in text[start:])

    def each(self, calls: list[Made], *changes: Callable[[Made], object]) -> list[Made]:
        """Return changed copies of recordings, under other names."""
        made = [copied(one) for one in calls]
        for one in made:
            for change in changes:
                change(one)
            self.name(one)
        return made
