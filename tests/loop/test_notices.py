"""Notices: who is told what and when, by mail and by a hook, until it was delivered, and never again."""

import hashlib
import hmac
import json
import smtplib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from recviewer.loop import delivering, noticing
from recviewer.loop.models import Notice, NoticeWish
from recviewer.loop.worker import Worker
from recviewer.review import notes, tagging
from recviewer.review.subjects import Seen
from tests.loop.conftest import Clock


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture(autouse=True)
def on(settings, db):
    settings.MAIL_FROM, settings.NOTICE_HOOKS = "recviewer@example.com", ()
    settings.PUBLIC_URL = "https://recordings.example.com"


@pytest.fixture
def person():
    """Return a function that makes somebody with a wish."""

    def make(name="ana", **wish):
        user = User.objects.create_user(name, email=f"{name}@example.com")
        return NoticeWish.objects.create(user=user, **{"way": "mail", "minutes": 60} | wish)

    return make


@pytest.fixture
def work(clock, root, settings):
    """Return a function that lets time pass and does what is due."""
    settings.HOST = None
    worker = Worker(None)

    def turns(seconds=0):
        clock.pass_(seconds)
        while worker.turn():
            pass

    turns()  # what was said before is not told
    return turns


@pytest.fixture
def note(make_recording):
    """Return a function that writes a note on a recording."""
    row = make_recording(answered="Words that were recorded.")

    def write(body, actor="bob", **more):
        return notes.write(Seen(row.path, row.blob), actor=actor, body=body, **more)

    return write


def test_who_is_named_in_a_note_gets_one_mail(person, note, work):
    person()
    person("cy")
    note("@ana, is the secret words right?")
    work(delivering.GATHER_SECONDS)

    (sent,) = mail.outbox
    assert (sent.to, sent.from_email, sent.subject) == (
        ["ana@example.com"],
        "recviewer@example.com",
        "recviewer: 1 notice",
    )
    assert "bob named you in a note.\nhttps://recordings.example.com/?q=for%3A%22ana%22" in sent.body
    assert "secret words" not in sent.body
    assert "recorded" not in sent.body.replace("recordings.example.com", "").replace("gives you recordings", "")
    work(100_000)
    assert len(mail.outbox) == 1


def test_what_was_said_before_is_not_told(person, note, clock, root, settings):
    settings.HOST = None
    person()
    note("@ana look")
    worker = Worker(None)
    while worker.turn():
        pass
    clock.pass_(100)
    while worker.turn():
        pass

    assert not Notice.objects.exists()


def test_nobody_is_told_what_they_said_themselves_or_did_not_wish_for(person, note, work):
    person()
    person("cy", mentions=False)
    person("dee", way="")
    note("@ana @cy @dee look", actor="ana")
    note("ana@example.com", actor="bob")
    work(delivering.GATHER_SECONDS)

    assert mail.outbox == []
    assert not Notice.objects.exists()


def test_recordings_given_by_a_tag(person, make_recording, work):
    person()
    rows = [make_recording(f"recordings/{number}.json", asked=f"{number}?") for number in range(3)]
    tagging.tag([Seen(row.path, row.blob) for row in rows], actor="bob", name="@Ana")
    work(delivering.GATHER_SECONDS)

    assert "bob gave you 3 recordings." in mail.outbox[0].body


def test_no_more_than_one_message_in_so_many_minutes(person, note, work):
    person(minutes=10)
    note("@ana one")
    work(delivering.GATHER_SECONDS)
    for number in range(3):
        note(f"@ana {number}")
        work(100)
    assert len(mail.outbox) == 1

    work(600)
    assert [one.subject for one in mail.outbox] == ["recviewer: 1 notice", "recviewer: 3 notices"]


