"""Where a recording stands in the list that it was opened from."""

import pytest

PATH = "tests/integration/inference/recordings/{}.json"


@pytest.fixture
def three(make_recording):
    return [make_recording(PATH.format(name), asked=f"Who is {name}?", answered=f"{name}.", id=name) for name in "abc"]


def words(response):
    return " ".join(response.content.decode().split())


def test_neighbours_are_those_of_the_list(client, three):
    html = words(client.get("/around/", {"key": three[1].path, "in": "?suite=inference"}))

    assert "<b>2</b> of 3 in the list" in html
    assert f'href="/r/{three[0].path}" rel="prev"' in html
    assert f'href="/r/{three[2].path}" rel="next"' in html
    assert f'href="/?suite=inference#row-{three[1].pk}"' in html


def test_the_order_is_that_of_the_list(client, three):
    html = words(client.get("/around/", {"key": three[1].path, "in": "?sort=-changed"}))

    assert f'href="/r/{three[2].path}" rel="prev"' in html
    assert f'href="/r/{three[0].path}" rel="next"' in html


@pytest.mark.parametrize(("number", "missing"), [(0, "prev"), (2, "next")])
def test_ends_have_one_neighbour(client, three, number, missing):
    html = words(client.get("/around/", {"key": three[number].path, "in": "?"}))

    assert f'rel="{missing}"' not in html
    assert f"<b>{number + 1}</b> of 3" in html


def test_words_narrow_the_list(client, three):
    assert "<b>1</b> of 1" in words(client.get("/around/", {"key": three[1].path, "in": "?q=b"}))


@pytest.mark.parametrize("asked", [{"key": "nowhere.json", "in": "?"}, {"in": "?"}, {}])
def test_what_the_list_does_not_hold_has_no_place(client, three, asked):
    assert client.get("/around/", asked).status_code == 204
    assert client.get("/around/", {"key": three[0].path, "in": "?suite=nowhere"}).status_code == 204
