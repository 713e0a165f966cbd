"""People and other programs at work on one tree, in any order: nothing is lost, and the log tells all of it."""

import json
import shutil
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from recviewer.catalog import indexer
from recviewer.catalog.models import File, Recording
from recviewer.review import deleting, labels, notes, reconciling, standing, trash_notes
from recviewer.review.audit import NOTES, VERDICTS, Action, payload_of
from recviewer.review.decide import decide, said
from recviewer.review.history import marks
from recviewer.review.models import AuditEvent, Decision, EventItem, Note, Standing, State, Tag, TagOn, TrashRecord
from recviewer.review.refusals import Refused
from recviewer.review.reviews_file import merging
from recviewer.review.standing import in_force
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag, untag
from recviewer.review.undoing import redo, undo
from recviewer.store import files
from recviewer.store.refusals import Refusal

PATHS = ("recordings/a.json", "deep/recordings/b.json")
WORDS = ("Earth.", "Mars.")
NAMES = ("golden", "Golden")

people = st.sampled_from(["Ana", "Ben"])
some = st.sets(st.sampled_from(PATHS), min_size=1)
numbers = st.integers(0, 30)


class Machine(RuleBasedStateMachine):
    """Every rule is one act; `held` are the bytes that ever were in the tree and were not given up on purpose."""

    chat = None

    def __init__(self):
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.root = Path(deleting.settings.RECORDINGS_ROOT)
        for folder in (self.root, Path(deleting.settings.DATA_DIR)):
            shutil.rmtree(folder)
            folder.mkdir()
        self.held = set()
        self.file = None
        self.steps = 0

    def teardown(self):
        try:
            self.check()
        finally:
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

    # What there is

    def tree(self):
        return {place.relative_to(self.root).as_posix(): place.read_bytes() for place in self.root.rglob("*.json")}

    def trashed(self):
        """The blob of each entry of the trash, in an order that is the same in each run: the entries' names are random."""
        held = TrashRecord.objects.filter(restored_at=None, discarded_at=None).order_by("path", "pk")
        return {record.entry: files.blob_id(trash_notes.trash_folder().read(record.entry)) for record in held}

    def seen(self, paths):
        return [Seen(row.path, row.blob) for row in Recording.objects.filter(path__in=paths)]

    def state(self):
        records = list(TrashRecord.objects.order_by("pk").values())
        return self.tree(), records, Decision.objects.count(), AuditEvent.objects.count(), Standing.objects.count()

    def do(self, act):
        """Do something that may be refused; what was refused changed nothing."""
        before = self.state()
        try:
            act()
        except (Refused, Refusal):
            assert self.state() == before

    def write(self, path, word):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(self.chat(answered=word)))
        self.held.add(files.blob_id(place.read_bytes()))

    # Acts

    @initialize()
    def begin(self):
        for path in PATHS:
            self.write(path, WORDS[0])
        indexer.refresh(processes=1)

    @rule(who=people, paths=some, verdict=st.sampled_from(["approve", "reject", "delete", "clear"]))
    def say(self, who, paths, verdict):
        self.do(lambda: decide(self.seen(paths), actor=who, verdict=verdict, note="why"))

    @rule(who=people, paths=some, name=st.sampled_from(NAMES), puts=st.booleans())
    def tag(self, who, paths, name, puts):
        self.do(lambda: (tag if puts else untag)(self.seen(paths), actor=who, name=name))

    @rule(
        who=people,
        name=st.sampled_from(NAMES),
        other=st.sampled_from(["Golden", "flaky"]),
        kind=st.sampled_from("rmcd"),
    )
    def retag(self, who, name, other, kind):
        acts = {
            "r": lambda: labels.rename(name, other, actor=who),
            "m": lambda: labels.merge(name, other, actor=who),
            "c": lambda: labels.recolour(name, "red", actor=who),
            "d": lambda: labels.remove(name, actor=who),
        }
        self.do(acts[kind])

    @rule(who=people, path=st.sampled_from(PATHS), number=numbers, answers=st.booleans())
    def note(self, who, path, number, answers):
        there = list(Note.objects.order_by("at", "uid").values_list("uid", flat=True)) if answers else []
        thread = there[number % len(there)] if there else ""
        self.do(lambda: notes.write((self.seen([path]) or [Seen(path, "")])[0], actor=who, body="hm", thread=thread))

    @precondition(lambda self: Note.objects.exists())
    @rule(who=people, number=numbers, kind=st.sampled_from(["edit", "drop", "close", "reopen"]))
    def change_note(self, who, number, kind):
        there = list(Note.objects.order_by("at", "uid").values_list("uid", flat=True))
        words = {"body": f"hm {number}"} if kind == "edit" else {}
        self.do(lambda: getattr(notes, kind)(there[number % len(there)], actor=who, **words))

    @rule(who=people, paths=some)
    def trash(self, who, paths):
        self.do(lambda: deleting.trash(self.seen(paths), actor=who))

    @rule(who=people, chosen=st.sets(numbers, min_size=1, max_size=3))
    def restore(self, who, chosen):
        entries = list(self.trashed())
        self.do(lambda: deleting.restore([entry for at, entry in enumerate(entries) if at in chosen], actor=who))

    @precondition(lambda self: self.trashed())
    @rule(who=people, number=numbers)
    def discard(self, who, number):
        trashed = self.trashed()
        entry = list(trashed)[number % len(trashed)]
        deleting.discard([entry], actor=who)
        left = {*self.trashed().values(), *map(files.blob_id, self.tree().values())}
        self.held -= {trashed[entry]} - left

    @rule(who=people, number=st.none() | numbers, again=st.booleans())
    def undo(self, who, number, again):
        events = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
        event = events[number % len(events)] if events and number is not None else None
        self.do(lambda: (redo if again else undo)(actor=who, event=event))

    @rule()
    def export(self):
        """Keep a file such as another person would send: Cleo says what Ana said."""
        self.file = merging.export().replace(b'"reviewer":"Ana"', b'"reviewer":"Cleo"')

    @precondition(lambda self: self.file)
    @rule(who=people)
    def bring_in(self, who):
        imported = merging.bring_in(self.file, actor=who)
        assert imported.bad == ()
        assert merging.bring_in(self.file, actor=who).done.event is None

    # Other programs

    @rule(path=st.sampled_from(PATHS), word=st.sampled_from(WORDS))
    def edit_outside(self, path, word):
        place = self.root / path
        before = files.blob_id(place.read_bytes()) if place.exists() else ""
        self.write(path, word)
        self.forget(before)

    @rule(path=st.sampled_from(PATHS))
    def remove_outside(self, path):
        place = self.root / path
        if place.exists():
            before = files.blob_id(place.read_bytes())
            place.unlink()
            self.forget(before)

    def forget(self, blob):
        """Another program took these bytes away; that is not ours to answer for, unless they are elsewhere too."""
        if blob not in {*self.trashed().values(), *map(files.blob_id, self.tree().values())}:
            self.held.discard(blob)

    @rule()
    def index(self):
        indexer.refresh(processes=1)

    @rule()
    def drop_the_catalog(self):
        reviews = merging.export()
        File.objects.all().delete()
        indexer.refresh(processes=1)

        assert set(Recording.objects.values_list("path", flat=True)) == set(self.tree())
        assert merging.export() == reviews

    @rule()
    def start(self):
        assert reconciling.reconcile() == []

    # What always holds

    @invariant()
    def now_and_then(self):
        self.steps += 1
        if self.steps % 5 == 0:
            self.check()

    def check(self):
        self.all_bytes_are_there()
        self.the_log_tells_the_standings()
        self.standings_are_what_the_decisions_say()
        self.the_log_tells_tags_and_notes()
        self.the_export_can_be_read()

    def all_bytes_are_there(self):
        assert {*self.trashed().values(), *map(files.blob_id, self.tree().values())} >= self.held

    def the_log_tells_the_standings(self):
        verdicts = told_verdicts()
        counting = standing.latest(set(in_force().values_list("fingerprint", flat=True)))
        there = {(key, who): said(one) for key, by in counting.items() for who, one in by.items()}
        assert {key: (one["verdict"], one["note"]) for key, one in there.items()} == verdicts

    def standings_are_what_the_decisions_say(self):
        before = list(Standing.objects.order_by("pk").values())
        standing.rebuild()
        assert list(Standing.objects.order_by("pk").values()) == before
        marked = set(Standing.objects.filter(state=State.DELETE).values_list("pk", flat=True))
        assert {mark.fingerprint for mark in marks()} == marked

    def the_log_tells_tags_and_notes(self):
        tags, uses, written = told_rows()
        assert {one.folded for one in Tag.objects.all()} == tags
        assert {(one.path, one.tag.folded, one.actor) for one in TagOn.objects.select_related("tag")} == uses
        assert {
            one.uid: (one.body, one.resolved_at is None, one.withdrawn_at is None) for one in Note.objects.all()
        } == written

    def the_export_can_be_read(self):
        data = merging.export()
        assert merging.read(data).bad == []


