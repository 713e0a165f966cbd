import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from recviewer.hosts.configured import ConfiguredHost
from recviewer.loop import jobs, marks
from recviewer.loop.models import HostJob, JobKind, JobState, WatchedRequest


@pytest.fixture
def host(settings, root, db):
    settings.PUBLIC_URL = "https://recordings.example.com"
    settings.HOST = ConfiguredHost("GITHUB", "a/b", "https://api.github.com", 60, token="t" * 20, secret="s" * 20)
    return settings.HOST


def failing(number, error="POST /x was answered with 404."):
    jobs.ask(JobKind.TELL, number)
    jobs.refuse(jobs.take(timezone.now()), error)


def test_a_laptop_without_a_host_is_told_what_to_set(client, root, db):
    page = client.get("/operations/").content.decode()

    assert "No code host is named" in page


def test_trouble_and_requests_are_shown_and_no_secret(client, host):
    failing(3, "POST /x was answered with 404 (<b>no</b>).")
    WatchedRequest.objects.create(
        number=7, head="b" * 40, base="a" * 40, files=2, told_state="pending", told="2 to look at"
    )

    page = client.get("/operations/").content.decode()

    assert "post status and comment #3" in page
    assert "(&lt;b&gt;no&lt;/b&gt;)" in page
    assert f"/changes/{'a' * 40}...{'b' * 40}" in page
    assert "https://recordings.example.com/hooks/github" in page
    assert "was never heard of" in page
    assert "tttt" not in page
    assert "ssss" not in page


def test_a_worker_that_was_heard_of_is_at_work(client, host):
    marks.put(marks.ALIVE, timezone.now())

    assert "at work" in client.get("/operations/").content.decode()


def test_one_job_or_all_are_tried_now(client, host):
    for number in (3, 4):
        failing(number)
    one = HostJob.objects.get(number=3)

    client.post("/operations/retry", {"job": one.pk})
    assert HostJob.objects.get(number=3).state == JobState.WAITING
    assert HostJob.objects.get(number=4).state == JobState.FAILED

    assert client.post("/operations/retry", follow=True).status_code == 200
    assert not HostJob.objects.filter(state=JobState.FAILED).exists()


@pytest.mark.parametrize("job", ["x", "-1", "9" * 30, "1.5"])
def test_what_is_no_job_retries_all_or_nothing(client, host, job):
    assert client.post("/operations/retry", {"job": job}).status_code == 303


def test_only_superusers_of_a_team_see_it(client, host, settings):
    settings.HOSTED = True
    client.force_login(User.objects.create_user("ana"))
    assert client.get("/operations/").status_code == 403
    assert client.post("/operations/retry").status_code == 403

    client.force_login(User.objects.create_superuser("root"))
    assert client.get("/operations/").status_code == 200
