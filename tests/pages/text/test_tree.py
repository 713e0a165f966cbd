import json

import pytest

from recviewer.pages.text.tree import ALL_OPEN, DEEPEST, MOST, json_in, tree


def told(text):
    return [(step.what, step.key, step.text) for step in tree(text)]


def test_each_key_and_number_is_as_it_was_written():
    assert told('{"a": 1.50e+2, "a": -0, "b": [true, null, "x\\ny"]}') == [
        ("open", "", "3 keys"),
        ("leaf", '"a"', "1.50e+2"),
        ("leaf", '"a"', "-0"),
        ("open", '"b"', "3 items"),
        ("leaf", "", "true"),
        ("leaf", "", "null"),
        ("leaf", "", '"x\\ny"'),
        ("close", "", ""),
        ("close", "", ""),
    ]


def test_what_is_empty_is_a_line():
    assert told('{"a": {}, "b": []}') == [
        ("open", "", "2 keys"),
        ("leaf", '"a"', "{}"),
        ("leaf", '"b"', "[]"),
        ("close", "", ""),
    ]


def test_a_small_tree_is_open_and_a_large_one_at_its_top():
    small, large = json.dumps({"a": [1]}), json.dumps({"a": [[1]] * ALL_OPEN})

    assert [step.is_open for step in tree(small) if step.what == "open"] == [True, True]
    opened = [step.is_open for step in tree(large) if step.what == "open"]
    assert opened == [True] + [False] * (ALL_OPEN + 1)


@pytest.mark.parametrize(
    "text", ["{", "[" * 5000 + "]" * 5000, "[[" * DEEPEST + "]]" * DEEPEST, json.dumps([0] * MOST)]
)
def test_what_is_too_much_for_a_tree_or_none_has_none(text):
    assert tree(text) is None


def test_a_shut_value_tells_how_it_begins():
    (first, *_) = tree(json.dumps({"name": "x" * 200}))

    assert first.preview.startswith('{"name": "xxx')
    assert first.preview.endswith("…")


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ("\n```\n[1,\n 2]\n```\n", "[1,\n 2]"),
        ('```py\n{"a": 1}\n```', ""),
        ('Here: ```json\n{"a": 1}\n```', ""),
        ("no", ""),
    ],
)
def test_json_is_found_alone_and_as_code(text, inside):
    assert json_in(text) == inside
