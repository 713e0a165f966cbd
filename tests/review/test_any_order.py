"""Whatever people do in whatever order: no bytes are lost, a refusal changes nothing, the log tells the whole story."""

import json
import shutil
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.catalog import indexer, rows
from recviewer.catalog.models import Recording
from recviewer.review import deleting, reconciling, standing, trash_notes
from recviewer.review.audit import VERDICTS, Action, payload_of
from recviewer.review.decide import decide, said
from recviewer.review.models import AuditEvent, Decision, Standing, Tag, TagOn, TrashRecord
from recviewer.review.refusals import Refused
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag, untag
from recviewer.review.undoing import redo, undo
from recviewer.store import files
from recviewer.store.refusals import Refusal

PATHS = ("recordings/a.json", "deep/er/recordings/b'\n.json", "recordings/c.json")
WORDS = ("Earth.", "Mars.", "Venus.")

who = st.sampled_from(["Ana", "Ben"])
some = st.sets(st.sampled_from(range(len(PATHS))), min_size=1)
acts = st.one_of(
    st.tuples(st.just("decide"), who, some, st.sampled_from(["approve", "reject", "delete", "clear"])),
    st.tuples(st.just("tag"), who, some, st.sampled_from(["Golden", "golden", "flaky"])),
    st.tuples(st.just("untag"), who, some, st.sampled_from(["golden", "flaky"])),
    st.tuples(st.just("trash"), who, some, st.none()),
    st.tuples(st.just("restore"), who, some, st.none()),
    st.tuples(st.just("undo"), who, st.none(), st.one_of(st.none(), st.integers(0, 20))),
    st.tuples(st.just("redo"), who, st.none(), st.one_of(st.none(), st.integers(0, 20))),
    st.tuples(st.just("edit"), who, some, st.sampled_from(WORDS)),
    st.tuples(st.just("index"), who, st.none(), st.booleans()),
    st.tuples(st.just("start"), who, st.none(), st.none()),
)


class World:
    def __init__(self, root, chat):
        self.root = root
        self.chat = chat

    def write(self, path, word):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(json.dumps(self.chat(answered=word)))

    def blobs(self):
        """All blobs that are in the tree or can be had back from the trash."""
        there = {files.blob_id(place.read_bytes()) for place in self.root.rglob("*.json")}
        held = TrashRecord.objects.filter(restored_at=None, discarded_at=None).values_list("entry", flat=True)
        return there | {files.blob_id(trash_notes.trash_folder().read(entry)) for entry in held}

    def state(self):
        tree = {str(place): place.read_bytes() for place in self.root.rglob("*") if place.is_file()}
        return (
            tree,
            list(Decision.objects.order_by("pk").values_list("pk", flat=True)),
            list(Standing.objects.order_by("pk").values()),
            list(TagOn.objects.order_by("path", "tag__folded").values("path", "tag__name", "actor", "at")),
            list(Tag.objects.order_by("folded").values("name", "colour")),
            list(TrashRecord.objects.order_by("pk").values()),
            AuditEvent.objects.count(),
        )

    def act(self, kind, actor, places, detail):
        match kind:
            case "decide":
                decide(self.seen(places), actor=actor, verdict=detail, note="because" if detail == "reject" else "")
            case "tag":
                tag(self.seen(places), actor=actor, name=detail)
            case "untag":
                untag(self.seen(places), actor=actor, name=detail)
            case "trash":
                deleting.trash(self.seen(places), actor=actor)
            case "restore":
                held = TrashRecord.objects.filter(restored_at=None).order_by("pk").values_list("entry", flat=True)
                deleting.restore([entry for place, entry in enumerate(held) if place in places], actor=actor)
            case "undo" | "redo":
                events = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
                event = None if detail is None or not events else events[detail % len(events)]
                (undo if kind == "undo" else redo)(actor=actor, event=event)

    def seen(self, places):
        rows = Recording.objects.filter(path__in=[PATHS[place] for place in places])
        return [Seen(row.path, row.blob) for row in rows]


def told_by_the_log():
    """Replay the audit log: verdicts by subject and reviewer, and what tags are on what."""
    verdicts, tags = {}, set()
    for event in AuditEvent.objects.order_by("pk").select_related("target"):
        act = event.target or event
        back = event.action == Action.UNDO
        if act.action in VERDICTS:
            for one in payload_of(event)["decisions"]:
                key = one["fingerprint"], event.payload["reviewer"]
                verdicts[key] = one["before"] if back else one["after"]
        elif act.action in (Action.TAG, Action.UNTAG):
            adds = (act.action == Action.TAG) is not back
            rows_ = {
                (row["path"], event.payload["tag"]["name"].casefold(), row["actor"])
                for row in payload_of(event)["rows"]
            }
            tags = tags | rows_ if adds else tags - rows_
    return {key: value for key, value in verdicts.items() if value is not None}, tags


@pytest.mark.slow
@pytest.mark.usefixtures("root")
@settings(max_examples=40, deadline=None)
@given(st.lists(acts, max_size=18))
def test_any_order(db, chat, steps):
    conf = deleting.settings
    shutil.rmtree(conf.DATA_DIR)
    shutil.rmtree(conf.RECORDINGS_ROOT)
    conf.DATA_DIR.mkdir()
    world = World(Path(conf.RECORDINGS_ROOT), chat)
    with transaction.atomic():
        for path, word in zip(PATHS, WORDS, strict=True):
            world.write(path, word)
        indexer.refresh(processes=1)
        for kind, actor, places, detail in steps:
            before, blobs = world.state(), world.blobs()
            try:
                if kind == "edit":
                    for place in places:
                        world.write(PATHS[place], detail)
                elif kind == "index":
                    if detail:
                        rows.delete(list(Recording.objects.values_list("pk", flat=True)))
                    indexer.refresh(processes=1)
                elif kind == "start":
                    assert reconciling.reconcile() == []
                else:
                    world.act(kind, actor, places, detail)
            except (Refused, Refusal):
                assert world.state() == before
            if kind != "edit":
                assert world.blobs() >= blobs

        verdicts, tags = told_by_the_log()
        counting = standing.latest({fingerprint for fingerprint, _ in verdicts})
        assert {
            (fingerprint, reviewer): said(one) for fingerprint, by in counting.items() for reviewer, one in by.items()
        } == verdicts
        assert {(one.path, one.tag.folded, one.actor) for one in TagOn.objects.select_related("tag")} == tags
        standings = list(Standing.objects.order_by("pk").values())
        standing.rebuild()
        assert list(Standing.objects.order_by("pk").values()) == standings
        transaction.set_rollback(True)
