"""Who else has a page open: noted by the page, said to others, and forgotten."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from recviewer.pages.models import Presence
from recviewer.pages.site import presence, tokens
from tests.settings_of import put_doors


@pytest.fixture
def hosted(settings, root, db):
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, False, False
    put_doors(settings)


def signed_in(name):
    client = Client()
    client.force_login(User.objects.get_or_create(username=name)[0])
    return client


def asked_by(client, url):
    """Return the address that a page asks, and what it says already."""
    found = client.get(url).context["page"].presence
    return found.url, found.words


def test_two_at_one_recording_see_each_other(hosted, make_recording):
    url = f"/r/{make_recording().path}"
    ana, ben = signed_in("ana"), signed_in("ben")

    address, said = asked_by(ana, url)
    assert said == ""
    assert ana.get(address).content == b""
    assert asked_by(ben, url) == (address, "ana has this open too.")
    assert ben.get(address).content == b"ana has this open too."
    assert ana.get(address).content == b"ben has this open too."
    assert "ben has this open too." in ana.get(url).content.decode()


@pytest.mark.slow
def test_another_recording_is_another_place(hosted, make_recording):
    one, other = make_recording("a/recordings/1.json"), make_recording("a/recordings/2.json", asked="What?")
    ana, ben = signed_in("ana"), signed_in("ben")
    ana.get(asked_by(ana, f"/r/{one.path}")[0])

    assert asked_by(ben, f"/r/{other.path}")[1] == ""


@pytest.mark.slow
def test_an_item_of_a_range_is_one_place_whichever_page_of_it_is_open(hosted, commit, make_recording):
    words = {"test": "tests/test_planets.py::test_all"}
    for number in range(2):
        make_recording(f"tests/recordings/{number}.json", asked=f"Number {number}?", answered="Old.", **words)
    base = commit("before")
    for number in range(2):
        answered = f"New is {number} and more of it."
        make_recording(f"tests/recordings/{number}.json", asked=f"Number {number}?", answered=answered, **words)
    url = f"/changes/{base}...{commit('after')}"
    ana, ben = signed_in("ana"), signed_in("ben")

    places = [
        asked_by(ana, f"{url}?{kind}=tests/recordings/{number}.json")[0]
        for kind, number in (("change", 0), ("change", 1), ("read", 0))
    ]
    assert len(set(places)) == 1
    ana.get(places[0])
    assert asked_by(ben, f"{url}?read=tests/recordings/1.json")[1] == "ana has this open too."


def test_who_was_not_heard_of_for_a_minute_is_gone(hosted):
    ana, ben = signed_in("ana"), signed_in("ben")
    address = f"/open/{'a' * 64}"
    ana.get(address)
    Presence.objects.update(at=timezone.now() - presence.SEEN - timedelta(seconds=1))

    assert ben.get(address).content == b""
    ana.get(address)
    assert ben.get(address).content == b"ana has this open too."


def test_nothing_is_written_again_at_once_and_old_rows_go(hosted, django_assert_num_queries):
    ana = signed_in("ana")
    ana.get(f"/open/{'a' * 64}")
    at = Presence.objects.get().at
    ana.get(f"/open/{'a' * 64}")
    assert Presence.objects.get().at == at

    Presence.objects.update(at=timezone.now() - presence.FORGOTTEN - timedelta(seconds=1))
    ana.get(f"/open/{'b' * 64}")
    assert Presence.objects.get().place == "b" * 64


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["a"], "a has this open too."),
        (["b", "a"], "a and b have this open too."),
        (["c", "b", "a"], "a, b and c have this open too."),
        (["a", "b", "c", "d", "e"], "a, b and 3 others have this open too."),
    ],
)
def test_several_are_said_in_one_line(db, names, says):
    for name in names:
        Presence.objects.create(place="x", actor=name, at=timezone.now())

    assert presence.words("x", "me") == says


def test_a_laptop_a_script_and_who_is_not_signed_in_are_nowhere(hosted, settings, make_recording):
    recording = make_recording()
    token = tokens.make(User.objects.create_user("ci"), name="ci", scope="read", days=1)
    assert Client(headers={"Authorization": f"Bearer {token}"}).get(f"/open/{'a' * 64}").status_code == 204

    signed_in("ana").get(f"/open/{'b' * 64}")
    settings.PUBLIC_READ = True
    assert Client().get(f"/open/{'b' * 64}").status_code == 302
    assert Client().get(f"/r/{recording.path}").context["page"].presence is None
    assert set(Presence.objects.values_list("actor", flat=True)) == {"ana"}

    settings.HOSTED = settings.PUBLIC_READ = False
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one not in settings.DOORS]
    assert Client().get(f"/open/{'b' * 64}").status_code == 204
    assert "data-presence" not in Client().get(f"/r/{recording.path}").content.decode()


@pytest.mark.parametrize("place", ["a", "A" * 64, "a" * 65, "g" * 64])
def test_what_names_no_place_is_none(hosted, place):
    assert signed_in("ana").get(f"/open/{place}").status_code == 404
    assert not Presence.objects.exists()
