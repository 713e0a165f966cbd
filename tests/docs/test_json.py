"""docs/json.md names every key of the pages that it describes, and no other."""

import json
import re
from pathlib import Path

import pytest

from recviewer.replay.names import name_state
from tests.conftest import exchange

DOCS = (Path(__file__).parents[2] / "docs" / "json.md").read_text()


def documented(heading):
    """Return the keys that the tables of a section name, table by table."""
    section = DOCS.partition(f"## `{heading}`")[2].partition("\n## ")[0]
    tables = section.split("| Key | Holds |")[1:]
    return [set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) for table in tables]


@pytest.mark.django_db
def test_keys_of_the_list_are_documented(client, make_recording):
    make_recording("a/recordings/1.json")
    told = client.get("/recordings.json").json()

    assert documented("/recordings.json") == [set(told), set(told["recordings"][0])]
    wrong = client.get("/recordings.json?q=has:tools").json()
    assert wrong["mistakes"] == [
        {
            "piece": "has:tools",
            "said": "cannot be used: has takes tool, error, stream, reasoning, image, problem, test, note or tag.",
            "offers": [{"line": "has:tool", "total": 0}],
        }
    ]


@pytest.mark.django_db
def test_keys_of_a_hash_are_documented(client, make_recording):
    make_recording("a/recordings/0123456789ab.json")

    assert documented("/hash/<digits>.json") == [set(client.get("/hash/0123456789ab.json").json())]


@pytest.mark.django_db
def test_keys_of_lists_of_models_are_documented(client, make_recording):
    document = exchange(test=None)
    document["request"] |= {"method": "GET", "url": "https://a.example/v1/models", "endpoint": "/v1/models", "body": {}}
    document["response"] = {"body": [{"id": "a", "object": "model"}], "is_streaming": False}
    name = name_state(document, "").expected
    make_recording(f"tests/recordings/{name}", data=json.dumps(document).encode())
    every = client.get("/models/.json").json()
    told = client.get(f"/models/{every['requests'][0]['list']}").json()

    assert documented("/models/.json") == [set(every), set(every["requests"][0])]
    above, sources, union = documented("/models/<digits>.json")
    assert above | set(every["requests"][0]) == set(told) | {"list"}
    assert (sources, union) == (set(told["sources"][0]), set(told["union"][0]))


@pytest.mark.django_db
def test_keys_of_tests_are_documented(client, make_recording):
    make_recording("a/recordings/1.json")
    told = client.get("/tests.json").json()

    assert documented("/tests.json") == [set(told), set(told["tests"][0])]
    assert client.get("/tests/.json").json() == told


@pytest.mark.slow
@pytest.mark.django_db
def test_parts_of_the_list_follow_each_other(client, make_recording):
    for number in range(51):
        make_recording(f"a/recordings/{number}.json", asked=f"Question {number}?")
    first = client.get("/recordings.json?q=question").json()
    second = client.get(f"/recordings.json{first['next']}").json()

    paths = [one["path"] for part in (first, second) for one in part["recordings"]]
    assert (len(paths), len(set(paths)), second["next"]) == (51, 51, None)
