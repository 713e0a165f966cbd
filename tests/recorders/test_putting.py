"""An exchange that was taken out of a file comes back where it was: taking out and putting back is nothing at all."""

import gzip
from itertools import combinations
from pathlib import Path

import pytest

from recviewer.recorders.putting import NotPut, with_parts
from recviewer.recorders.reading import bytes_of, read_file, without

CASES = Path(__file__).parent / "cases"
SHARED = (
    *("vcrpy/test_planets.yaml", "ruby-vcr/planets_are_named.yml", "go-vcr/planets.yaml", "httpmock/planets.yaml"),
    *("test-proxy/NamesPlanets.json", "httprr/TestPlanets.httprr", "vcr-json/test_planets.json", "nock/planets.json"),
    *("har/planets.har", "wiremock/planets.json"),
)
HOMES = {"vcr-json": "cassettes/", "nock": "nocks/", "wiremock": "mappings/"}
"""Where files have to lie that bytes alone do not tell."""


def parts_of(data, name):
    return [one.part for one in read_file(data, name)]


@pytest.mark.parametrize("name", SHARED)
def test_what_was_taken_out_comes_back_byte_for_byte(name):
    data = (CASES / name).read_bytes()
    name = f"{HOMES.get(name.partition('/')[0], '')}{name}"
    parts = parts_of(data, name)
    tried = 0

    for count in range(1, len(parts)):
        for some in combinations(parts, count):
            rest = without(data, name, some)
            if rest is not None:
                assert with_parts(rest, data, name, some) == data
                tried += 1

    assert tried or len(parts) == 1


@pytest.mark.parametrize("odd", [1, 2])
def test_white_space_that_differs_between_neighbours_comes_back(odd):
    data = (CASES / "test-proxy" / "NamesPlanets.json").read_bytes()
    seam = b"\n    },\n    {\n"
    pieces = data.split(seam)
    assert len(pieces) > 2
    mixed = seam.join(pieces[:odd]) + b"\n    },\r\n \n    {\n" + seam.join(pieces[odd:])

    for one in parts_of(mixed, "NamesPlanets.json"):
        rest = without(mixed, "NamesPlanets.json", [one])
        assert with_parts(rest, mixed, "NamesPlanets.json", [one]) == mixed


def test_empty_lines_between_lines_of_json_come_back_with_what_stood_behind_them():
    lines = [
        '\n{{"method":"a","response":{0}}}\n',
        '\n\n{{"method":"b","response":{0}}}\n',
        '{{"method":"c","response":{0}}}\n',
    ]
    data = "".join(line.format(place) for place, line in enumerate(lines)).encode() + b"\n"
    name = "evals/a.responses"
    parts = parts_of(data, name)

    for some in combinations(parts, 2):
        rest = without(data, name, some)
        assert len(parts_of(rest, name)) == 1
        assert with_parts(rest, data, name, some) == data


def test_it_comes_back_one_by_one_in_any_order():
    name = SHARED[0]
    data = (CASES / name).read_bytes()
    first, second, *_ = parts_of(data, name)
    rest = without(data, name, [first, second])

    again = with_parts(with_parts(rest, data, name, [second]), data, name, [first])

    assert again == data


def test_every_byte_that_changed_meanwhile_stays():
    name = SHARED[0]
    data = (CASES / name).read_bytes()
    _, second, *_ = parts_of(data, name)
    rest = b"# By hand.\n" + without(data, name, [second]).rstrip(b"\n") + b"\n# And this.\n"

    made = with_parts(rest, data, name, [second])

    assert parts_of(made, name) == parts_of(data, name)
    assert made.startswith(b"# By hand.\n")
    assert made.endswith(b"\n# And this.\n")
    assert without(made, name, [second]) == rest


def test_equal_requests_come_back_in_their_order():
    name = "tests/cassettes/a.yaml"
    item = (
        "- request: {{method: GET, uri: http://h/a}}\n  response: {{status: {{code: 200}}, body: {{string: '{}'}}}}\n"
    )
    data = ("interactions:\n" + "".join(map(item.format, "abc")) + "version: 1\n").encode()
    second = parts_of(data, name)[1]

    assert with_parts(without(data, name, [second]), data, name, [second]) == data


def test_a_compressed_file_stays_one():
    data = gzip.compress((CASES / SHARED[0]).read_bytes(), mtime=0)
    name = f"{SHARED[0]}.gz"
    part = parts_of(data, name)[0]

    assert with_parts(without(data, name, [part]), data, name, [part]) == data


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data, rest: data, "stands in its file by now"),
        (lambda data, rest: b"interactions: []\nversion: 1\n", "none is in its file any more"),
        (lambda data, rest: b"no: cassette\n", "none is in its file any more"),
        (lambda data, rest: rest.replace(b"  ", b"    "), "none is in its file any more"),
    ],
)
def test_where_it_cannot_be_done_it_is_said_why(change, why):
    name = SHARED[0]
    data = (CASES / name).read_bytes()
    last = parts_of(data, name)[-1]
    rest = without(data, name, [last])

    with pytest.raises(NotPut, match=why):
        with_parts(change(data, rest), data, name, [last])


def test_it_is_not_put_where_it_would_run_into_the_next_line():
    name = "tests/cassettes/a.yaml"
    item = "- request: {method: GET, uri: http://h/%s}\n  response: {status: {code: 200}, body: {string: '{}'}}\n"
    data = ("version: 1\ninteractions:\n" + "".join(item % one for one in "ab")).encode().rstrip(b"\n")
    last = parts_of(data, name)[-1]
    rest = ("version: 1\ninteractions:\n" + item % "a" + "recorded_with: it\n").encode()

    with pytest.raises(NotPut, match="being changed"):
        with_parts(rest, data, name, [last])


def test_what_the_older_file_does_not_have_is_not_put():
    data = (CASES / SHARED[0]).read_bytes()

    with pytest.raises(NotPut, match="not in the file of before"):
        with_parts(data, data, SHARED[0], ["000000000000"])


def test_the_bytes_of_others_are_looked_at():
    name = SHARED[0]
    data = (CASES / name).read_bytes()
    part = parts_of(data, name)[0]
    made = with_parts(without(data, name, [part]), data, name, [part])

    assert [bytes_of(made, one) for one in read_file(made, name)] == [
        bytes_of(data, one) for one in read_file(data, name)
    ]
