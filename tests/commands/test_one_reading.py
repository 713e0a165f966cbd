"""The page, `recviewer search` and `recviewer export --query` read a query in the same way."""

import json

import hypothesis
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from recviewer.catalog import indexer

pytestmark = pytest.mark.django_db

QUERIES = [
    "",
    "planet",
    "PLANET earth",
    '"which planet"',
    "-earth",
    "2 + 2",
    '"2 + 2"',
    "C++",
    "has:tool",
    "has:stream has:tool",
    "-has:error planet",
    "kind:chat kind:unreadable",
    "size:>100 size:<2k",
    "model:m-1 planet",
    "replay:current",
    "replay:unverifiable",
    "outcome:unreadable",
    "test:earth",
    "test_earth",
    "-test_earth",
    "tests/test_planets.py::test_earth",
    "path:A/",
    "suite:a",
    "hash:0123456789ab",
    "0123456789ab",
    "Recording not found for request hash: 0123456789ab",
    "Größe",
    "grosse",
    "天気",
    "🙂",
    "***",
    "unknown:key",
    "planet OR size:<100",
    "-(planet OR earth)",
    "(kind:chat OR kind:unreadable) -planet",
    "(model:m-1) (model:m-2)",
    "plan* -moon",
    "is:answered",
    "is:lost OR has:problem",
    "finish:stop recorder:ogx",
    "host:example size:100..2k",
    "file:tests/test_planets.py",
    "modell:m-1",
]


@pytest.fixture
def tree(put):
    put("a/recordings/1.json", asked="Which planet? 2 + 2", answered="Earth.")
    put("a/recordings/2.json", asked="Größe of 天気?", answered="C++ 🙂")
    put("b/recordings/0123456789ab.json", b"{")
    put("b/recordings/deep/3.json", asked="Which moon?", answered="planets: none of them")
    indexer.refresh(processes=1)


def of_page(client, query):
    response = client.get("/recordings.json", {"q": query, "per": "200"})
    return sorted(one["path"] for one in response.json()["recordings"])


def of_search(capfd, query):
    capfd.readouterr()
    call_command("search", "--", query)
    return sorted(line for line in capfd.readouterr().out.splitlines() if not line.startswith(" "))


def of_export(capfd, root, query):
    capfd.readouterr()
    call_command("export", str(root), f"--query={query}")
    return sorted(json.loads(line)["path"] for line in capfd.readouterr().out.splitlines())


@pytest.mark.slow
def test_three_readers_find_the_same(tree, root, client, capfd):
    for query in QUERIES:
        page = of_page(client, query)

        assert of_search(capfd, query) == page, query
        assert of_export(capfd, root, query) == page, query


@pytest.mark.slow
@hypothesis.settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from([query for query in QUERIES if query]), min_size=1, max_size=3).map(" ".join))
def test_three_readers_find_the_same_for_queries_put_together(tree, root, client, capfd, query):
    page = of_page(client, query)

    assert of_search(capfd, query) == page
    assert of_export(capfd, root, query) == page


@pytest.mark.parametrize(
    "query", ["has:tools", "size:big", "state:nonsense", "kind:nonsense", "-has:tools planet", "a OR is:erorr"]
)
def test_value_without_sense_is_an_error_everywhere(tree, root, client, query):
    response = client.get("/recordings.json", {"q": query})
    assert response.status_code == 400
    said = response.json()["error"]
    for command in (["search", "--", query], ["export", str(root), f"--query={query}"]):
        with pytest.raises(CommandError) as failure:
            call_command(*command)
        assert (str(failure.value), failure.value.returncode) == (said, 2)
    assert said.split()[0] in query
    assert " takes " in said


@pytest.mark.parametrize(
    "query",
    [
        "state:approved",
        "-tag:golden",
        "replay:edited",
        "-replay:unknown",
        "is:pending",
        "a OR by:Ana",
        "before:2026",
        "month:2026-04",
        "has:note",
    ],
)
def test_what_files_alone_cannot_answer_is_refused_by_export(tree, root, client, query):
    with pytest.raises(CommandError, match="cannot be used here") as failure:
        call_command("export", str(root), f"--query={query}")

    assert failure.value.returncode == 2
    assert client.get("/recordings.json", {"q": query}).status_code == 200


def test_search_takes_verdicts(tree, capfd):
    assert len(of_search(capfd, "state:undecided")) == 4
    assert of_search(capfd, "state:approved") == []
    assert of_search(capfd, "tag:golden") == []


def test_search_names_what_is_close_to_a_name_that_nothing_has(tree, capfd):
    call_command("search", "model:M1")

    assert "No recording here has model:M1; close to it: m-1." in capfd.readouterr().err
