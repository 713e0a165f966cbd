import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone

from recviewer.git.remotes import checked
from recviewer.hosts.client import HostClient
from recviewer.hosts.configured import ConfiguredHost
from recviewer.loop import heeding
from recviewer.loop.worker import Worker
from recviewer.review import ranges as saying
from recviewer.review.subjects import Seen
from tests.hosts.stand_in import PROJECT, TOKEN, StandIn
from tests.pages.conftest import Repo

SECRET = "a-secret-of-the-hook"


@pytest.fixture(params=["github", "gitlab", "forgejo"])
def kind(request):
    return request.param


@pytest.fixture
def stand_in(kind):
    made = StandIn(kind)
    yield made
    assert made.wrong == []
    made.close()


class Clock:
    """The time of day, which can be put on by hand."""

    def __init__(self, monkeypatch):
        self.ahead = timedelta()
        real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: real() + self.ahead)

    def pass_(self, seconds):
        self.ahead += timedelta(seconds=seconds)


class Loop:
    """An instance with a worker, the repository that it fetches from, and the host."""

    def __init__(self, kind, stand_in, author, clock):
        self.kind, self.stand_in, self.author, self.clock = kind, stand_in, author, clock

    def worker(self):
        from django.conf import settings

        return Worker(settings.HOST)

    def work(self, seconds=0):
        """Let time pass, and do what is due."""
        self.clock.pass_(seconds)
        worker = self.worker()
        while worker.turn():
            pass

    def ref(self, number):
        return f"refs/merge-requests/{number}/head" if self.kind == "gitlab" else f"refs/pull/{number}/head"

    def push(self, number, subject, *, base="main", tell=True, **files):
        """Commit recordings and give them to the host as a request. files: name -> words of the answer, None to delete."""
        for name, answered in files.items():
            path = f"recordings/{name}.json"
            if answered is None:
                (self.author.top / path).unlink()
            else:
                self.author.put(path, id=name, answered=answered, asked=f"Who is {name}?")
        head = self.author.commit(subject)
        self.author.git("push", "-q", "--force", "origin", f"HEAD:{self.ref(number)}")
        if tell:
            self.stand_in.put(number, head, base=base)
        return head

    def decide(self, number, verdict="approve", actor="ana", only=None):
        """Decide on all changes of a request, or on one file."""
        from recviewer.loop.looking import report_of
        from recviewer.loop.models import WatchedRequest

        report = report_of(WatchedRequest.objects.get(number=number))
        seen = [
            Seen(change.side.path, change.side.blob)
            for change in report.found.changes
            if only is None or only in change.side.path
        ]
        return saying.say(
            lambda: report.found, seen, actor=actor, verdict=verdict, note="so" if verdict == "reject" else ""
        )

    def states(self, sha=None):
        return [one["state"] for one in self.stand_in.statuses if sha in (None, one["sha"])]

    def ours(self):
        return [one["body"] for one in self.stand_in.comments if one["by"] == self.stand_in.me]


@pytest.fixture
def loop(kind, stand_in, tmp_path, root, settings, db, monkeypatch):
    origin = tmp_path / "origin.git"
    author = Repo(tmp_path / "author")
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(origin)], check=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(author.top)], check=True)
    author.git("remote", "add", "origin", str(origin))
    for name in ("ada", "bob"):
        author.put(f"recordings/{name}.json", id=name, answered=f"{name} is here.", asked=f"Who is {name}?")
    author.commit("start")
    author.git("push", "-q", "origin", "main")
    subprocess.run(["git", "clone", "-q", "--mirror", str(origin), str(tmp_path / "mirror.git")], check=True)
    author.git("checkout", "-q", "-b", "topic")
    settings.REPOSITORY = tmp_path / "mirror.git"
    settings.FETCH_FROM = checked(str(origin))
    settings.PUBLIC_URL = "https://recordings.example.com"
    settings.HOST = ConfiguredHost(kind.upper(), PROJECT, stand_in.api, 300, token=TOKEN, secret=SECRET)
    monkeypatch.setattr(
        ConfiguredHost, "_client", lambda self, token: HostClient(self.api, self.host.headers(token), seconds=1)
    )
    return Loop(kind, stand_in, author, Clock(monkeypatch))


@pytest.fixture
def quiet():
    """Seconds after which decisions are told."""
    return heeding.QUIET_SECONDS + 1
