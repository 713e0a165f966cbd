"""What people said and did. Rows refer to paths, fingerprints and blobs, never to a key of the catalog.

The catalog can be dropped and rebuilt without losing anything here. AuditEvent and Decision are append-only.
"""

from __future__ import annotations

from typing import NoReturn, TypeVar

from django.db import models
from django.utils import timezone


class Verdict(models.TextChoices):
    """A reviewer's verdict. CLEAR withdraws the reviewer's earlier one.

    REVERT applies only to a change of a range: its old recording is to be restored instead of the new one.
    """

    APPROVE = "approve", "approve"
    REJECT = "reject", "re-record"
    DELETE = "delete", "mark for deletion"
    REVERT = "revert", "take the old one back"
    CLEAR = "clear", "no verdict"


class State(models.TextChoices):
    """The combined result of the verdicts on a fingerprint. UNDECIDED is the absence of a row in `Standing`."""

    APPROVED = "approved", "approved"
    REJECTED = "rejected", "re-record"
    DELETE = "delete", "to delete"
    REVERT = "revert", "old one back"
    UNDECIDED = "undecided", "undecided"


class Colour(models.TextChoices):
    """The colours of tags. The word carries the meaning, the colour only helps the eye."""

    TEAL = "teal"
    AMBER = "amber"
    OLIVE = "olive"
    MAGENTA = "magenta"
    BLUE = "blue"
    GREEN = "green"
    RED = "red"
    SLATE = "slate"


class AppendOnly(Exception):
    """Something tried to change an append-only row."""


_M = TypeVar("_M", bound=models.Model)


class AppendOnlyQuerySet(models.QuerySet[_M]):
    """Rows that can be read and added, but not changed."""

    def update(self, **kwargs: object) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} is only ever added to.")

    def delete(self) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} is only ever added to.")


class _AppendOnlyModel(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise AppendOnly(f"{type(self).__name__} is only ever added to.")
        super().save(force_insert=True)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnly(f"{type(self).__name__} is only ever added to.")


class AuditEvent(_AppendOnlyModel):
    """One act of one person, on one recording or many.

    action: a slug of `audit.Action`. summary: a sentence's end for people, after the actor's name ("approved …").
    payload: what is needed to invert the act and to replay it; its lists stand empty there, their members are rows of
    `EventMember`, so that an act on many costs no page that names it. count: how many recordings it touched.
    target: for an undo or a redo, the act it is about. An act is undone if the last event that targets it is an undo.
    """

    at = models.DateTimeField()
    actor = models.TextField()
    action = models.CharField(max_length=20)
    summary = models.TextField()
    payload = models.JSONField(default=dict)
    count = models.IntegerField(default=1)
    target = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="about")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["actor", "-id"], name="event_actor"),
            models.Index(fields=["action", "-id"], name="event_action"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.summary}"


class EventItem(models.Model):
    """A recording that an action touched: its path and its content at that time."""

    event = models.ForeignKey(AuditEvent, on_delete=models.CASCADE, related_name="items")
    path = models.TextField()
    fingerprint = models.CharField(max_length=80)
    blob = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["path", "event"], name="event_item_path")]

    def __str__(self) -> str:
        return self.path


class EventMember(_AppendOnlyModel):
    """One member of a list in an event's payload. part: the key of the list.

    The rows' keys are in the order of the list.
    """

    event = models.ForeignKey(AuditEvent, on_delete=models.PROTECT, related_name="members")
    part = models.CharField(max_length=20)
    told = models.JSONField()

    objects = AppendOnlyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.part} {self.pk}"


class Decision(_AppendOnlyModel):
    """A reviewer's verdict on a fingerprint. The one entered last for a reviewer counts, see `standing.latest`.

    fingerprint: that of the exchange; `blob:<blob>` for a file without one (see `subjects.subject_of`).
    at: when it was said; a decision brought back by an undo keeps its time. entered_at: when it came into force, also
    by an undo; it travels with an imported decision, whose event is the import. path, blob, test_id, kind: where it
    was seen. origin: the range it was seen in and its head, "" in a working tree. rule: the rule by which it was given to
    many at once without a look at each, "" for a reviewer's own word.
    """

    event = models.ForeignKey(AuditEvent, on_delete=models.PROTECT, related_name="decisions")
    fingerprint = models.CharField(max_length=80)
    reviewer = models.TextField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    path = models.TextField()
    blob = models.CharField(max_length=40)
    test_id = models.TextField(blank=True)
    kind = models.CharField(max_length=20, blank=True)
    origin = models.TextField(blank=True)
    rule = models.CharField(max_length=20, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["fingerprint", "reviewer", "-id"], name="decision_latest"),
            models.Index(fields=["path", "-id"], name="decision_path"),
            models.Index(fields=["origin"], name="decision_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.verdict} {self.path}"


class Standing(models.Model):
    """What the decisions on a fingerprint add up to, kept for joins; `standing.rebuild` makes it from the decisions.

    by, at, note, rule: of the decision that settles it. No row means undecided.
    """

    fingerprint = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices)
    by = models.TextField()
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    rule = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "fingerprint"], name="standing_state")]

    def __str__(self) -> str:
        return f"{self.fingerprint}: {self.state}"


