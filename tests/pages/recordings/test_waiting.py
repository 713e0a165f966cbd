import pytest
from django.contrib.auth.models import User
from django.test import Client

from recviewer.review import notes
from recviewer.review.actors import local_actor
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from tests.settings_of import put_doors


@pytest.fixture
def two(make_recording):
    return [
        Seen(one.path, one.blob)
        for one in (make_recording(f"tests/recordings/{name}.json", asked=name) for name in "ab")
    ]


def text(response):
    return " ".join(response.content.decode().split())


def test_the_list_says_how_many_wait_for_who_looks_at_it(client, two, root):
    me = local_actor(root)
    assert "for you" not in text(client.get("/"))

    tag(two[:1], actor="Ben", name=f"@{me}")
    page = client.get("/")
    assert "<b>1</b> waits for you" in text(page)

    notes.write(two[1], actor="Ben", body=f"@{me}: and this?")
    page = client.get("/")
    assert "<b>2</b> wait for you" in text(page)
    assert "<b>2</b> wait for you" in text(client.get("/", headers={"HX-Request": "true"}))
    count, url = page.context["page"].waiting
    narrowed = client.get("/" + url)
    assert narrowed.context["page"].total == count
    assert "wait for you" not in text(narrowed)


@pytest.fixture
def hosted(settings):
    settings.HOSTED = True
    put_doors(settings)


def test_each_account_has_its_own(two, hosted):
    for name in ("ana", "ben"):
        User.objects.create_user(name, password="a long password")
    tag(two[:1], actor="ben", name="@ana")
    for name, says in (("ana", True), ("ben", False)):
        one = Client()
        one.force_login(User.objects.get(username=name))
        assert ("waits for you" in text(one.get("/"))) is says


def test_who_it_waits_for_is_offered_while_typing(client, two):
    tag(two[:1], actor="Ben", name="@ana")

    offered = client.get("/complete", {"q": "for:", "at": 4})

    assert "for:ana" in text(offered)
    assert client.get("/recordings.json", {"q": "for:ana"}).json()["total"] == 1
