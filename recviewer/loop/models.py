"""The worker's jobs, and what was posted to the host.

All of it can be fetched from the host again, so losing it costs only time. What should be posted is never stored: it is
computed from the range and the present verdicts, and compared with what was posted. So any interruption is caught up
with later, and nothing is posted twice.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class JobKind(models.TextChoices):
    """LIST asks which requests are open, LOOK fetches and evaluates one, TELL posts its status and comment.

    BRANCH and RECORD carry out an order: they push a plan, and start a run. Their number is that of the order.
    """

    LIST = "list", "ask which requests are open"
    LOOK = "look", "fetch and compare"
    TELL = "tell", "post status and comment"
    BRANCH = "branch", "push the plan"
    RECORD = "record", "start re-recording"


class JobState(models.TextChoices):
    """WAITING for its due time, RUNNING, DONE; FAILED: refused by the host, retried hourly or on demand."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class HostJob(models.Model):
    """One thing to do for one request; there is one row for each, however often it is requested.

    number: of the request or the order, 0 for the list. asked: how often; if it grew while a job ran, the job runs once
    more. attempts: failures since the last success. error: reason of the last failure, "" if none. due_at: not before.
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

    seen_head, seen_base: as the host listed them. head, base: the commits of the range, "" before it is known; compared
    is the commit at which the head left the base; files: how many recordings differ between them. subjects: those of
    its changes, each as eight digits of its hash. told: the posted status text, told_state; told_hash: of the whole
    status with its commit. comment: its id, "" for none; comment_hash: of its text.
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
    """REFUSED: it was not carried out, and never will be. UNSURE: it is unknown whether it was carried out."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    UNSURE = "unsure"


class HostOrder(models.Model):
    """What a maintainer wants from the host besides statuses: see `orders`.

    kind: BRANCH or RECORD of `JobKind`. number: of the request. base, head: the commits of the plan that its author
    saw; digest: of the part of it that is carried out. told: the result, as a sentence.
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
    """A delivery that was received, by the host's id for it: another one with the same id is ignored."""

    delivery = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.delivery


class LoopMark(models.Model):
    """A value that the worker needs after a restart, by name: see `marks`."""

    name = models.CharField(max_length=20, primary_key=True)
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


class NoticeKind(models.TextChoices):
    """MENTION: somebody named you in a note, or assigned recordings to you.

    RANGE: a request has changes that are yours.
    """

    MENTION = "mention", "somebody names you in a note, or gives you recordings by a tag"
    RANGE = "range", "a pull request is opened or pushed that has changes of yours"


class NoticeWish(models.Model):
    """What somebody wants to be notified of, and how. Nobody is notified without one.

    way: `mail` to the address of the account, `hook` to `hook`, "" for not at all. secret: signs calls of the hook.
    minutes: minimum interval between two messages. sent_at: of the last one, None for never. due_at: not before, after
    a failure. attempts: failures since the last success. error: reason of the last failure, "" if none.
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
    """A notice to somebody, kept until it was delivered. It contains nothing of what was recorded.

    key: identifies the event, so that nobody is notified twice. text: a sentence. path: of its link, below the public
    URL.
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
