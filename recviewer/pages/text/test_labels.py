"""Display names of tests in a list, as short as is still unique."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from recviewer.pages.text.test_ids import Parameter, TestId, parameters_of, parse


@dataclass(frozen=True, slots=True)
class TestLabel:
    """A test's display name. file: if another file has a test of that name, else "".

    parameters: those that distinguish it.
    """

    file: str
    name: str
    parameters: str


def labels_of(ids: Collection[str], models: Collection[str]) -> dict[str, TestLabel]:
    """Return a unique label for each test id. models: see `test_ids.parameters_of`.

    A label contains the parameters for provider and model. If that is not unique it contains all parameters that can be
    decoded, then the file too, and finally the parameters as recorded.
    """
    labels: dict[str, TestLabel] = {}
    left = list(dict.fromkeys(ids))
    for write in (_who, _all, _all_with_file, _recorded):
        made = {one: write(parse(one), models) for one in left}
        count = Counter(made.values())
        labels |= made
        given = {label for one, label in labels.items() if one not in made}
        left = [one for one, label in made.items() if count[label] > 1 or label in given]
        if not left:
            break
    return labels


def _who(test: TestId, models: Collection[str]) -> TestLabel:
    told = parameters_of(test, models)
    names = {one.name for one in told}
    rest = [one for one in told if one.name != "model" or "provider" not in names]
    return TestLabel("", test.short, _joined(rest))


def _all(test: TestId, models: Collection[str]) -> TestLabel:
    return TestLabel("", test.short, _joined(parameters_of(test, models)))


def _all_with_file(test: TestId, models: Collection[str]) -> TestLabel:
    return TestLabel(test.file, test.function, _joined(parameters_of(test, models)))


def _recorded(test: TestId, models: Collection[str]) -> TestLabel:
    return TestLabel(test.file, test.function, test.parameters)


def _joined(parameters: Collection[Parameter]) -> str:
    return " · ".join(one.value for one in parameters)