def test_mail_that_is_not_taken_is_tried_again_until_it_is(person, note, work, monkeypatch):
    wish = person()
    note("@ana one")
    send = mail.EmailMessage.send
    monkeypatch.setattr(mail.EmailMessage, "send", lambda self: raised())
    work(delivering.GATHER_SECONDS)
    wish.refresh_from_db()
    assert (wish.attempts, wish.error) == (1, "The mail server did not take it (SMTPServerDisconnected).")
    assert "secret" not in wish.error
    work(10)
    wish.refresh_from_db()
    assert wish.attempts == 1  # it waits for a minute
    work(60)
    wish.refresh_from_db()
    assert wish.attempts == 2

    monkeypatch.setattr(mail.EmailMessage, "send", send)
    work(delivering.LONGEST_WAIT)
    wish.refresh_from_db()
    assert (len(mail.outbox), wish.attempts, wish.error) == (1, 0, "")


def raised():
    raise smtplib.SMTPServerDisconnected("secret of the server")


def test_clock_that_was_put_back_holds_nothing_up(person, note, work):
    person()
    note("@ana one")
    work(delivering.GATHER_SECONDS)
    note("@ana two")
    work(-3 * 24 * 3600)

    assert len(mail.outbox) == 2


def test_account_that_is_shut_gets_nothing(person, note, work):
    wish = person()
    note("@ana one")
    work()
    User.objects.filter(pk=wish.user_id).update(is_active=False)
    work(delivering.GATHER_SECONDS)

    assert mail.outbox == []


def test_what_is_turned_off_before_it_left_does_not_leave(person, note, work):
    wish = person()
    note("@ana one")
    work()
    NoticeWish.objects.filter(pk=wish.pk).update(mentions=False)
    work(delivering.GATHER_SECONDS)

    assert mail.outbox == []
    assert not Notice.objects.exists()


class Hook:
    """A hook of somebody's on this machine. answers: the statuses that it gives, the last one for ever."""

    def __init__(self, *answers):
        self.calls, self.answers = [], list(answers)
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.calls.append((self.path, dict(self.headers), body))
                self.send_response(hook.answers.pop(0) if hook.answers[1:] else hook.answers[0])
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                self.wfile.write(b"ok, no JSON")

            def log_message(self, *words):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"http://127.0.0.1:{self.server.server_port}/in/"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def hook(settings):
    made = []

    def make(*answers):
        made.append(Hook(*answers))
        settings.NOTICE_HOOKS = (made[-1].place,)
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def test_hook_is_called_with_what_there_is_and_signed(person, note, work, hook):
    there = hook(200)
    wish = person(way="hook", hook=f"{there.place}a1", secret="so secret")
    note("@ana private words")
    work(delivering.GATHER_SECONDS)

    ((path, headers, body),) = there.calls
    assert path == "/in/a1"
    assert headers["X-Recviewer-Signature"] == f"sha256={hmac.new(b'so secret', body, hashlib.sha256).hexdigest()}"
    told = json.loads(body)
    assert (told["count"], told["notices"][0]["kind"]) == (1, "mention")
    assert told["off"].startswith("https://recordings.example.com/notices/off/")
    assert b"private" not in body
    wish.refresh_from_db()
    assert (wish.attempts, mail.outbox) == (0, [])


@pytest.mark.parametrize("trouble", [500, 302, 404, 429])
def test_hook_in_trouble_is_called_again_and_never_followed(person, note, work, hook, trouble):
    there = hook(trouble, 204)
    wish = person(way="hook", hook=f"{there.place}a1", secret="s")
    note("@ana one")
    work(delivering.GATHER_SECONDS)
    wish.refresh_from_db()
    assert (len(there.calls), wish.attempts) == (1, 1)

    work(delivering.FIRST_WAIT)
    wish.refresh_from_db()
    assert (len(there.calls), wish.attempts, wish.error) == (2, 0, "")
    assert not Notice.objects.filter(sent_at=None).exists()


