"""Pytest node ids, taken apart."""

from __future__ import annotations

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


def parse(test_id: str) -> TestId:
    """Take an id apart. Parameters may hold colons, slashes and brackets; they begin at the first bracket."""
    head, bracket, parameters = test_id.partition("[")
    file, colons, function = head.partition("::")
    if not colons:
        return TestId("", head, bracket + parameters)
    return TestId(file + colons, function, bracket + parameters)
