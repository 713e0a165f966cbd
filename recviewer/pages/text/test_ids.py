"""Pytest node ids, taken apart."""

from __future__ import annotations

import hashlib
import re
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
        """The function alone, without its class and without `test_`, as lists show it."""
        return self.function.rpartition("::")[2].removeprefix("test_")

    @property
    def whole(self) -> str:
        """The id as recorded."""
        return self.file + self.function + self.parameters


LONG = 500
"""Characters from which on an address or an attribute holds the digest of an id."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def stand_in(test_id: str) -> str:
    """Return what stands for an id in addresses and attributes: the id or, of a very long one, its digest.

    What looks like a digest is written as one, so that no two ids have the same.
    """
    if len(test_id) <= LONG and not _DIGEST.match(test_id):
        return test_id
    return "sha256:" + hashlib.sha256(test_id.encode("utf-8", "surrogatepass")).hexdigest()


def asked_for(given: str) -> str:
    """Return what an address asks for, as `stand_in` writes it: whole ids are understood as well."""
    return given if _DIGEST.fullmatch(given) else stand_in(given)


def is_digest(text: str) -> bool:
    """Tell whether a text is what `stand_in` makes of an id that is very long."""
    return _DIGEST.fullmatch(text) is not None


def parse(test_id: str) -> TestId:
    """Take an id apart. Parameters may hold colons, slashes and brackets; they begin at the first bracket."""
    head, bracket, parameters = test_id.partition("[")
    file, colons, function = head.partition("::")
    if not colons:
        return TestId("", head, bracket + parameters)
    return TestId(file + colons, function, bracket + parameters)
