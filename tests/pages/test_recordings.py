import json
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recviewer.catalog.models import Recording


@pytest.fixture
def three(make_recording):
    return [
        make_recording("tests/integration/inference/recordings/a.json", asked="How far is the moon?", answered="Far."),
        make_recording("tests/integration/agents/recordings/b.json", asked="Who are you?", answered="A model."),
        make_recording("tests/integration/agents/recordings/c.json", data=b'{"request": {"url": "h'),
    ]


def rows(response):
    return response.content.decode().count('class="row"')


def test_list_shows_what_was_asked_and_answered(client, three):
    html = client.get("/").content.decode()

    assert "How far is the moon?" in html
    assert "Far." in html
    assert "cut off in the middle" in html


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("?suite=agents", 2),
        ("?suite=!agents", 1),
        ("?suite=agents&kind=chat", 1),
        ("?kind=chat&kind=unreadable", 3),
        ("?outcome=unreadable", 1),
        ("?state=undecided", 3),
        ("?state=approved", 0),
        ("?tag=golden", 0),
        ("?q=moon", 1),
        ('?q="the moon"', 1),
        ('?q="moon the"', 0),
        ("?q=moon&state=undecided&suite=inference", 1),
        ("?size=>1k", 0),
        ("?size=nonsense", 0),
        ("?has=error", 0),
        ("?page=99", 3),
        ("?sort=nonsense", 3),
    ],
)
def test_filters_narrow_the_list(client, three, query, count):
    response = client.get("/" + query)

    assert response.status_code == 200
    assert rows(response) == count


def test_typed_filters_move_into_the_address(client, three):
    response = client.get("/?q=kind:chat -suite:agents moon")

    assert response.status_code == 302
    assert response["Location"] == "/?q=moon&suite=%21agents&kind=chat"


def test_fragment_takes_typed_filters_in_place(client, three):
    response = client.get("/?q=kind:chat moon", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert rows(response) == 1


def test_pasted_path_leads_to_the_recording(client, three):
    response = client.get("/", {"q": three[0].path})

    assert response["Location"] == f"/r/{three[0].path}"


def test_pasted_hash_leads_to_the_recording(client, make_recording):
    make_recording("recordings/0123456789ab.json")

    assert client.get("/?q=0123456789ab")["Location"] == "/r/recordings/0123456789ab.json"


def test_pasted_test_id_filters_by_it(client, three):
    response = client.get("/", {"q": "tests/test_planets.py::test_earth"})

    assert "test=" in response["Location"]
    assert rows(client.get(response["Location"])) == 2


def test_empty_result_names_the_filter_that_leaves_out_most(client, three):
    html = client.get("/?kind=chat&model=nobody").content.decode()

    assert "Nothing matches all 2 filters" in html
    assert "model:nobody" in html


def test_empty_tree_says_what_to_do(client, root, db):
    assert "recviewer serve" in client.get("/").content.decode()


def test_snippets_mark_what_was_found(client, three):
    assert "<mark>moon</mark>" in client.get("/?q=moon").content.decode()


def test_names_and_words_are_escaped(client, make_recording):
    make_recording("recordings/<script>'\"\n.json", asked="<script>alert(1)</script>")

    html = client.get("/").content.decode()

    assert "<script>alert" not in html
    assert quote("/r/recordings/<script>'\"\n.json", safe="/'") in html or "%3Cscript%3E" in html


def test_list_has_a_twin_for_scripts(client, three):
    told = json.loads(client.get("/recordings.json?suite=agents").content)

    assert told["total"] == 2
    assert told["facets"]["suite"] == {"agents": 2, "inference": 1}
    assert {one["path"] for one in told["recordings"]} == {three[1].path, three[2].path}


def test_queries_do_not_grow_with_the_rows(client, make_recording):
    make_recording("recordings/0.json")
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for number in range(1, 30):
        make_recording(f"recordings/{number}.json", asked=f"Question {number}?")
    client.get("/")
    with CaptureQueriesContext(connection) as many:
        client.get("/")

    assert Recording.objects.count() == 30
    assert len(many) <= len(few)


def test_health_needs_nothing_and_readiness_tells(client, root, db):
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").json()["ready"] is True


def test_list_says_when_the_disk_has_moved_on(client, three, make_recording):
    generation = client.get("/").context["page"].freshness.generation
    assert "Show" not in client.get("/fresh", {"generation": generation, "url": "/"}).content.decode()

    make_recording("recordings/new.json", asked="Something new?")

    assert "Show" in client.get("/fresh", {"generation": generation, "url": "/"}).content.decode()


def test_freshness_never_links_elsewhere(client, root, db):
    html = client.get("/fresh", {"generation": "x", "url": "https://example.com/"}).content.decode()

    assert "example.com" not in html
