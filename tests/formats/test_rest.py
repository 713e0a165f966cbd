import json

import pytest

from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats import reading, rest


def listed(*models):
    """Return a recording of a list of models, each written as it is."""
    rows = ", ".join(f'{{"__type__": "openai.types.model.Model", "__data__": {one}}}' for one in models)
    asked = {"method": "GET", "url": "https://x.example/v1/models", "headers": {}, "body": {}, "model": ""}
    asked["endpoint"] = "/v1/models"
    return f'{{"test_id": "t", "request": {json.dumps(asked)}, "response": {{"body": [{rows}]}}}}'.encode()


def told(data):
    exchange = reading.read(data).exchange
    return fingerprint(exchange), exchange.rest, exchange.problems


ONE = '{"id": "m", "created": 1, "object": "model", "owned_by": "o", "extra": %s}'


def test_a_list_of_models_says_the_same_each_time_it_is_read():
    data = listed(ONE % '{"a": [1]}', ONE % "2", '{"id": "n"}')
    rest._LISTS.clear()
    first = told(data)

    assert [told(data), told(data)] == [first, first]
    assert len(rest._LISTS) == 1


def test_lists_of_models_that_differ_in_one_value_are_told_apart():
    values = ["1", "1.0", "true", "null", "NaN", "1e999", '"1"', "-0.0", "0.0", "18446744073709551616", "[]", "{}"]
    found = [told(listed(ONE % value))[0] for value in [*values, *values]]

    assert len(set(found)) == len(values)
    assert found[: len(values)] == found[len(values) :]


@pytest.mark.parametrize("count", [1, 3])
def test_long_lists_of_models_are_not_remembered(monkeypatch, count):
    rest._LISTS.clear()
    monkeypatch.setattr(rest._LISTS, "_limit", 200)
    for number in range(count):
        told(listed(*[ONE % number] * 50))

    assert len(rest._LISTS) == 0