def told_verdicts():
    """Replay the log: the verdict of each reviewer on each fingerprint. Imports tell only how many; their rows are read."""
    verdicts = {}
    undone = {
        pk for pk in AuditEvent.objects.filter(action=Action.IMPORT).values_list("pk", flat=True) if is_undone(pk)
    }
    entered = []
    for event in AuditEvent.objects.exclude(pk__in=undone).order_by("pk").select_related("target"):
        act = event.target or event
        if act.action in VERDICTS:
            back = event.action == Action.UNDO
            for one in payload_of(event)["decisions"]:
                value = one["before"] if back else one["after"]
                rows = Decision.objects.filter(event=event, fingerprint=one["fingerprint"])
                entered.append((rows.get().entered_at, one["fingerprint"], event.payload["reviewer"], value))
        elif event.action == Action.IMPORT:
            for row in Decision.objects.filter(event=event).order_by(*standing.ENTERED):
                entered.append((row.entered_at, row.fingerprint, row.reviewer, said(row)))
    for _, fingerprint, reviewer, value in sorted(entered, key=lambda one: one[0]):
        verdicts[fingerprint, reviewer] = value and (value["verdict"], value["note"])
    return {key: value for key, value in verdicts.items() if value}


def is_undone(pk):
    last = AuditEvent.objects.filter(target=pk).order_by("-pk").values_list("action", flat=True).first()
    return last == Action.UNDO


