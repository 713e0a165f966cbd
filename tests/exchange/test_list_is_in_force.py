"""Every entry of the list of what is harmless is in force in its format."""

import re

import pytest

from recviewer.exchange.elements import flat_of
from recviewer.exchange.harmless import BY_FORMAT, EVERY
from recviewer.exchange.harmless_entry import HowHarmless
from recviewer.formats import registry

SHAPES = {each.shape.name: each.shape for each in registry.formats()}
VALUES = {
    HowHarmless.WHOLLY: ("one", "other"),
    HowHarmless.VALUE: (11, 12),
    HowHarmless.FIGURE: (11, 12),
    HowHarmless.IDS: ("Failed: request id req_0123456789abcdef", "Failed: request id req_fedcba9876543210"),
    HowHarmless.UNNAMED: ("attachment", "inline"),
    HowHarmless.MADE: ("file-0a1b2c3d4e5f", "file-0a1b2c3d4e50"),
}


def body(path, value):
    for step in reversed(re.findall(r"[^.\[\]]+|\[\]", path)):
        value = [value] if step == "[]" else {step.replace("*", "x"): value}
    return value


@pytest.mark.parametrize("name", sorted(BY_FORMAT.keys() & SHAPES.keys()))
def test_what_is_on_the_list_does_not_count(name):
    shape = SHAPES[name]
    entries = [entry for entry in (*EVERY, *BY_FORMAT[name]) if entry.how in VALUES and not entry.path.startswith("[]")]
    for entry in entries:
        one, other = [body(entry.path, value) for value in VALUES[entry.how]]

        assert shape.rest(one, []) == shape.rest(other, []), entry.path
        assert flat_of(one, shape, []) == flat_of(other, shape, []), entry.path


def test_names_of_headers_are_read_whatever_their_case():
    told = [{"sdk_http_response": {"headers": {"Date": date, "Content-Type": "text/plain"}}} for date in ("Mon", "Tue")]

    assert SHAPES["genai"].rest(told[0], []) == SHAPES["genai"].rest(told[1], [])
    assert SHAPES["genai"].rest(told[0], []) == {"sdk_http_response": {"headers": {"Content-Type": "text/plain"}}}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("content-disposition", ('attachment; filename="wages.csv"', 'attachment; filename="names.csv"')),
        ("x-amzn-bedrock-performanceconfig-latency", ("standard", "optimized")),
    ],
)
def test_a_header_that_an_sdk_recorded_counts_if_it_says_something(header, values):
    told = [{"ResponseMetadata": {"HTTPHeaders": {header: value}}} for value in values]

    assert SHAPES["converse"].rest(told[0], []) != SHAPES["converse"].rest(told[1], [])


def test_what_stands_beside_an_entry_counts():
    shape = SHAPES["openai_responses"]
    told = [
        {"content_filters": [{"blocked": is_blocked, "content_filter_offsets": {"end_offset": 5}}]}
        for is_blocked in (True, False)
    ]

    assert shape.rest(told[0], []) != shape.rest(told[1], [])
    assert flat_of(told[0], shape, []) != flat_of(told[1], shape, [])