class Kept(models.Model):
    """The bytes that were approved, compressed by zlib, so that "what changed since" works without git too."""

    fingerprint = models.CharField(max_length=80, primary_key=True)
    blob = models.CharField(max_length=40)
    size = models.BigIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.blob


class Tag(models.Model):
    """A free label. name: as first written. folded: for comparing without regard to case.

    changed_at: when name or colour were last set: of two people's the later counts.
    """

    name = models.CharField(max_length=40)
    folded = models.CharField(max_length=80, unique=True)
    colour = models.CharField(max_length=10, choices=Colour.choices)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class TagOn(models.Model):
    """A tag on a path: it stays when the recording is made anew."""

    path = models.TextField()
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="uses")
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "tag"], name="tag_once")]
        indexes = [models.Index(fields=["tag", "path"], name="tag_on_tag")]

    def __str__(self) -> str:
        return f"{self.tag} on {self.path}"


class Note(models.Model):
    """A remark on a recording.

    uid: its name wherever it travels. anchor: what it is pinned to (`m3`, `chunk-17`), "" for the whole. thread: the
    note that it answers. changed_at: when anything about it changed last. withdrawn_at: it was deleted.
    """

    uid = models.CharField(max_length=32, unique=True)
    path = models.TextField()
    blob = models.CharField(max_length=40)
    anchor = models.CharField(max_length=40, blank=True)
    thread = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replies")
    author = models.TextField()
    body = models.TextField()
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["path", "id"], name="note_path")]

    def __str__(self) -> str:
        return f"{self.author} on {self.path}"


class SavedSearch(models.Model):
    """A search that has a name. It belongs to everybody of the instance.

    folded: the name for comparing without regard to case. query: as it is typed in the box. sort: of the list, "" for its
    own order. author: who saved it so. changed_at: when anything about it changed last: of two people's the later counts.
    """

    name = models.CharField(max_length=60)
    folded = models.CharField(max_length=180, unique=True)
    query = models.TextField()
    sort = models.CharField(max_length=20, blank=True)
    author = models.TextField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "named search"
        verbose_name_plural = "named searches"

    def __str__(self) -> str:
        return self.name


class Suppression(models.Model):
    """Findings that are let be: one, or all of a rule on a test or below a path.

    rule, scope, subject: see `smells.suppressing.Suppressed`. path: of the recording on which it was said, "" for none.
    until: the last day on which it counts. is_lifted: it was taken back, which has to travel too.
    """

    rule = models.CharField(max_length=60)
    scope = models.CharField(max_length=10)
    subject = models.TextField()
    path = models.TextField(blank=True)
    reason = models.TextField()
    until = models.DateField(null=True, blank=True)
    author = models.TextField()
    is_lifted = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "scope", "subject"], name="suppression_once")]

    def __str__(self) -> str:
        return f"{self.rule} on {self.subject}"


class PairChoice(models.Model):
    """A reviewer's word on two recordings of a range: they are of one call, or they are not. The last one counts."""

    old_path = models.TextField()
    old_blob = models.CharField(max_length=40)
    new_path = models.TextField()
    new_blob = models.CharField(max_length=40)
    is_pair = models.BooleanField()
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["old_blob", "new_blob", "old_path", "new_path"], name="pair_once")
        ]
        indexes = [models.Index(fields=["new_blob"], name="pair_new")]

    def __str__(self) -> str:
        return f"{self.old_path} {'and' if self.is_pair else 'not'} {self.new_path}"


class TrashRecord(models.Model):
    """Mirrors an entry of the trash, for pages. The manifest in the trash folder is authoritative for the bytes.

    entry: its id there. restored_at: it is back at its path. discarded_at: its bytes were deleted for good.
    """

    entry = models.CharField(max_length=40, unique=True)
    path = models.TextField()
    fingerprint = models.CharField(max_length=80, blank=True)
    blob = models.CharField(max_length=40)
    size = models.BigIntegerField()
    test_id = models.TextField(blank=True)
    asked = models.TextField(blank=True)
    actor = models.TextField()
    at = models.DateTimeField()
    restored_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="trash_newest"),
            models.Index(fields=["path"], name="trash_path"),
        ]

    def __str__(self) -> str:
        return self.path