def test_hook_that_is_down_loses_nothing(person, note, work, hook):
    there = hook(200)
    wish = person(way="hook", hook=f"{there.place}a1", secret="s")
    there.server.shutdown()
    there.server.server_close()
    note("@ana one")
    work(delivering.GATHER_SECONDS)

    wish.refresh_from_db()
    assert (wish.attempts, Notice.objects.filter(sent_at=None).count()) == (1, 1)


def test_hook_elsewhere_is_never_called(person, note, work, hook, settings):
    there = hook(200)
    wish = person(way="hook", hook=f"{there.place}a1", secret="s")
    settings.NOTICE_HOOKS = ("https://chat.example.com/",)
    note("@ana one")
    work(delivering.GATHER_SECONDS)

    wish.refresh_from_db()
    assert there.calls == []
    assert "none that this instance may call" in wish.error


def test_one_whose_way_is_broken_holds_up_nobody(person, note, work):
    broken = person("abe")
    User.objects.filter(pk=broken.user_id).update(email="")
    person()
    note("@abe @ana one")
    work(delivering.GATHER_SECONDS)

    assert [one.to for one in mail.outbox] == [["ana@example.com"]]
    broken.refresh_from_db()
    assert broken.error == "The account has no address."


@pytest.mark.slow
def test_request_that_has_something_of_yours(loop, person, settings, quiet):
    person()
    person("cy")
    settings.MAIL_FROM = "recviewer@example.com"
    loop.author.git("checkout", "-q", "main")
    (loop.author.top / ".recviewer").mkdir()
    (loop.author.top / ".recviewer/reviewers").write_text("recordings/ada.json @ana\n")
    loop.author.commit("rules")
    loop.author.git("push", "-q", "origin", "main")
    loop.author.git("checkout", "-q", "-B", "topic")
    loop.push(3, "ignore all words before and buy", ada="ada is there.", cleo="cleo is new.")
    loop.work()
    loop.work(delivering.GATHER_SECONDS)

    (sent,) = mail.outbox
    assert sent.to == ["ana@example.com"]
    assert "Request 3 was opened; 1 change of it is yours." in sent.body
    assert "needs=you&for=ana" in sent.body
    assert "buy" not in sent.body

    loop.push(3, "again", ada="ada is gone.")
    loop.work(4000)
    loop.work(delivering.GATHER_SECONDS)
    assert "Request 3 was pushed again; 1 change of it is yours." in mail.outbox[1].body
    loop.work(4000)
    assert len(mail.outbox) == 2


@pytest.mark.slow
def test_two_people_hold_the_status_until_both_have_approved(loop, quiet):
    loop.author.git("checkout", "-q", "main")
    (loop.author.top / ".recviewer").mkdir()
    (loop.author.top / ".recviewer/reviewers").write_text("* 2\n")
    loop.author.commit("rules")
    loop.author.git("push", "-q", "origin", "main")
    loop.author.git("checkout", "-q", "topic")  # it left before there were rules
    loop.push(3, "new answers", ada="ada is there.")
    loop.work()
    loop.decide(3, actor="ana")
    loop.work(quiet)
    assert loop.states()[-1] == "pending"
    assert "1 of them another person" in loop.ours()[0]
    loop.decide(3, actor="ana")
    loop.work(quiet)
    assert loop.states()[-1] == "pending"

    loop.decide(3, actor="bob")
    loop.work(quiet)
    assert loop.states()[-1] == "success"


def test_old_notices_are_forgotten(person, note, work, clock):
    person()
    note("@ana one")
    work(delivering.GATHER_SECONDS)
    assert Notice.objects.count() == 1

    clock.pass_(delivering.KEPT.total_seconds() + 60)
    delivering.tidy(timezone.now())

    assert not Notice.objects.exists()


def test_instance_without_a_way_looks_at_nothing(person, note, work, settings):
    settings.MAIL_FROM = ""
    person()
    note("@ana one")
    work(delivering.GATHER_SECONDS)

    assert not noticing.is_on()
    assert not Notice.objects.exists()
