"""Secrets are shown to who asks for them and may, and that is written down."""

import json

import pytest
from django.contrib.auth.models import User

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.review.models import AuditEvent
from tests.secrets.planting import SECRETS, address, masked_alike
from tests.trees import chat

TEXT, SECRET = SECRETS["openai project"]


@pytest.fixture
def recording(request, root, db):
    """A recording with a secret. Its parameter, if there is one: what is asked in it."""
    place = root / "tests/recordings" / f"{'a' * 64}.json"
    place.parent.mkdir(parents=True)
    place.write_bytes(
        json.dumps(chat(question=getattr(request, "param", f"Is {TEXT} a key?")), indent=2).encode() + b"\n"
    )
    indexer.refresh(processes=1)
    return Recording.objects.get()


def test_the_page_says_what_it_holds_and_marks_the_mask(client, recording):
    page = client.get(f"/r/{recording.path}").content.decode()

    assert "an OpenAI key" in page
    assert "Rotate what gives access" in page
    assert 'class="masked"' in page
    assert f'href="/secrets/of/{recording.path}"' in page


def test_asking_shows_nothing_and_is_no_event(client, recording):
    response = client.get(f"/secrets/of/{recording.path}")

    assert SECRET not in response.content.decode()
    assert "request.body.messages[0].content" in response.content.decode()
    assert not AuditEvent.objects.exists()


def test_who_confirms_sees_them_and_it_is_written_down(client, recording):
    response = client.post("/secrets/shown", {"key": recording.path})

    assert SECRET in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get()
    assert (event.action, event.summary) == ("reveal", f"looked at 1 secret in {recording.path}")
    activity = client.get("/activity/").content.decode()
    assert "looked at 1 secret" in activity
    assert SECRET not in activity


@pytest.mark.slow
@pytest.mark.parametrize("recording", [" and ".join(map(address, masked_alike()))], indirect=True)
def test_each_of_two_that_are_masked_alike_is_the_one_that_it_is(client, recording):
    page = client.post("/secrets/shown", {"key": recording.path}).content.decode()

    assert [page.count(password) for password in masked_alike()] == [1, 1]


@pytest.mark.parametrize(("is_superuser", "status"), [(False, 403), (True, 200)])
def test_of_a_team_not_everybody_may(client, recording, settings, is_superuser, status):
    user = User.objects.create_user("ada", password="x", is_superuser=is_superuser)
    client.force_login(user)
    settings.HOSTED = True

    assert client.get(f"/secrets/of/{recording.path}").status_code == status
    assert client.post("/secrets/shown", {"key": recording.path}).status_code == status
    assert AuditEvent.objects.count() == int(is_superuser)
