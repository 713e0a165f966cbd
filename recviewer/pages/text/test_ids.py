"""Parsing pytest node ids."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TestId:
    """file, function (with its class, if any) and parameters, each as recorded; joined they are the whole id.

    file ends with `::`; parameters keep their brackets.
    """

    __test__ = False

    file: str
    function: str
    parameters: str

    @property
    def short(self) -> str:
        """The function alone, without its class and without `test_`, as in lists."""
        return self.function.rpartition("::")[2].removeprefix("test_")

    @property
    def whole(self) -> str:
        """The id as recorded."""
        return self.file + self.function + self.parameters


LONG = 500
"""Length from which a URL or an attribute contains the digest of an id instead."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def stand_in(test_id: str) -> str:
    """Return the form of an id in URLs and attributes: the id or, of a very long one, its digest.

    An id that looks like a digest is replaced by its digest too, so that no two ids share a form.
    """
    if len(test_id) <= LONG and not _DIGEST.match(test_id):
        return test_id
    return "sha256:" + hashlib.sha256(test_id.encode("utf-8", "surrogatepass")).hexdigest()


def asked_for(given: str) -> str:
    """Return the `stand_in` for an id in a URL; full ids are accepted as well."""
    return given if _DIGEST.fullmatch(given) else stand_in(given)


def is_digest(text: str) -> bool:
    """Tell whether a text is a `stand_in` of a very long id."""
    return _DIGEST.fullmatch(text) is not None


def parse(test_id: str) -> TestId:
    """Split an id. Parameters may contain colons, slashes and brackets; they begin at the first bracket."""
    head, bracket, parameters = test_id.partition("[")
    file, colons, function = head.partition("::")
    if not colons:
        return TestId("", head, bracket + parameters)
    return TestId(file + colons, function, bracket + parameters)


_IN_A_PATH = re.compile(r"(?!sha256:)[^\x00\ud800-\udfff]+")


def in_address(test_id: str) -> str:
    """Return the form of an id in the path of a URL: the id, or a digest if a browser would change it.

    A browser resolves `..` and `.`; NUL and lone surrogates are not possible; `.json` asks for another format.
    """
    walks = {".", "..", ""} & set(test_id.split("/"))
    if walks or test_id.endswith(".json") or not _IN_A_PATH.fullmatch(test_id) or len(test_id) > LONG:
        return "sha256:" + hashlib.sha256(test_id.encode("utf-8", "surrogatepass")).hexdigest()
    return test_id


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a test. name: "" if unknown."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class DecodedTest(TestId):
    """An id with its decoded parameters."""

    told: tuple[Parameter, ...] = ()


def decoded(test_id: str, models: Collection[str]) -> DecodedTest:
    """Split an id and decode its parameters. models: see `parameters_of`."""
    test = parse(test_id)
    return DecodedTest(test.file, test.function, test.parameters, parameters_of(test, models))


_KEYED = re.compile(r"(?:^|-)([a-z_]{2,16})=")
_NAMES = {"txt": "model", "emb": "embedding", "vis": "vision model", "dim": "dimension", "rerank": "rerank model"}
_CLIENT = re.compile(r"(?:\w+_)?client(?:_\w+)?")


def parameters_of(test_id: TestId, models: Collection[str]) -> tuple[Parameter, ...]:
    """Return the parameters of an id. models: known names of models, which tell where a name ends.

    pytest joins parameters by `-`, which values may contain too: what is ambiguous stays together.
    """
    inside = test_id.parameters.removeprefix("[").removesuffix("]")
    known = sorted(models, key=len, reverse=True)
    found = _KEYED.search(inside)
    if found is None:
        return tuple(_plain(inside, known))
    before, keyed = inside[: found.start()], inside[found.start(1) :]
    made = list(_plain(before, known))
    pieces = re.split(r":(?=[a-z_]{2,16}=)", keyed)
    for place, piece in enumerate(pieces):
        name, _, value = piece.partition("=")
        value, rest = _ended(value, known) if place + 1 == len(pieces) else (value, "")
        provider, slash, model = value.partition("/")
        if slash and name in ("txt", "emb", "vis", "rerank"):
            made += [Parameter("provider", provider)] if name == "txt" else []
            made.append(Parameter(_NAMES[name], model if name == "txt" else value))
        else:
            made.append(Parameter(_NAMES.get(name, name), value))
        made += [Parameter("", rest)] if rest else []
    return tuple(made)


def _plain(text: str, known: Collection[str]) -> Iterator[Parameter]:
    """Yield parameters without keys. What has a slash is a name of a model, which may contain `-`."""
    first, _, rest = text.partition("-")
    if not _CLIENT.fullmatch(first):
        first, rest = text, ""
    pieces = [first]
    while "/" in rest:
        piece, rest = _ended(rest, known)
        pieces.append(piece)
    for piece in [*pieces, *rest.split("-")]:
        if piece:
            yield Parameter("client" if _CLIENT.fullmatch(piece) else "", piece)


def _ended(value: str, known: Collection[str]) -> tuple[str, str]:
    """Split a value after the name of a model, or a number."""
    start = value.find("/") + 1
    for name in known:
        end = start + len(name)
        if name and value.startswith(name, start) and value[end : end + 1] in ("", "-"):
            return value[:end], value[end + 1 :]
    number = re.match(r"\d+-", value)
    return (number[0][:-1], value[number.end() :]) if number else (value, "")