def told_rows():
    """Replay the log: which tags there are, what they are on, and what the notes say."""
    tags, uses, written = set(), {}, {}
    for event in AuditEvent.objects.order_by("pk").select_related("target"):
        act, back = event.target or event, event.action == Action.UNDO
        if act.action in (Action.TAG, Action.UNTAG):
            name = event.payload["tag"]["name"].casefold()
            adds = (act.action == Action.TAG) is not back
            for row in payload_of(event)["rows"]:
                if adds:
                    uses[row["path"], name] = row["actor"]
                else:
                    uses.pop((row["path"], name), None)
            if adds:
                tags.add(name)
            elif event.payload["tag"]["created"] and name not in {other for _, other in uses}:
                tags.discard(name)
        elif act.action in (Action.RETAG, Action.IMPORT, *NOTES):
            replay(payload_of(event)["changes"], tags, uses, written, back=back)
    return tags, {(path, name, actor) for (path, name), actor in uses.items()}, written


def replay(changes, tags, uses, written, *, back):
    for one in changes:
        values = one["before"] if back else one["after"]
        key = tuple(one["key"])
        if one["table"] == "on":
            if values:
                uses[key] = values["actor"]
                tags.add(key[1])
            else:
                uses.pop(key, None)
        elif one["table"] == "note":
            if values:
                written[key[0]] = values["body"], values["resolved_at"] is None, values["withdrawn_at"] is None
            else:
                written.pop(key[0], None)
        elif values:
            tags.add(key[0])
    for one in changes:
        is_gone = one["table"] == "tag" and (one["before"] if back else one["after"]) is None
        if is_gone and one["key"][0] not in {name for _, name in uses}:
            tags.discard(one["key"][0])


@pytest.mark.slow
@pytest.mark.usefixtures("root")
def test_whatever_happens(db, chat):
    Machine.chat = staticmethod(chat)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=22,
            deadline=None,
        ),
    )

    assert not EventItem.objects.exists()
