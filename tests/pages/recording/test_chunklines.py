import json

import pytest

from recviewer.pages.recording import rawview
from recviewer.pages.recording.chunklines import chunk_lines
from recviewer.pages.recording.rawview import Source
from tests.trees import bytes_of, chat

ODD = [{"a": {"b": [1, {}]}}, {}, "{", [], ["]"], {"text": "},\n{"}, 1, {"c": []}]


def laid_out(body, indent=2, **more):
    return Source(
        (json.dumps({"request": {"body": {"response": 1}}, "response": {**more, "body": body}}, indent=indent)).encode()
    )


@pytest.mark.parametrize("indent", [1, 2, 4])
def test_the_lines_of_a_chunk_are_those_of_its_element(indent):
    source = laid_out(ODD, indent, status=200)
    lines = source.text.split("\n")

    found = chunk_lines(source, len(ODD))

    assert [json.loads("\n".join(lines[first - 1 : last]).rstrip(",")) for first, last in found] == ODD


@pytest.mark.parametrize(
    ("source", "count"),
    [
        (laid_out(ODD), len(ODD) - 1),
        (laid_out(ODD), len(ODD) + 1),
        (laid_out(ODD), 0),
        (laid_out([]), 1),
        (laid_out({"a": 1}), 1),
        (laid_out(ODD, None), len(ODD)),
        (Source(b'{\n  "response": {\n    "body": [\n      1,\n   2\n    ]\n  }\n}'), 1),
        (Source(b'{\n  "response": {\n    "body": [\n      1,\n'), 1),
    ],
)
def test_nothing_is_told_where_the_lines_do_not_show_it(source, count):
    assert list(chunk_lines(source, count)) == []


def test_a_line_says_which_chunk_begins_on_it():
    source = laid_out([{"a": 1}, {"b": 2}])

    view = rawview.with_chunks(rawview.whole(source), chunk_lines(source, 2))

    begins = {row.chunk: source.text.split("\n")[row.number].strip() for row in view.rows if row.chunk}
    assert begins == {1: '"a": 1', 2: '"b": 2'}


def test_a_chunk_leads_to_its_lines_and_back(client, make_recording):
    recording = make_recording(data=bytes_of(chat()))

    table = client.get(f"/r/{recording.path}?view=chunks").content.decode()
    address = table.partition('href="?view=raw&amp;lines=')[2].partition('"')[0]
    lines = client.get(f"/r/{recording.path}?view=raw&lines={address.partition('#')[0]}").content.decode()

    assert address.endswith(f"#L{address.partition('-')[0]}")
    assert 'href="?view=chunks&amp;from=1#chunk-1"' in lines
