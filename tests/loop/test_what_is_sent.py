"""Nothing that goes out holds a secret: what is posted to the host, pushed to it, given to its runs, and mails."""

import dataclasses

import pytest
from django.contrib.auth.models import User
from django.core import mail

from recviewer.hosts.contract import RecordRun
from recviewer.loop import orders
from recviewer.loop.looking import report_of
from recviewer.loop.models import JobKind, NoticeWish, WatchedRequest
from recviewer.plan import range as range_plan
from recviewer.review import notes
from recviewer.review import ranges as saying
from recviewer.review.subjects import Seen
from tests.secrets.planting import SECRETS
from tests.secrets.test_outputs import leaks


@pytest.fixture
def kind():
    return "github"


@pytest.fixture
def on(loop, settings):
    settings.HOST = dataclasses.replace(settings.HOST, pushes=True, record=RecordRun("main", "record.yml"))
    settings.MAIL_FROM, settings.NOTICE_HOOKS = "recviewer@example.com", ()
    user = User.objects.create_user("ana", email="ana@example.com")
    NoticeWish.objects.create(user=user, way="mail", minutes=0)
    return loop


@pytest.mark.slow
def test_neither_posts_nor_pushes_nor_runs_nor_mails_hold_a_secret(on, make_recording):
    texts = [text.strip() for text, _ in SECRETS.values()]
    said = {f"n{number}": f"It is {text} then." for number, text in enumerate(texts)}
    on.push(7, f"Take {texts[0]}", ada=f"ada has {texts[1]}", bob=None, **said)
    on.work()
    found = report_of(WatchedRequest.objects.get(number=7)).found
    seen = [Seen(one.side.path, one.side.blob) for one in found.changes if one.new is not None]
    half = len(seen) // 2
    saying.say(lambda: found, seen[:half], actor="max", verdict="delete", note=f"not {texts[2]}")
    saying.say(lambda: found, seen[half:], actor="max", verdict="reject", note=f"again, without {texts[3]}")
    row = make_recording(answered=f"Words with {texts[5]}.")
    notes.write(Seen(row.path, row.blob), actor="max", body=f"@ana this is no key: {texts[4]}")
    on.work(seconds=4000)
    for job in (JobKind.BRANCH, JobKind.RECORD):
        plan = range_plan.make(report_of(WatchedRequest.objects.get(number=7)).found)
        orders.give(job, plan, seen=orders.digest(job, plan), actor="max")
    on.work()
    on.work(seconds=4000)

    posted = [one["body"] for one in on.stand_in.comments] + [repr(one) for one in on.stand_in.statuses]
    runs = [repr(one) for one in on.stand_in.runs]
    mails = [f"{one.subject}\n{one.body}" for one in mail.outbox]
    pushed = on.author.git("ls-remote", "origin", "refs/heads/recviewer/*").split()
    on.author.git("fetch", "-q", "origin", pushed[1])
    message = on.author.git("log", "-1", "--format=%an %ae %s %b %D", "FETCH_HEAD")
    assert all((posted, runs, mails))
    assert "Carry out the plan" in message
    for one in (*posted, *runs, *mails, message, *pushed):
        assert leaks(one) == [], one[:2000]
