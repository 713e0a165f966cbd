"""The catalog's tables. Everything here is rebuilt by `recviewer index --full`; nothing outside refers to its keys."""

from __future__ import annotations

from django.db import models


class Commit(models.Model):
    """A commit that last touched a recording. Times are UTC; body is the message without its subject."""

    sha = models.CharField(max_length=64, unique=True)
    author = models.TextField()
    at = models.DateTimeField()
    subject = models.TextField()
    body = models.TextField()

    def __str__(self) -> str:
        return f"{self.sha[:12]} {self.subject}"


class File(models.Model):
    r"""One file at a path, as of its last reading. A run that finds it unchanged does not read it again.

    path: below the root, separated by `/`, with bytes that are not UTF-8 as `\\xNN`. raw_path: its bytes, only if they
    differ. blob: the git blob id of the whole file, "" if its bytes were not available. reader: the version of the code
    that read it, see `formats.reader_sources`, "" if it has to be tried again.
    """

    path = models.TextField(unique=True)
    raw_path = models.BinaryField(null=True)
    size = models.BigIntegerField()
    mtime_ns = models.BigIntegerField()
    inode = models.BigIntegerField()
    blob = models.CharField(max_length=40)
    reader = models.TextField()

    def __str__(self) -> str:
        return self.path


class Recording(models.Model):
    r"""One exchange of a file, with all that list pages show. Lists never open files, and join no other table.

    path: the key used in URLs: that of the file; where the file names its exchanges, `/` and the part's name follow.
    part: that name, "" for the only exchange of a file whose recorder keeps one in each. place: among those of its file,
    from 0. raw_path, mtime_ns: of the file, see there. size, blob: of the exchange's own bytes.
    asked, answered: first words for the list. answer_kind: text, call, error, note.
    turns, asked_length: messages of the request and characters of its words: a later call of a test sends more.
    outcome: see `exchange.text.Outcome`.
    runs: what the chunks added, as `t43 c7`. reasoning: whether the answer shows any.
    picture: whether a message or the answer holds one. leaked: whether the answer begins with what is really thinking.
    finish: why the answer ended, in the provider's word. provider: whose models the test asked for. recorder: what wrote it.
    asked_sorts, answered_sorts: what the indexed words are made of, see `exchange.searched.SearchedWords`.
    request_values: what a request holds besides its messages, see `exchange.request_values`.
    replay, replay_rule, replay_expected: see `replay.names.Replay`.
    run: the `IndexRun` that wrote the row. Commits, findings and what runs of the suite say are written without it.
    reads, used_by, uses: what runs of the suite say, see `catalog.usage`.
    """

    path = models.TextField(unique=True)
    file = models.ForeignKey(File, on_delete=models.CASCADE)
    part = models.TextField(default="")
    place = models.IntegerField(default=0)
    raw_path = models.BinaryField(null=True)
    folder = models.TextField()
    suite = models.TextField()
    size = models.BigIntegerField()
    mtime_ns = models.BigIntegerField()
    blob = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    endpoint = models.TextField()
    host = models.TextField()
    model = models.TextField()
    test_id = models.TextField(null=True)  # noqa: DJ001 - a recording without a test is not one with an empty id
    test_name = models.TextField()
    has_no_test = models.BooleanField()
    streaming = models.BooleanField()
    chunks = models.IntegerField()
    runs = models.TextField()
    reasoning = models.BooleanField(default=False)
    picture = models.BooleanField(default=False)
    leaked = models.BooleanField(default=False)
    turns = models.IntegerField()
    asked_length = models.IntegerField()
    asked = models.TextField()
    answered = models.TextField()
    answer_kind = models.CharField(max_length=8)
    outcome = models.CharField(max_length=12)
    error_status = models.IntegerField(null=True)
    calls = models.IntegerField()
    replay = models.CharField(max_length=14)
    replay_rule = models.CharField(max_length=8)
    replay_expected = models.TextField()
    problems = models.JSONField(default=list)
    finish = models.TextField(default="")
    provider = models.TextField(default="")
    test_file = models.TextField(default="")
    recorder = models.TextField(default="")
    asked_sorts = models.TextField(default="")
    answered_sorts = models.TextField(default="")
    request_values = models.TextField(default="")
    commit = models.ForeignKey(Commit, null=True, on_delete=models.SET_NULL)
    reads = models.BigIntegerField(null=True)
    used_by = models.TextField(null=True)  # noqa: DJ001 - never read is not the same as nobody knows
    uses = models.TextField(null=True)  # noqa: DJ001
    indexed_at = models.DateTimeField()
    run = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["blob"], name="recording_blob"),
            models.Index(fields=["fingerprint"], name="recording_fingerprint"),
            models.Index(fields=["has_no_test", "test_id", "path"], name="recording_order"),
            models.Index(fields=["test_id"], name="recording_test"),
            models.Index(fields=["size"], name="recording_size"),
            models.Index(fields=["chunks"], name="recording_chunks"),
            models.Index(fields=["run"], name="recording_run"),
            models.Index(fields=["suite", "kind", "model", "outcome", "replay", "host"], name="recording_facets"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def file_path(self) -> str:
        """The key of its file."""
        return self.path[: -len(self.part) - 1] if self.part else self.path

    @property
    def raw(self) -> bytes:
        """The path of its file below the root, in bytes."""
        return self.file_path.encode() if self.raw_path is None else bytes(self.raw_path)


class SuiteRun(models.Model):
    """A run of a test suite whose recordings were watched, without its files: see `used.model.UsedRun`.

    files: recording files that it knew; read: those that it opened or created. tests: as JSON, how many had which
    outcome. why: why the run says nothing about files that it did not read, "" if it does.
    """

    name = models.TextField(unique=True)
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    exit = models.IntegerField(null=True)
    commit = models.TextField()
    is_clean = models.BooleanField(null=True)
    files = models.IntegerField()
    read = models.IntegerField()
    tests = models.JSONField(default=dict)
    left_out = models.IntegerField(default=0)
    why = models.TextField()

    def __str__(self) -> str:
        return self.name


class IndexRun(models.Model):
    """One run of the indexer. finished_at is None while it runs, and stays None if it was interrupted."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    added = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    removed = models.IntegerField(default=0)
    unreadable = models.IntegerField(default=0)
    seconds = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"run {self.pk} of {self.started_at:%Y-%m-%d %H:%M}"
