import pytest

from recviewer.pages.recordings import saved
from recviewer.review import actors, searches
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, SavedSearch
from recviewer.review.subjects import Seen
from recviewer.review.undoing import undo


@pytest.fixture(autouse=True)
def ana(monkeypatch):
    monkeypatch.setattr(actors, "local_actor", lambda root: "Ana")


@pytest.fixture
def two(make_recording):
    return make_recording(), make_recording("tests/recordings/two.json", data=b'{"request": {}}')


def words(response):
    return " ".join(response.content.decode().split())


def rail(client, address="/"):
    return client.get(address).context["page"].saved


@pytest.mark.slow
def test_the_list_offers_to_save_what_it_is_narrowed_to_and_counts_it_from_then_on(client, two):
    assert "save this search" not in words(client.get("/"))
    page = client.get("/?kind=chat&sort=-size")
    assert "save this search" in words(page)
    sent = {
        "name": "Chats",
        "query": page.context["page"].saved.query,
        "sort": "-size",
        "next": "/?kind=chat&sort=-size",
    }

    answer = client.post("/searches/save", sent)

    assert (answer.status_code, answer["Location"]) == (303, "/?kind=chat&sort=-size")
    found = rail(client)
    assert [(one.name, one.count, one.url) for one in found.lines] == [("Chats", 1, "?kind=chat&sort=-size")]
    assert rail(client, "/" + found.lines[0].url).is_saved
    assert "save this search" not in words(client.get("/" + found.lines[0].url))
    assert "Undo" in words(client.get("/searches/")) or AuditEvent.objects.get().action == "search"


def test_a_list_that_is_narrower_than_a_saved_one_says_by_how_much_and_can_take_its_place(client, two):
    searches.save("Chats", "kind:chat", actor="Ben")
    found = rail(client, "/?kind=chat&suite=tests&model=gpt-4o")
    assert (found.near.name, found.more, found.is_saved) == ("Chats", 2, False)
    sent = {"name": "Chats", "query": found.query, "over": found.near.query, "next": "/"}

    client.post("/searches/save", sent)

    assert SavedSearch.objects.get().query == found.query
    undo(actor="Ana")
    assert SavedSearch.objects.get().query == "kind:chat"


def test_searches_on_what_people_said_are_counted_anew_after_each_act(client, two):
    searches.save("Left", "is:pending", actor="Ben")
    assert rail(client).lines[0].count == 2

    decide([Seen(two[0].path, two[0].blob)], actor="Ana", verdict="approve")
    assert rail(client).lines[0].count == 1

    undo(actor="Ana")
    assert rail(client).lines[0].count == 2


def test_a_search_that_cannot_be_understood_has_no_count_and_a_faulty_one_is_not_offered(client, two):
    searches.save("Old", "size:none", actor="Ben")

    assert rail(client).lines[0].count is None
    assert "cannot be understood any more" in words(client.get("/searches/"))
    assert client.get("/searches/.json").json()["searches"][0]["recordings"] is None
    assert rail(client, "/?size=none").query == ""


@pytest.mark.slow
def test_only_some_stand_beside_the_list_and_the_page_has_all(client, two, monkeypatch):
    monkeypatch.setattr(saved, "SHOWN", 1)
    for name, query in (("A", "kind:chat"), ("B", "kind:tool"), ("C", "has:tool")):
        searches.save(name, query, actor="Ben")

    found = rail(client, "/?has=tool")

    assert ([one.name for one in found.lines], found.left) == (["A", "C"], 1)
    assert [one["name"] for one in client.get("/searches/.json").json()["searches"]] == ["A", "B", "C"]


def test_json_counts_as_the_list_that_it_names(client, two):
    searches.save("Chats", "kind:chat -suite:agents", actor="Ben", sort="-size")
    told = client.get("/searches/.json").json()["searches"][0]

    assert client.get(told["list"]).json()["total"] == told["recordings"] == 1


def test_acts_on_the_page_of_all_and_what_is_refused(client, two):
    searches.save("Chats", "kind:chat", actor="Ben")
    searches.save("Tools", "kind:tool", actor="Ben")

    assert client.post("/searches/rename", {"name": "Chats", "to": "Talks"})["Location"] == "/searches/"
    assert "There is a search Tools already." in words(
        client.post("/searches/rename", {"name": "Talks", "to": "tools"})
    )
    assert client.post("/searches/remove", {"name": "Tools"}).status_code == 303
    assert "There is no such search any more." in words(client.post("/searches/remove", {"name": "Tools"}))
    taken = client.post("/searches/save", {"name": "Talks", "query": "has:tool", "next": "/?has=tool"})
    assert taken.status_code == 422
    assert 'value="has:tool"' in words(taken)
    assert list(SavedSearch.objects.values_list("name", "query")) == [("Talks", "kind:chat")]


def test_no_search_yet(client, two):
    assert "No search is saved yet" in words(client.get("/searches/"))
    assert rail(client).lines == ()
