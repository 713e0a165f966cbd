"""What the loop has to do, and what it has told the host. All of it can be asked of the host again, so losing it costs time.

What is to be told is never stored: it is worked out from the range and the verdicts of now, and compared with what was told.
So whatever is interrupted, by whatever, is caught up with later, and nothing is told twice.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class JobKind(models.TextChoices):
    """LIST asks which requests are open, LOOK brings one here and works it out, TELL posts its status and comment.

    BRANCH and RECORD carry out an order: they push a plan, and start a run. Their number is that of the order.
    """

    LIST = "list", "ask which requests are open"
    LOOK = "look", "fetch and compare"
    TELL = "tell", "post status and comment"
    BRANCH = "branch", "push the plan"
    RECORD = "record", "start re-recording"


class JobState(models.TextChoices):
    """WAITING: to be done when it is due, RUNNING, DONE; FAILED: refused by the host, tried again hourly or on demand."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class HostJob(models.Model):
    """One thing to do for one request; there is one row for each, however often it is asked for.

    number: of the request or the order, 0 for the list. asked: how often; where it grew while a job ran, it runs once more.
    attempts: in vain since the last success. error: why the last one was, "" if none. due_at: not before.
    """

    kind = models.CharField(max_length=10, choices=JobKind.choices)
    number = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=JobState.choices)
    asked = models.BigIntegerField(default=1)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    due_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="job_once")]
        indexes = [models.Index(fields=["state", "due_at"], name="job_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class WatchedRequest(models.Model):
    """A pull or merge request of the host.

    seen_head, seen_base: as the host's list had them. head, base: the commits of the range, "" before that: compared
    is where the head left the base; files: how many recordings differ between them. subjects: what verdicts on it hang on,
    each as eight digits of its hash. told: what the status says, told_state; told_hash: of all of the status with its
    commit. comment: its id, "" for none; comment_hash: of its text.
    """

    number = models.PositiveIntegerField(primary_key=True)
    is_open = models.BooleanField(default=True)
    seen_head = models.CharField(max_length=40, blank=True)
    seen_base = models.TextField(blank=True)
    head = models.CharField(max_length=40, blank=True)
    base = models.CharField(max_length=40, blank=True)
    files = models.PositiveIntegerField(default=0)
    subjects = models.TextField(blank=True)
    told_state = models.CharField(max_length=10, blank=True)
    told = models.TextField(blank=True)
    told_hash = models.CharField(max_length=64, blank=True)
    told_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=40, blank=True)
    comment_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["is_open", "-number"], name="request_open")]

    def __str__(self) -> str:
        return f"#{self.number}"


class OrderState(models.TextChoices):
    """REFUSED: it was not carried out, and never will be. UNSURE: nobody can tell whether it was."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    UNSURE = "unsure"


class HostOrder(models.Model):
    """What a maintainer wants of the host beside statuses, once: see `orders`.

    kind: BRANCH or RECORD of `JobKind`. number: of the request. base, head: the commits of the plan that its maker saw;
    digest: of what of it is carried out. told: what came of it, as a sentence.
    """

    kind = models.CharField(max_length=10, choices=JobKind.choices)
    number = models.PositiveIntegerField()
    base = models.CharField(max_length=40)
    head = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    actor = models.TextField()
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=OrderState.choices)
    told = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of #{self.number} for {self.actor}"


class HookSeen(models.Model):
    """A delivery that came, by the host's name for it: another one of that name is left alone."""

    delivery = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.delivery


class LoopMark(models.Model):
    """What the worker has to know after a restart, by a name: see `marks`."""

    name = models.CharField(max_length=20, primary_key=True)
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


class NoticeKind(models.TextChoices):
    """MENTION: somebody named you in a note, or gave you recordings. RANGE: a request has changes that are yours."""

    MENTION = "mention", "somebody names you in a note, or gives you recordings by a tag"
    RANGE = "range", "a pull request is opened or pushed that has changes of yours"


class NoticeWish(models.Model):
    """What somebody wants to be told of, and how. Nobody is told anything without one.

    way: `mail` to the address of the account, `hook` to `hook`, "" for not at all. secret: with which calls of the hook are
    signed. minutes: at least so long between two messages. sent_at: of the last one, None for never. due_at: not before,
    after trouble. attempts: in vain since the last success. error: why the last one was, "" if none.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_wish")
    way = models.CharField(max_length=4, blank=True, choices=[("mail", "mail"), ("hook", "hook")])
    hook = models.TextField(blank=True)
    secret = models.CharField(max_length=64, blank=True)
    mentions = models.BooleanField(default=True)
    ranges = models.BooleanField(default=True)
    minutes = models.PositiveIntegerField(default=60)
    sent_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.way or 'nothing'}"


class Notice(models.Model):
    """Something to tell somebody, kept until it was delivered. It holds nothing of what was recorded.

    key: of what it tells, so that nobody is told twice. text: a sentence. path: where it leads, below the public address.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    key = models.CharField(max_length=80)
    text = models.TextField()
    path = models.TextField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]
        indexes = [models.Index(fields=["sent_at", "user"], name="notice_waiting")]

    def __str__(self) -> str:
        return f"{self.user}: {self.text}"
